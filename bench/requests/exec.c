/* Executing operations to JSON text, in process, one thread: the workloads posts, items and intro, that
 * bench/compare/exec.py measures side by side with peers.
 *
 *     posts   331 fields: 10 posts, their authors, 5 comments each with authors
 *     items   10,000 objects of 5 scalars
 *     intro   introspection of a large schema ($GYR_SHARED/conformance/schemas/github-2019.graphql)
 *
 * Engines: members (structs, no function), getters, resolvers (a function on every field, answering at once),
 * suspended (each answered later by the same thread), threads (by another thread), batches, and by hand: what
 * a C programmer would write for just this query with the same leaf routines, its buffer known to be large
 * enough. Of introspection: constant (a plan that is there: its text was made with the plan) and plan and run
 * (planned anew).
 *
 * Columns: time of one response; how many times as fast as by hand; for each field; for each field more than
 * with members, measured in turn; heap allocations of a request, and of a plan's first one; memory of the
 * request.
 *
 *     exec                     the table
 *     exec --rows WORKLOAD     {workload, engine, median, spread, fields, bytes} in us: members and suspended, or intro
 *     exec --write FOLDER      each workload's query as WORKLOAD.graphql, its response as WORKLOAD-gyr.json
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "request.h"
#include "texts.h"

#include "json/write.h"

#include <stdlib.h>
#include <string.h>

typedef struct user {
    int32_t id;
    gyr_str name, email;
} user;
typedef struct comment {
    int32_t id;
    gyr_str text;
    user *author;
} comment;
typedef struct post {
    int32_t id;
    gyr_str title, body;
    user *author;
    comment *comments;
    uint32_t comment_count;
} post;
typedef struct item {
    int32_t id;
    gyr_str name;
    double price;
    int32_t stock;
    bool active;
} item;
typedef struct world {
    post *posts;
    uint32_t post_count;
    item *items;
    uint32_t item_count;
} world;

static const char sdl[] = "type User { id: ID! name: String! email: String! }\n"
                          "type Comment { id: ID! text: String! author: User! }\n"
                          "type Post { id: ID! title: String! body: String! author: User! comments: [Comment!]! }\n"
                          "type Item { id: ID! name: String! price: Float! stock: Int! active: Boolean! }\n"
                          "type Query { posts: [Post!]! items: [Item!]! }\n";
static const char posts_query[] =
    "{ posts { id title body author { id name email } comments { id text author { id name } } } }";
static const char items_query[] = "{ items { id name price stock active } }";

/* ---- data, as the peers have it */

static gyr_str text(const char *format, int n) {
    char *p = malloc(128);
    return gyr_str_of(p, (size_t)snprintf(p, 128, format, n));
}

static world make_world(void) {
    static const char *const names[] = {"Ada Lovelace", "Grace Hopper", "Edsger Dijkstra", "Barbara Liskov",
                                        "Donald Knuth", "Tony Hoare",   "John Backus",     "Niklaus Wirth",
                                        "Alan Kay",     "Robin Milner"};
    user *users = calloc(10, sizeof *users);
    world w = {
        .posts = calloc(10, sizeof(post)), .post_count = 10, .items = calloc(10000, sizeof(item)), .item_count = 10000};
    for (int i = 0; i < 10; i++) {
        users[i] = (user){
            .id = i + 1, .name = gyr_str_of(names[i], strlen(names[i])), .email = text("user.%d@example.com", i)};
    }
    for (int i = 0, id = 0; i < 10; i++) {
        post *p = &w.posts[i];
        *p = (post){.id = i + 1, .title = text("Post title number %d", i + 1), .author = &users[i], .comment_count = 5};
        p->body = text("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor %d", i);
        p->comments = calloc(5, sizeof(comment));
        for (int k = 0; k < 5; k++) {
            p->comments[k] = (comment){.id = ++id, .author = &users[(i + k + 1) % 10]};
            p->comments[k].text = text("Comment %d says something short and plausible.", id);
        }
    }
    for (int i = 0; i < 10000; i++)
        w.items[i] = (item){i, text("Item %d", i), i * 1.25 + 0.5, (int)((i * 7919LL) % 1000), i % 3 == 0};
    return w;
}

/* ---- bindings: members */

static const gyr_binding members[] = {GYR_TYPE("Query", world),
                                      GYR_LIST("Query.posts", world, posts, post_count),
                                      GYR_LIST("Query.items", world, items, item_count),
                                      GYR_TYPE("User", user),
                                      GYR_FIELD("User.id", user, id),
                                      GYR_FIELD("User.name", user, name),
                                      GYR_FIELD("User.email", user, email),
                                      GYR_TYPE("Comment", comment),
                                      GYR_FIELD("Comment.id", comment, id),
                                      GYR_FIELD("Comment.text", comment, text),
                                      GYR_REF("Comment.author", comment, author),
                                      GYR_TYPE("Post", post),
                                      GYR_FIELD("Post.id", post, id),
                                      GYR_FIELD("Post.title", post, title),
                                      GYR_FIELD("Post.body", post, body),
                                      GYR_REF("Post.author", post, author),
                                      GYR_LIST("Post.comments", post, comments, comment_count),
                                      GYR_TYPE("Item", item),
                                      GYR_FIELD("Item.id", item, id),
                                      GYR_FIELD("Item.name", item, name),
                                      GYR_FIELD("Item.price", item, price),
                                      GYR_FIELD("Item.stock", item, stock),
                                      GYR_FIELD("Item.active", item, active),
                                      GYR_END};

/* ---- resolvers on every field: FIELD(type, member, answer) */

#define FIELDS(FIELD)                                                                                                  \
    FIELD(Query, posts, world, gyr_return_structs(call, o->posts, o->post_count, sizeof(post)))                        \
    FIELD(Query, items, world, gyr_return_structs(call, o->items, o->item_count, sizeof(item)))                        \
    FIELD(User, id, user, gyr_return_i32(call, o->id))                                                                 \
    FIELD(User, name, user, gyr_return_str_borrowed(call, o->name))                                                    \
    FIELD(User, email, user, gyr_return_str_borrowed(call, o->email))                                                  \
    FIELD(Comment, id, comment, gyr_return_i32(call, o->id))                                                           \
    FIELD(Comment, text, comment, gyr_return_str_borrowed(call, o->text))                                              \
    FIELD(Comment, author, comment, gyr_return_ref(call, o->author))                                                   \
    FIELD(Post, id, post, gyr_return_i32(call, o->id))                                                                 \
    FIELD(Post, title, post, gyr_return_str_borrowed(call, o->title))                                                  \
    FIELD(Post, body, post, gyr_return_str_borrowed(call, o->body))                                                    \
    FIELD(Post, author, post, gyr_return_ref(call, o->author))                                                         \
    FIELD(Post, comments, post, gyr_return_structs(call, o->comments, o->comment_count, sizeof(comment)))              \
    FIELD(Item, id, item, gyr_return_i32(call, o->id))                                                                 \
    FIELD(Item, name, item, gyr_return_str_borrowed(call, o->name))                                                    \
    FIELD(Item, price, item, gyr_return_f64(call, o->price))                                                           \
    FIELD(Item, stock, item, gyr_return_i32(call, o->stock))                                                           \
    FIELD(Item, active, item, gyr_return_bool(call, o->active))

#define FUNCTIONS(type, member, T, body)                                                                               \
    static void answer_##type##_##member(gyr_call *call, const void *object) {                                         \
        const T *o = object;                                                                                           \
        body;                                                                                                          \
    }                                                                                                                  \
    static void now_##type##_##member(gyr_call *call) { answer_##type##_##member(call, gyr_parent(call)); }            \
    static void wait_##type##_##member(gyr_call *call) { request_later(call, answer_##type##_##member); }              \
    static void batch_##type##_##member(gyr_batch *b) {                                                                \
        for (uint32_t i = 0, n = gyr_batch_count(b); i < n; i++)                                                       \
            answer_##type##_##member(gyr_batch_call(b, i), gyr_batch_parent(b, i));                                    \
    }
FIELDS(FUNCTIONS)
#define GET(type, member, T, answer)     GYR_GETTER(#type "." #member, now_##type##_##member),
#define NOW(type, member, T, answer)     GYR_RESOLVER(#type "." #member, now_##type##_##member),
#define WAIT(type, member, T, answer)    GYR_RESOLVER(#type "." #member, wait_##type##_##member),
#define BATCH(type, member, T, answer)   GYR_BATCH(#type "." #member, batch_##type##_##member),
#define INLINED(type, member, T, answer) GYR_BATCH_WITH(#type "." #member, batch_##type##_##member, GYR_INLINE, 0, 0),
static const gyr_binding getters[] = {FIELDS(GET) GYR_END};
static const gyr_binding resolvers[] = {FIELDS(NOW) GYR_END};
static const gyr_binding suspended[] = {FIELDS(WAIT) GYR_END};
static const gyr_binding batches[] = {FIELDS(BATCH) GYR_END};
static const gyr_binding inlined[] = {FIELDS(INLINED) GYR_END};

static const struct {
    const char *name;
    const gyr_binding *bindings;
    bool threaded;
} engines[] = {{"getters", getters, false},  {"resolvers", resolvers, false}, {"suspended", suspended, false},
               {"threads", suspended, true}, {"batches", batches, false},     {"batches, inline", inlined, false}};

/* ---- by hand */

#define RAW(s) (memcpy(o, s, sizeof(s) - 1), o += sizeof(s) - 1)
#define STR(s) (o = l->str(o, (s).ptr, (s).len))
#define ID(i)  (o = l->id_i64(o, (i)))

static void posts_by_hand(void *data) {
    request_hand *h = data;
    const world *w = h->world;
    const gyr__leaves *l = h->leaf;
    uint8_t *o = h->buffer;
    RAW("{\"data\":{\"posts\":[");
    for (uint32_t i = 0; i < w->post_count; i++) {
        const post *p = &w->posts[i];
        if (i) *o++ = ',';
        RAW("{\"id\":"), ID(p->id), RAW(",\"title\":"), STR(p->title), RAW(",\"body\":"), STR(p->body);
        RAW(",\"author\":{\"id\":"), ID(p->author->id), RAW(",\"name\":"), STR(p->author->name);
        RAW(",\"email\":"), STR(p->author->email), RAW("},\"comments\":[");
        for (uint32_t k = 0; k < p->comment_count; k++) {
            const comment *c = &p->comments[k];
            if (k) *o++ = ',';
            RAW("{\"id\":"), ID(c->id), RAW(",\"text\":"), STR(c->text), RAW(",\"author\":{\"id\":"), ID(c->author->id);
            RAW(",\"name\":"), STR(c->author->name), RAW("}}");
        }
        RAW("]}");
    }
    RAW("]}}");
    h->len = (size_t)(o - h->buffer);
}

static void items_by_hand(void *data) {
    request_hand *h = data;
    const world *w = h->world;
    const gyr__leaves *l = h->leaf;
    uint8_t *o = h->buffer;
    RAW("{\"data\":{\"items\":[");
    for (uint32_t i = 0; i < w->item_count; i++) {
        const item *t = &w->items[i];
        if (i) *o++ = ',';
        RAW("{\"id\":"), ID(t->id), RAW(",\"name\":"), STR(t->name), RAW(",\"price\":"), o = l->f64(o, t->price);
        RAW(",\"stock\":"), o = l->i32(o, t->stock);
        if (t->active)
            RAW(",\"active\":true}");
        else
            RAW(",\"active\":false}");
    }
    RAW("]}}");
    h->len = (size_t)(o - h->buffer);
}

/* ---- the workloads */

static const request_workload workloads[] = {{"posts", posts_query, posts_by_hand, 331, 120},
                                             {"items", items_query, items_by_hand, 50001, 10000}};

static void init(request *r, const gyr_binding *bindings, const char *query, const world *w) {
    request_init(r, gyr_str_of(sdl, sizeof sdl - 1), bindings, query, w);
}

/* Another thread works too: the time of both, and the time that passes. */
static void measure_threads(request *r, double (*clock)(void), bench_stat *us) {
    double samples[31];
    size_t n = bench_quick() ? 5 : 31, times = 1 + 200000 / (size_t)r->stats.response_bytes / 5;
    for (size_t i = 0; i < n; i++) {
        double from = clock();
        for (size_t k = 0; k < times; k++) request_execute(r);
        samples[i] = (clock() - from) / (double)times / 1000;
    }
    *us = bench_of(samples, n);
}

static void over(request_row *row, bench_stat base) {
    double fields = (double)row->fields / 1000;
    row->over = (bench_stat){(row->us.median - base.median) / fields, row->us.spread / fields};
}

/* The other engines, each in turn with members. */
static void run_engines(bench *b, const request_workload *k, request *base, gyr_str expected, const void *w) {
    request_row row = {.workload = k->name, .fields = k->fields, .objects = k->objects};
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        request r;
        bench_stat mine;
        init(&r, engines[i].bindings, k->query, w);
        request_expect(&r, k->name, engines[i].name, expected);
        row.engine = engines[i].name, row.of = &r;
        bench_pair(request_execute, base, request_execute, &r, 1000, &mine, &row.us);
        if (engines[i].threaded) {
            request_threaded(&r);
            measure_threads(&r, bench_process_ns, &row.us);
            row.engine = "threads, CPU time";
        }
        over(&row, mine);
        request_print(b, &row);
        if (engines[i].threaded) {
            measure_threads(&r, bench_wall_ns, &row.us);
            row.engine = "threads, real time";
            over(&row, mine);
            request_print(b, &row);
        }
        request_fini(&r);
    }
}

/* ---- introspection */

static const char intro_query[] =
    "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind } "
    "subscriptionType { name kind } types { ...FullType } directives { name description locations args { "
    "...InputValue } } } } "
    "fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description "
    "args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue "
    "} "
    "interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated "
    "deprecationReason } "
    "possibleTypes { ...TypeRef } } fragment InputValue on __InputValue { name description type { ...TypeRef "
    "} "
    "defaultValue } fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { "
    "kind name "
    "ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { "
    "kind name } } } } } } } } } }";

typedef struct intro {
    request run;
    gyr_document *document;
} intro;
enum { INTRO_FIELDS = 41100 };

static int64_t no_type(const void *object, void *unused) {
    (void)object, (void)unused;
    return -1;
}

static void plan_and_run(void *data) {
    intro *p = data;
    gyr_plan *kept = p->run.plan;
    p->run.plan = gyr_plan_from(p->run.schema, p->document, gyr_s(""), NULL);
    request_execute(&p->run);
    gyr_plan_free(p->run.plan);
    p->run.plan = kept;
}

static bool intro_init(intro *p) {
    gyr_source source = {.text = bench_shared("intro", "github-2019.graphql")};
    if (!source.text.ptr) return false;
    memset(p, 0, sizeof *p);
    gyr_binding field = GYR_GETTER("", now_Item_id), type = GYR_TYPE_FN("", no_type, NULL, NULL);
    gyr_schema_options o = {.sources = &source, .source_count = 1, .fallback = &field, .type_fallback = &type};
    request_init_plan(&p->run, request_schema(&o, &p->run), intro_query, NULL);
    p->document = gyr_document_new((gyr_source){.text = {intro_query, sizeof intro_query - 1}}, NULL, NULL);
    return true;
}

static void intro_fini(intro *p) {
    gyr_document_free(p->document);
    request_fini(&p->run);
}

static void run_intro(bench *b) {
    intro p;
    if (!intro_init(&p)) return;
    request_row row = {.workload = "intro", .engine = "constant", .fields = INTRO_FIELDS, .of = &p.run};
    row.us = bench_measure(request_execute, &p.run, 1000);
    request_print(b, &row);
    row.engine = "plan and run";
    row.us = bench_measure(plan_and_run, &p, 1000);
    request_print(b, &row);
    intro_fini(&p);
}

/* ---- for the comparison */

static void print_row(const char *name, const char *engine, bench_stat us, uint64_t fields, const request *r) {
    printf("{\"workload\":\"%s\",\"engine\":\"%s\",\"median\":%.3f,\"spread\":%.3f,\"fields\":%llu,\"bytes\":"
           "%zu}\n",
           name, engine, us.median, us.spread, (unsigned long long)fields, r->out.len);
}

static int rows(const char *name, const world *w) {
    intro p;
    if (!strcmp(name, "intro")) {
        if (!intro_init(&p)) return 1;
        print_row(name, "constant", bench_measure(request_execute, &p.run, 1000), INTRO_FIELDS, &p.run);
        print_row(name, "plan and run", bench_measure(plan_and_run, &p, 1000), INTRO_FIELDS, &p.run);
        intro_fini(&p);
        return 0;
    }
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        const request_workload *k = &workloads[i];
        if (strcmp(name, k->name) != 0) continue;
        for (int later = 0; later < 2; later++) {
            request r;
            init(&r, later ? suspended : members, k->query, w);
            print_row(name, later ? "suspended" : "members", bench_measure(request_execute, &r, 1000), k->fields, &r);
            request_fini(&r);
        }
    }
    return 0;
}

static int write_all(const char *folder, const world *w) {
    int bad = 0;
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        const request_workload *k = &workloads[i];
        request r;
        init(&r, members, k->query, w);
        bad |= bench_write(folder, k->name, ".graphql", gyr_str_of(k->query, strlen(k->query)));
        bad |= bench_write(folder, k->name, "-gyr.json", gyr_str_of(r.out.ptr, r.out.len));
        request_fini(&r);
    }
    intro p;
    if (!intro_init(&p)) return bad;
    bad |= bench_write(folder, "intro", ".graphql", gyr_str_of(intro_query, sizeof intro_query - 1));
    bad |= bench_write(folder, "intro", "-gyr.json", gyr_str_of(p.run.out.ptr, p.run.out.len));
    intro_fini(&p);
    return bad;
}

int main(int argc, char **argv) {
    world w = make_world();
    if (argc == 3 && !strcmp(argv[1], "--rows")) return rows(argv[2], &w);
    if (argc == 3 && !strcmp(argv[1], "--write")) return write_all(argv[2], &w);
    bench b;
    request_table(&b, "exec");
    request_workloads(&b, workloads, sizeof workloads / sizeof *workloads, gyr_str_of(sdl, sizeof sdl - 1), members, &w,
                      run_engines);
    run_intro(&b);
    return bench_fini(&b);
}
