/* 20 million doubles of all kinds are written, and read by strtod and by ours, without loss; of every 64th
 * the text is compared with all shorter ones that printf can make. GYR_PROOF sets another number.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "doubles.h"

#include <stdlib.h>

enum { COUNT = 20000000 };

static void doubles_round_trip(void **state) {
    (void)state;
    const char *wish = getenv("GYR_PROOF");
    uint64_t count = wish && *wish ? strtoull(wish, NULL, 10) : COUNT;
    rng r = {0x9E3779B97F4A7C15u};
    for (uint64_t i = 0; i < count; i++) {
        double v = any_double(&r, i);
        if (!round_trips(v)) fail();
        if (i / 8 % 64 == 0 && !is_shortest(v)) fail();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(doubles_round_trip)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
