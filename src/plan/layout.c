/* The last steps of lowering, over a whole program: marks that nobody returns to go, constant text moves into the ops
 * behind it, labels become indices; then room and commit points are computed.
 *
 * Room. need(op) is what must be free when an op starts: nothing for an op that checks by itself, else its own
 * bytes and the most its successors need. Every jump backwards starts at a checking op, so one pass from the
 * end suffices. A checking op leaves its successors' need as `tail`.
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
    case GYR__OP_null:
    case GYR__OP_null_item: return false;
    default: return true;
    }
}

/* ---- marks and text */


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

/* Merges each lit into the op behind it, unless that op is a target of its own; fills to[old index] = new index. */
static void merge_text(gyr__lowering *l, const uint8_t *target, uint32_t *to) {
    uint32_t n = 0;
    gyr__op *ops = l->ops.items;
    for (uint32_t i = 0; i < l->ops.len; i++) {
        gyr__op *op = &ops[i];
        to[i] = n;
        bool mergeable = op->code == GYR__OP_lit && i + 1 < l->ops.len && ops[i + 1].code != GYR__OP_copy &&
                         (op->len == 0 || (!target[i + 1] && op->len + ops[i + 1].len <= sizeof op->text));
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
    for (uint32_t i = 0; i < l->labels.len; i++)
        if (l->labels.items[i] <= l->ops.len) target[l->labels.items[i]] = 1;
    merge_text(l, target, to);
    for (uint32_t i = 0; i < l->labels.len; i++)
        if (l->labels.items[i] != UINT32_MAX) l->labels.items[i] = to[l->labels.items[i]];
    return true;
}

/* ---- commit points */

/* Where each landing's region starts (its mark) and the last op that fails to it. Landings stand behind the body, so
 * every op that fails to one lies between its mark and the op it resumes at. */
typedef struct region {
    uint32_t start, last_fail;
} region;

static region *regions(gyr__lowering *l) {
    region *r = gyr__new_array(l->arena, region, (size_t)l->landings.len + 1);
    uint32_t *marks = gyr__arena_zalloc(l->arena, ((size_t)l->slots * 2 + 2) * sizeof *marks);
    uint32_t *fails = gyr__arena_zalloc(l->arena, ((size_t)l->labels.len + 1) * sizeof *fails);
    if (!r || !marks || !fails) return NULL;
    for (uint32_t i = 0; i < l->ops.len; i++) {
        const gyr__op *op = &l->ops.items[i];
        bool item = op->code == GYR__OP_mark_item;
        if (item || op->code == GYR__OP_mark) marks[op->slot * 2 + item] = i + 1;
        if (op->fail < l->labels.len) fails[op->fail] = i + 1;
    }
    for (uint32_t c = 0; c < l->landings.len; c++) {
        const gyr__landing *at = &l->landings.items[c];
        uint32_t mark = marks[at->slot * 2 + at->item];
        r[c] = (region){.start = mark ? mark - 1 : UINT32_MAX, .last_fail = fails[at->label]};
    }
    return r;
}

static void commit_points(gyr__lowering *l) {
    const region *r = regions(l);
    for (uint32_t i = 0; r && i < l->ops.len; i++) {
        gyr__op *op = &l->ops.items[i];
        bool edge = op->code == GYR__OP_next || op->code == GYR__OP_next_refs || op->code == GYR__OP_next_structs;
        if (!edge && op->code != GYR__OP_call && op->code != GYR__OP_section) continue;
        uint32_t first = UINT32_MAX, from = edge ? l->labels.items[op->jump] : i;
        for (uint32_t c = 0; c < l->landings.len; c++) {
            const gyr__landing *at = &l->landings.items[c];
            uint32_t resume = l->labels.items[at->resume];
            if (r[c].start >= first || r[c].start > i || resume < i || r[c].last_fail <= from) continue;
            if (edge && at->item && resume == i) continue; /* its own item has ended */
            first = r[c].start;
            op->commit = (uint32_t)at->slot * 2 + at->item + 1;
        }
    }
}

/* ---- room */

static uint32_t need_at(const uint32_t *need, const gyr__program *p, uint32_t i) { return i < p->op_count ? need[i] : 0; }

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
