/* The last steps of lowering, over a whole program: marks that nobody goes back to, and returns to an object
 * that nobody reads, are dropped; constant text moves into the ops behind it; labels become indices; then
 * room and commit points are computed.
 *
 * Room. need(op) is what must be free when an op starts: nothing for an op that checks by itself, else its
 * own bytes and the most its successors need. Every jump backwards starts at a checking op, so one pass from
 * the end suffices. A checking op leaves its successors' need as `tail`.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/lower.h"

#define CHECKS UINT32_MAX
static const uint32_t op_room[] = {
#define OP(name, class, operands, room, synopsis) room,
#include "plan/op.def"
#undef OP
};

static bool falls_through(const gyr__op *op) {
    switch (op->code) {
    case GYR__OP_ret:
    case GYR__OP_ret_fail:
    case GYR__OP_done:
    case GYR__OP_raise:
    case GYR__OP_jump:
    case GYR__OP_cut:
    case GYR__OP_null:
    case GYR__OP_null_item: return false;
    default: return true;
    }
}

/* ---- marks, leaves and text */

/* used[slot * 2 + item] */
static uint8_t *used_marks(gyr__lowering *l) {
    uint8_t *used = gyr__arena_zalloc(l->arena, (size_t)l->slots * 2 + 2), *fails;
    fails = gyr__arena_zalloc(l->arena, (size_t)l->labels.len + 1);
    if (!used || !fails) return NULL;
    for (uint32_t i = 0; i < l->ops.len; i++)
        if (l->ops.items[i].fail < l->labels.len) fails[l->ops.items[i].fail] = 1;
    for (uint32_t i = 0; i < l->landings.len; i++)
        if (fails[l->landings.items[i].label]) used[l->landings.items[i].slot * 2 + l->landings.items[i].item] = 1;
    return used;
}

static void drop_marks(gyr__lowering *l, const uint8_t *used) {
    for (uint32_t i = 0; i < l->ops.len; i++) {
        gyr__op *op = &l->ops.items[i];
        if ((op->code == GYR__OP_mark || op->code == GYR__OP_mark_item) &&
            !used[op->slot * 2 + (op->code == GYR__OP_mark_item)])
            op->code = GYR__OP_lit;
    }
}

/* A `leave` before which nothing reads the object any more - the end of an item follows, and that one sets
 * its own - only has text to append. */
static bool drop_leaves(gyr__lowering *l) {
    bool *dead = gyr__arena_zalloc(l->arena, (size_t)l->ops.len + 1); /* by op: nothing reads it from there on */
    if (!dead) return false;
    for (uint32_t i = l->ops.len; i-- > 0;) {
        gyr__op *op = &l->ops.items[i];
        switch (op->code) {
        case GYR__OP_next:
        case GYR__OP_next_refs:
        case GYR__OP_next_structs:
        case GYR__OP_ret:
        case GYR__OP_done: dead[i] = true; break;
        case GYR__OP_lit:
        case GYR__OP_copy: dead[i] = dead[i + 1]; break;
        case GYR__OP_jump: dead[i] = l->labels.items[op->jump] > i && dead[l->labels.items[op->jump]]; break;
        case GYR__OP_leave:
            dead[i] = dead[i + 1];
            if (dead[i]) op->code = GYR__OP_lit, op->slot = 0;
            break;
        default: break;
        }
    }
    return true;
}

/* The ops that some op goes to; never-null objects do not take their jump. */
static void find_targets(gyr__lowering *l, uint8_t *target) {
    for (uint32_t i = 0; i < l->ops.len; i++) {
        gyr__op *op = &l->ops.items[i];
        if ((op->code == GYR__OP_enter || op->code == GYR__OP_item_ref) && (op->flags & GYR__OP_NON_NULL))
            op->jump = GYR__NO_LABEL;
        const uint32_t to[2] = {op->jump, op->fail};
        for (int k = 0; k < 2; k++)
            if (to[k] < l->labels.len && l->labels.items[to[k]] <= l->ops.len) target[l->labels.items[to[k]]] = 1;
    }
}

/* Merges each lit into the op behind it, unless that op is a target of its own; fills to[old index] = new
 * index. */
static void merge_text(gyr__lowering *l, const uint8_t *target, uint32_t *to) {
    uint32_t n = 0;
    gyr__op *ops = l->ops.items;
    for (uint32_t i = 0; i < l->ops.len; i++) {
        gyr__op *op = &ops[i];
        to[i] = n;
        bool mergeable = op->code == GYR__OP_lit && i + 1 < l->ops.len &&
                         (op->len == 0 || (ops[i + 1].code != GYR__OP_copy && !target[i + 1] &&
                                           op->len + ops[i + 1].len <= sizeof op->text));
        if (!mergeable) {
            ops[n++] = *op;
            continue;
        }
        char text[2 * sizeof op->text] = {0};
        memcpy(text, op->text, op->len);
        memcpy(text + op->len, ops[i + 1].text, ops[i + 1].len);
        memcpy(ops[i + 1].text, text, sizeof op->text);
        ops[i + 1].len = (uint8_t)(ops[i + 1].len + op->len);
    }
    to[l->ops.len] = n;
    l->ops.len = n;
}

static bool compact(gyr__lowering *l) {
    uint8_t *used = used_marks(l), *target = gyr__arena_zalloc(l->arena, (size_t)l->ops.len + 1);
    uint32_t *to = gyr__new_array(l->arena, uint32_t, (size_t)l->ops.len + 1);
    if (!used || !target || !to) return false;
    drop_marks(l, used);
    if (!drop_leaves(l)) return false;
    find_targets(l, target);
    merge_text(l, target, to);
    for (uint32_t i = 0; i < l->labels.len; i++)
        if (l->labels.items[i] != UINT32_MAX) l->labels.items[i] = to[l->labels.items[i]];
    return true;
}

/* ---- commit points
 *
 * A region is a position that can turn null: from its mark up to where its landing resumes. A loop is a
 * list's body, from the edge's target to the edge. Both nest, so one walk with a stack of each knows what is
 * open at an op. A region may still fail behind op i when an op that fails to it stands behind i, or behind
 * the start of a loop within the region that may turn once more. Landings stand behind the body: the walk
 * ends before it meets one. */
typedef struct span {
    uint32_t start, end; /* region: mark, resume; loop: target, edge */
    uint32_t last_fail;  /* region: the last op that fails to it */
    uint32_t commit;
} span;

typedef struct walk {
    uint32_t *landings, *fails, *edges; /* by slot * 2 + item, + 1; by label, + 1; by target, + 1 */
    span *regions, *loops;
    uint32_t region_count, loop_count;
} walk;

static bool is_edge(const gyr__op *op) {
    return op->code == GYR__OP_next || op->code == GYR__OP_next_refs || op->code == GYR__OP_next_structs;
}

static bool walk_init(gyr__lowering *l, walk *w) {
    size_t ops = (size_t)l->ops.len + 1, labels = (size_t)l->labels.len + 1, marks = (size_t)l->slots * 2 + 2;
    w->landings = gyr__arena_zalloc(l->arena, marks * sizeof *w->landings);
    w->fails = gyr__arena_zalloc(l->arena, labels * sizeof *w->fails);
    w->edges = gyr__arena_zalloc(l->arena, ops * sizeof *w->edges);
    w->regions = gyr__new_array(l->arena, span, (size_t)l->landings.len + 1);
    w->loops = gyr__new_array(l->arena, span, ops);
    if (!w->landings || !w->fails || !w->edges || !w->regions || !w->loops) return false;
    for (uint32_t c = 0; c < l->landings.len; c++)
        w->landings[l->landings.items[c].slot * 2 + l->landings.items[c].item] = c + 1;
    for (uint32_t i = 0; i < l->ops.len; i++) {
        const gyr__op *op = &l->ops.items[i];
        if (op->fail < l->labels.len) w->fails[op->fail] = i + 1;
        if (is_edge(op)) w->edges[l->labels.items[op->jump]] = i + 1;
    }
    return true;
}

/* Closes what ended before op i, opens what starts with it. */
static void walk_to(gyr__lowering *l, walk *w, uint32_t i) {
    const gyr__op *op = &l->ops.items[i];
    bool item = op->code == GYR__OP_mark_item;
    while (w->region_count && w->regions[w->region_count - 1].end <= i) w->region_count--;
    while (w->loop_count && w->loops[w->loop_count - 1].end < i) w->loop_count--;
    if (w->edges[i]) w->loops[w->loop_count++] = (span){.start = i, .end = w->edges[i] - 1};
    uint32_t mark = op->slot * 2 + item;
    if ((!item && op->code != GYR__OP_mark) || !w->landings[mark]) return;
    const gyr__landing *c = &l->landings.items[w->landings[mark] - 1];
    w->regions[w->region_count++] = (span){.start = i,
                                           .end = l->labels.items[c->resume],
                                           .last_fail = w->fails[c->label], /* + 1: 0 is none */
                                           .commit = mark + 1};
}

static void commit_points(gyr__lowering *l) {
    walk w = {0};
    if (!walk_init(l, &w)) return;
    for (uint32_t i = 0; i < l->ops.len; i++) {
        gyr__op *op = &l->ops.items[i];
        walk_to(l, &w, i);
        if (!is_edge(op) && op->code != GYR__OP_call && op->code != GYR__OP_section) continue;
        for (uint32_t r = 0, k = 0; r < w.region_count && !op->commit; r++) {
            while (k < w.loop_count && w.loops[k].start <= w.regions[r].start) k++;
            uint32_t from = k < w.loop_count ? w.loops[k].start : i;
            if (w.regions[r].last_fail > from) op->commit = w.regions[r].commit;
        }
    }
}

/* ---- room */

static uint32_t need_at(const uint32_t *need, const gyr__program *p, uint32_t i) {
    return i < p->op_count ? need[i] : 0;
}

static bool plan_room(gyr__lowering *l, gyr__program *p) {
    uint32_t *need = gyr__new_array(l->arena, uint32_t, (size_t)p->op_count + 1);
    if (!need) return false;
    memset(need, 0, sizeof *need * ((size_t)p->op_count + 1));
    for (uint32_t i = p->op_count; i-- > 0;) {
        const gyr__op *op = &p->ops[i];
        if (op_room[op->code] == CHECKS) continue;
        uint32_t most = falls_through(op) ? need[i + 1] : 0;
        most = GYR__MAX(most, need_at(need, p, op->jump));
        need[i] = op->len + op_room[op->code] + most;
    }
    for (uint32_t i = 0; i < p->op_count; i++) {
        gyr__op *op = &p->ops[i];
        if (op_room[op->code] != CHECKS) continue;
        op->tail = GYR__MAX(falls_through(op) ? need[i + 1] : 0, need_at(need, p, op->jump));
    }
    p->need = need[0];
    return true;
}

/* Forwards along every edge with the room that is left; a backward walk made the plan, so this proves it. */
bool gyr__verify(const gyr__program *p) {
    int64_t *left = NULL;
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    left = gyr__new_array(&arena, int64_t, (size_t)p->op_count + 1);
    bool ok = left != NULL, changed = ok;
    for (uint32_t i = 0; ok && i <= p->op_count; i++) left[i] = INT64_MAX;
    if (ok) left[0] = p->need;
    while (ok && changed) {
        changed = false;
        for (uint32_t i = 0; i < p->op_count; i++) {
            const gyr__op *op = &p->ops[i];
            if (left[i] == INT64_MAX) continue;
            bool checks = op_room[op->code] == CHECKS;
            int64_t after = checks ? op->tail : left[i] - op->len - op_room[op->code];
            if (after < 0) ok = false;
            uint32_t to[2] = {falls_through(op) ? i + 1 : UINT32_MAX, op->jump};
            for (int k = 0; k < 2; k++)
                if (to[k] < p->op_count && after < left[to[k]]) left[to[k]] = after, changed = true;
            if (op->fail < p->op_count && op_room[p->ops[op->fail].code] != CHECKS) ok = false;
        }
    }
    gyr__arena_fini(&arena);
    return ok;
}

static void resolve(gyr__lowering *l, gyr__program *p) {
    for (uint32_t i = 0; i < p->op_count; i++) {
        gyr__op *op = &p->ops[i];
        if (op->jump != GYR__NO_LABEL) op->jump = l->labels.items[op->jump];
        if (op->fail != GYR__NO_LABEL) op->fail = l->labels.items[op->fail];
    }
}

bool gyr__layout(gyr__lowering *l, gyr__program *p) {
    if (!compact(l)) return false;
    commit_points(l);
    p->ops = l->ops.items;
    p->op_count = l->ops.len;
    resolve(l, p);
    if (!plan_room(l, p)) return false;
    assert(gyr__verify(p));
    return !l->arena->failed;
}
