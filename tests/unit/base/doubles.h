/* Doubles for tests of number.h: the kinds that matter, and the check that one is written and read right.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_DOUBLES_H
#define GYR_TESTS_DOUBLES_H
#include "base/number.h"
#include "rng.h"

#include <math.h>

/** A finite double of one of eight kinds, chosen by i: random bits, short decimals, integers, neighbours of
 *  powers of two and ten, subnormals. */
double any_double(rng *r, uint64_t i);
/** Writes v, reads the text with strtod and with gyr__parse_f64; both must give v back. Prints what is wrong.
 */
bool round_trips(double v);
/** The text has as few digits as any that reads back as v, tried with printf from 1 to 17 digits. */
bool is_shortest(double v);

#endif
