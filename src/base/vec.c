/* See vec.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"

bool gyr__vec_reserve_(gyr__arena *a, void *items_slot, uint32_t len, uint32_t *cap, uint32_t more, size_t item_size) {
    uint64_t need = (uint64_t)len + more, want = GYR__MAX((uint64_t)*cap * 2, 4);
    if (want < need) want = need;
    if (want > UINT32_MAX) {
        a->failed = true;
        return false;
    }
    void *old, *fresh = gyr__arena_array(a, (size_t)want, item_size);
    if (!fresh) return false;
    memcpy(&old, items_slot, sizeof old); /* items_slot is a T ** of any T */
    if (len) memcpy(fresh, old, len * item_size);
    memcpy(items_slot, &fresh, sizeof fresh);
    *cap = (uint32_t)want;
    return true;
}
