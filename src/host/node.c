/* Places on the heap: what waits, what is kept, and what becomes of it when null takes a place above.
 *
 * A node is linked among its parent's while something waits at it or below it. So the nodes below one are exactly the ways
 * to the pendings that null there would take away: gyr__host_kill visits no other, and no pending twice. Unlinked nodes
 * stay for what is kept; they are memory of the request.
 *
 * A pending is a node of its own, below that of its place where the place has one already (it was kept, or another
 * pending was answered there): null goes up the parents, so it makes no difference.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

/* ---- nodes */

/* The frames that have no node yet lie between the place and the first that has one: the root always does. */
gyr__place_node *gyr__host_node(gyr_host_exec *x, gyr_host_place *place) {
    gyr__place_node *lowest = NULL, *below = NULL;
    for (; !place->node; place = place->up) {
        gyr__place_node *n = gyr__new(&x->arena, gyr__place_node);
        if (!n) return NULL;
        n->place = *place;
        n->place.node = place->node = n;
        n->exec = x;
        if (below) {
            below->parent = n;
            below->place.up = &n->place;
        } else {
            lowest = n;
        }
        below = n;
    }
    if (!below) return place->node;
    below->parent = place->node;
    below->place.up = &place->node->place;
    return lowest;
}

/* Oldest first; the first one's `prev` is the last. */
static void link_up(gyr__place_node *n) {
    for (; n->parent && !n->linked; n = n->parent) {
        gyr__place_node *first = n->parent->first;
        n->linked = true;
        n->next = NULL;
        if (first) {
            n->prev = first->prev;
            n->prev->next = first->prev = n;
        } else {
            n->parent->first = n->prev = n;
        }
    }
}

static void unlink_one(gyr__place_node *n) {
    if (!n->linked) return;
    n->linked = false;
    gyr__place_node *first = n->parent->first;
    if (n == first)
        n->parent->first = n->next;
    else
        n->prev->next = n->next;
    if (n->next)
        n->next->prev = n->prev;
    else if (n != first)
        first->prev = n->prev;
}

void gyr__host_settle(gyr__place_node *n) {
    for (; n->linked && !n->first && !n->waits; n = n->parent) unlink_one(n);
}

/* ---- pendings */

gyr__host_result gyr__host_wait(gyr_host_exec *x, gyr_host_place *at, gyr_host_value waited, gyr_host_value object,
                                gyr_host_wants wants, gyr_host_value *out) {
    gyr__place_node *parent = at->node ? at->node : gyr__host_node(x, at->up);
    gyr_host_pending *p = parent ? gyr__new(&x->arena, gyr_host_pending) : NULL;
    if (!p || (x->json && !gyr__host_hole(x))) {
        x->host->release(x->user, waited);
        if (object) x->host->release(x->user, object);
        return gyr__host_abort(x);
    }
    p->node = (gyr__place_node){.place = *at, .parent = parent, .exec = x, .waits = true};
    p->node.place.node = &p->node;
    p->node.place.up = at->node ? at->node->place.up : &parent->place;
    if (x->json) {
        p->node.end = gyr__host_offset(x);
        p->node.place.start = p->node.end - 4;
        p->node.place.hole = x->holes.len - 1;
    }
    p->value = waited;
    p->object = object;
    p->wants = (uint8_t)wants;
    link_up(&p->node);
    if (x->queue)
        x->queue_end->later = p;
    else
        x->queue = p;
    x->queue_end = p;
    x->waiting++;
    *out = NULL;
    return GYR__HOST_DONE;
}

gyr_host_pending *gyr__host_dequeue(gyr_host_exec *x) {
    while (x->queue) {
        gyr_host_pending *p = x->queue;
        x->queue = p->later;
        p->later = NULL;
        if (p->node.waits) return p;
    }
    return NULL;
}

static void discard(gyr_host_exec *x, gyr_host_pending *p) {
    p->node.waits = false;
    x->waiting--;
    x->host->discard(x->user, p);
    x->host->release(x->user, p->value);
    if (p->object) x->host->release(x->user, p->object);
}

void gyr__host_kill(gyr_host_exec *x, gyr__place_node *top) {
    for (gyr__place_node *n = top; top->first; n = n->parent) {
        while (n->first) n = n->first;
        unlink_one(n);
        if (n->waits) discard(x, (gyr_host_pending *)n);
    }
}

static int visit_one(const gyr_host_pending *p, int (*visit)(gyr_host_value value, void *user), void *user) {
    int stop = p->node.waits ? visit(p->value, user) : 0;
    return stop || !p->node.waits || !p->object ? stop : visit(p->object, user);
}

/* Down to the first child, else on to the next of the nearest above that has one. */
int gyr_host_visit(const gyr_host_exec *x, int (*visit)(gyr_host_value value, void *user), void *user) {
    int stop = x->data ? visit(x->data, user) : 0;
    const gyr__place_node *n = x->top.first;
    while (n && !stop) {
        if (n->waits) stop = visit_one((const gyr_host_pending *)n, visit, user);
        if (n->first) {
            n = n->first;
            continue;
        }
        while (n->parent && !n->next) n = n->parent;
        n = n->parent ? n->next : NULL;
    }
    return stop;
}

gyr_host_pending *gyr_host_waiting_at(const gyr_host_exec *x, const gyr_host_place *place,
                                      const gyr_host_pending *after) {
    const gyr__place_node *top = place ? place->node : &x->top, *n = after ? &after->node : top;
    if (!after && n->waits) return (gyr_host_pending *)n;
    do {
        if (n->first) {
            n = n->first;
            continue;
        }
        while (n != top && !n->next) n = n->parent;
        if (n == top) return NULL;
        n = n->next;
    } while (!n->waits);
    return (gyr_host_pending *)n;
}

/* ---- null from below */

static gyr__host_result put_null(gyr_host_exec *x, gyr__place_node *n) {
    const gyr_host_place *at = &n->place;
    gyr_host_status s = GYR_HOST_OK;
    if (x->json) {
        gyr__hole *first = &x->holes.items[at->hole];
        *first = (gyr__hole){.start = at->start, .end = n->end};
    } else if (at->index == GYR__HOST_KEY) {
        s = x->host->set_field(x->user, at->container, at->field->pub, x->host->null_value);
    } else {
        s = x->host->set_item(x->user, at->container, at->index, x->host->null_value);
    }
    return s == GYR_HOST_OK ? GYR__HOST_DONE : gyr__host_abort(x);
}

gyr__host_result gyr__host_null_up(gyr_host_exec *x, gyr__place_node *n) {
    while (n->parent && !gyr__place_is_nullable(&n->place)) n = n->parent;
    gyr__host_kill(x, n);
    if (n->parent) {
        gyr__host_result r = put_null(x, n);
        gyr__host_settle(n);
        return r;
    }
    x->nulled = true;
    if (x->data) x->host->release(x->user, x->data);
    x->data = NULL;
    return GYR__HOST_DONE;
}

/* ---- places, for the host */

bool gyr_host_place_step(const gyr_host_place *place, gyr_host_step *step) {
    if (!place || !place->up) return false;
    *step = (gyr_host_step){.index = place->index};
    if (place->index == GYR__HOST_KEY)
        *step = (gyr_host_step){.key = place->field->pub->key, .type = place->field->pub->shape->type};
    return true;
}

const gyr_host_place *gyr_host_place_up(const gyr_host_place *place) {
    const gyr_host_place *up = place->up;
    return up && up->up ? up : NULL;
}

bool gyr_host_place_is_nullable(const gyr_host_place *place) { return gyr__place_is_nullable(place); }

gyr_host_kept *gyr_host_place_keep(gyr_host_exec *x, gyr_host_place *place) {
    gyr__place_node *n = gyr__host_node(x, place);
    if (!n) return NULL;
    atomic_fetch_add_explicit(&x->refs, 1, memory_order_relaxed);
    return (gyr_host_kept *)n;
}

const gyr_host_place *gyr_host_kept_place(const gyr_host_kept *kept) { return &kept->node.place; }

gyr_host_value gyr_host_pending_value(const gyr_host_pending *p) { return p->value; }
const gyr_host_field *gyr_host_pending_field(const gyr_host_pending *p) { return p->node.place.field->pub; }
gyr_host_place *gyr_host_pending_place(gyr_host_pending *p) { return &p->node.place; }
gyr_host_wants gyr_host_pending_wants(const gyr_host_pending *p) { return (gyr_host_wants)p->wants; }
void gyr_host_pending_set_user(gyr_host_pending *p, void *user) { p->user = user; }
void *gyr_host_pending_user(const gyr_host_pending *p) { return p->user; }
