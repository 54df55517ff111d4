/* The smallest program over an installed libgyr: header and library are found, and fit together.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <gyr.h>
#include <gyr_host.h> /* is installed too */

#include <stdio.h>
#include <string.h>

int main(void) {
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", GYR_VERSION_MAJOR, GYR_VERSION_MINOR, GYR_VERSION_PATCH);
    if (strcmp(gyr_version(), expected) != 0) {
        printf("header %s, library %s\n", expected, gyr_version());
        return 1;
    }
    printf("gyrfalcon %s\n", gyr_version());
    return 0;
}
