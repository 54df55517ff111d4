/* Shrinking: leaves out whatever the failure of a case does not need.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

typedef struct shrinking {
    bool (*fails)(void *user);
    void *user;
} shrinking;

static bool shrink_set(const shrinking *s, mset *set) {
    bool any = false;
    for (mnode *n = set->first; n; n = n->next) {
        if (n->dead) continue;
        n->dead = true;
        if (s->fails(s->user)) {
            any = true;
            continue;
        }
        n->dead = false;
        for (int i = 0; i < 2; i++) {
            mcondition kept = n->conditions[i];
            if (!kept.what) continue;
            n->conditions[i].what = 0;
            if (!s->fails(s->user)) n->conditions[i] = kept;
        }
        if (n->sub) any |= shrink_set(s, n->sub);
    }
    return any;
}

void model_shrink(mcase *c, bool (*fails)(void *user), void *user) {
    const shrinking s = {fails, user};
    for (bool more = true; more;) {
        more = shrink_set(&s, c->operation);
        for (uint32_t i = 0; i < c->fragment_count; i++)
            if (c->fragments[i].reached) more |= shrink_set(&s, c->fragments[i].set);
    }
}
