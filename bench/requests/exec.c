/* Executing operations to JSON text, in process, one thread: the workloads posts, items and intro, that
 * bench/compare/exec.py measures side by side with peers.
 *
 *     posts   331 fields: 10 posts, their authors, 5 comments each with authors     items   10,000 objects of 5 scalars
 *     intro   introspection of a large schema ($GYR_SHARED/conformance/schemas/github-2019.graphql)
 *
 * Engines: members (structs, no function), resolvers (a function on every field, answering at once), suspended (each
 * answered later by the same thread), threads (by another thread), batches, and by hand: what a C programmer would
 * write for just this query with the same leaf routines.
 *
 *     exec [--json]       --json: only rows {workload, engine, median, spread, fields, bytes}, in us
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "json/write.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
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
    world w = {.posts = calloc(10, sizeof(post)), .post_count = 10, .items = calloc(10000, sizeof(item)), .item_count = 10000};
    for (int i = 0; i < 10; i++) {
        users[i] = (user){.id = i + 1, .name = gyr_str_of(names[i], strlen(names[i])), .email = text("user.%d@example.com", i)};
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

static const gyr_binding members[] = {
    GYR_TYPE("Query", world), GYR_LIST("Query.posts", world, posts, post_count),
    GYR_LIST("Query.items", world, items, item_count), GYR_TYPE("User", user), GYR_FIELD("User.id", user, id),
    GYR_FIELD("User.name", user, name), GYR_FIELD("User.email", user, email), GYR_TYPE("Comment", comment),
    GYR_FIELD("Comment.id", comment, id), GYR_FIELD("Comment.text", comment, text),
    GYR_REF("Comment.author", comment, author), GYR_TYPE("Post", post), GYR_FIELD("Post.id", post, id),
    GYR_FIELD("Post.title", post, title), GYR_FIELD("Post.body", post, body), GYR_REF("Post.author", post, author),
    GYR_LIST("Post.comments", post, comments, comment_count), GYR_TYPE("Item", item), GYR_FIELD("Item.id", item, id),
    GYR_FIELD("Item.name", item, name), GYR_FIELD("Item.price", item, price), GYR_FIELD("Item.stock", item, stock),
    GYR_FIELD("Item.active", item, active), GYR_END};

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

/* What waits for its answer: handles with what will answer them. */
typedef struct waiting {
    gyr_call *call;
    void (*answer)(gyr_call *call, const void *object);
    const void *object;
} waiting;
typedef struct queue {
    waiting *list;
    size_t count, cap;
} queue;

static void later(gyr_call *call, void (*answer)(gyr_call *, const void *), const void *object) {
    queue *q = gyr_context(call);
    if (q->count == q->cap) q->list = realloc(q->list, (q->cap = q->cap ? q->cap * 2 : 1024) * sizeof *q->list);
    q->list[q->count++] = (waiting){gyr_suspend(call), answer, object};
}

#define FUNCTIONS(type, member, T, body)                                                                               \
    static void answer_##type##_##member(gyr_call *call, const void *object) {                                         \
        const T *o = object;                                                                                           \
        body;                                                                                                          \
    }                                                                                                                  \
    static void now_##type##_##member(gyr_call *call) { answer_##type##_##member(call, gyr_parent(call)); }            \
    static void wait_##type##_##member(gyr_call *call) { later(call, answer_##type##_##member, gyr_parent(call)); }    \
    static void batch_##type##_##member(gyr_batch *b) {                                                                \
        for (uint32_t i = 0; i < gyr_batch_count(b); i++)                                                              \
            answer_##type##_##member(gyr_batch_call(b, i), gyr_batch_parent(b, i));                                    \
    }
FIELDS(FUNCTIONS)
#define NOW(type, member, T, answer)   GYR_RESOLVER(#type "." #member, now_##type##_##member),
#define WAIT(type, member, T, answer)  GYR_RESOLVER(#type "." #member, wait_##type##_##member),
#define BATCH(type, member, T, answer) GYR_BATCH(#type "." #member, batch_##type##_##member),
#define INLINED(type, member, T, answer) GYR_BATCH_WITH(#type "." #member, batch_##type##_##member, GYR_INLINE, 0, 0),
static const gyr_binding resolvers[] = {FIELDS(NOW) GYR_END};
static const gyr_binding suspended[] = {FIELDS(WAIT) GYR_END};
static const gyr_binding batches[] = {FIELDS(BATCH) GYR_END};
static const gyr_binding inlined[] = {FIELDS(INLINED) GYR_END};

/* ---- running */

typedef struct run {
    gyr_plan *plan;
    const world *world;
    gyr_buffer out;
    gyr_stats stats;
    queue queue;
    bool threaded;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool posted, stop, wake;
    pthread_t thread;
} run;

static void answer_all(run *r) {
    for (size_t i = 0, n = r->queue.count; i < n; i++) r->queue.list[i].answer(r->queue.list[i].call, r->queue.list[i].object);
    r->queue.count = 0;
}

static void *answering(void *arg) { /* the other thread: answers what is posted to it */
    run *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        if (r->posted) {
            answer_all(r);
            r->posted = false;
            pthread_cond_broadcast(&r->woken);
        } else {
            pthread_cond_wait(&r->woken, &r->lock);
        }
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void wait_for_thread(run *r) {
    pthread_mutex_lock(&r->lock);
    r->posted = true;
    pthread_cond_broadcast(&r->woken);
    while (r->posted) pthread_cond_wait(&r->woken, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

static void execute(void *data) {
    run *r = data;
    r->out.len = 0;
    gyr_request request = {.size = sizeof request, .plan = r->plan, .root = r->world, .context = &r->queue, .buffer = &r->out};
    gyr_exec *x = gyr_exec_new(&request);
    while (gyr_run(x) != GYR_DONE) {
        if (r->threaded) wait_for_thread(r);
        else answer_all(r);
    }
    gyr_exec_stats(x, &r->stats);
    gyr_exec_free(x);
}

static run make_run(gyr_schema *schema, const char *query, const world *w) {
    gyr_errors *errors = NULL;
    run r = {.world = w, .stats = {.size = sizeof(gyr_stats)}};
    r.plan = gyr_plan_new(schema, gyr_str_of(query, strlen(query)), gyr_s(""), &errors);
    if (!r.plan) {
        gyr_str t = gyr_errors_text(errors);
        fprintf(stderr, "%.*s", (int)t.len, t.ptr);
        exit(1);
    }
    return r;
}

static gyr_schema *schema_of(gyr_str text, const gyr_binding *bindings) {
    gyr_errors *errors = NULL;
    gyr_source source = {.text = text};
    gyr_schema_options o = {.size = sizeof o, .sources = &source, .source_count = 1, .bindings = bindings, .lenient = true};
    gyr_schema *s = gyr_schema_build(&o, &errors);
    if (s) return s;
    gyr_str t = gyr_errors_text(errors);
    fprintf(stderr, "%.*s", (int)(t.len < 2000 ? t.len : 2000), t.ptr);
    exit(1);
}

/* ---- by hand */

typedef struct hand {
    const world *world;
    const gyr__leaves *leaf;
    uint8_t *buffer;
    size_t len;
} hand;

#define RAW(s)  (memcpy(o, s, sizeof(s) - 1), o += sizeof(s) - 1)
#define STR(s)  (o = l->str(o, (s).ptr, (s).len))
#define ID(i)   (o = l->id_i64(o, (i)))

static void posts_by_hand(void *data) {
    hand *h = data;
    const gyr__leaves *l = h->leaf;
    uint8_t *o = h->buffer;
    RAW("{\"data\":{\"posts\":[");
    for (uint32_t i = 0; i < h->world->post_count; i++) {
        const post *p = &h->world->posts[i];
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
    hand *h = data;
    const gyr__leaves *l = h->leaf;
    uint8_t *o = h->buffer;
    RAW("{\"data\":{\"items\":[");
    for (uint32_t i = 0; i < h->world->item_count; i++) {
        const item *t = &h->world->items[i];
        if (i) *o++ = ',';
        RAW("{\"id\":"), ID(t->id), RAW(",\"name\":"), STR(t->name), RAW(",\"price\":"), o = l->f64(o, t->price);
        RAW(",\"stock\":"), o = l->i32(o, t->stock);
        if (t->active) RAW(",\"active\":true}");
        else RAW(",\"active\":false}");
    }
    RAW("]}}");
    h->len = (size_t)(o - h->buffer);
}

/* ---- the table */

static bool json;

static void report(bench *b, const char *workload, const char *engine, bench_stat ns, double ratio, uint64_t fields, size_t bytes) {
    if (json)
        printf("{\"workload\":\"%s\",\"engine\":\"%s\",\"median\":%.3f,\"spread\":%.3f,\"fields\":%llu,\"bytes\":%zu}\n", workload,
               engine, ns.median / 1000, ns.spread / 1000, (unsigned long long)fields, bytes);
    else
        bench_row(b, workload, engine, "us", bench_scaled(ns, 0.001), ratio);
}

static void workload(bench *b, const char *name, const char *query, const world *w, bench_work *by_hand, uint64_t fields) {
    static const struct {
        const char *name;
        const gyr_binding *bindings;
    } engines[] = {{"members", members}, {"resolvers", resolvers}, {"suspended", suspended}, {"threads", suspended}, {"batches", batches}, {"batches, inline", inlined}};
    hand h = {.world = w, .leaf = gyr__leaves_for(gyr__cpu_level()), .buffer = malloc(8 << 20)};
    bench_stat floor = bench_measure(by_hand, &h, 1);
    report(b, name, "by hand", floor, 1, fields, h.len);
    for (size_t i = 0; i < sizeof engines / sizeof *engines; i++) {
        gyr_schema *s = schema_of(gyr_str_of(sdl, sizeof sdl - 1), engines[i].bindings);
        run r = make_run(s, query, w);
        r.threaded = i == 3;
        pthread_mutex_init(&r.lock, NULL);
        pthread_cond_init(&r.woken, NULL);
        if (r.threaded) pthread_create(&r.thread, NULL, answering, &r);
        execute(&r);
        if (r.out.len != h.len || memcmp(r.out.ptr, h.buffer, h.len) != 0) {
            fprintf(stderr, "%s, %s: not what is written by hand\n", name, engines[i].name);
            exit(1);
        }
        report(b, name, engines[i].name, bench_measure(execute, &r, 1), 0, fields, r.out.len);
        if (!json)
            printf("%46s %llu heap allocations a request, %llu bytes of request memory\n", "", (unsigned long long)r.stats.heap_allocations,
                   (unsigned long long)r.stats.request_bytes);
        if (r.threaded) {
            pthread_mutex_lock(&r.lock);
            r.stop = true;
            pthread_cond_broadcast(&r.woken);
            pthread_mutex_unlock(&r.lock);
            pthread_join(r.thread, NULL);
        }
        free(r.queue.list);
        gyr_buffer_free(&r.out);
        gyr_plan_free(r.plan);
        gyr_schema_free(s);
    }
    free(h.buffer);
}

/* ---- introspection */

static const char intro_query[] =
    "query IntrospectionQuery { __schema { description queryType { name kind } mutationType { name kind } "
    "subscriptionType { name kind } types { ...FullType } directives { name description locations args { ...InputValue } } } } "
    "fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description "
    "args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue } "
    "interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } "
    "possibleTypes { ...TypeRef } } fragment InputValue on __InputValue { name description type { ...TypeRef } "
    "defaultValue } fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name "
    "ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

static int64_t no_type(const void *object, void *mine) {
    (void)object, (void)mine;
    return -1;
}

typedef struct plan_again {
    gyr_schema *schema;
    gyr_document *document;
    run *run;
} plan_again;

static void first_time(void *data) { /* plans anew: introspection is written once, when the plan is made */
    plan_again *p = data;
    run r = {.plan = gyr_plan_from(p->schema, p->document, gyr_s(""), NULL), .out = p->run->out, .stats = p->run->stats};
    execute(&r);
    p->run->out = r.out;
    gyr_plan_free(r.plan);
}

static void introspection(bench *b) {
    const char *shared = getenv("GYR_SHARED");
    char path[1024];
    snprintf(path, sizeof path, "%s/conformance/schemas/github-2019.graphql", shared ? shared : "../shared");
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "intro: skipped, no %s\n", path);
        return;
    }
    char *text = malloc(8 << 20);
    size_t n = fread(text, 1, 8 << 20, f);
    fclose(f);
    gyr_source source = {.text = {text, n}};
    gyr_schema_options o = {.size = sizeof o, .sources = &source, .source_count = 1, .lenient = true};
    gyr_binding fallback = GYR_GETTER("", now_Item_id);
    o.fallback = &fallback;
    gyr_binding types = GYR_TYPE_FN("", no_type, NULL, NULL);
    o.type_fallback = &types;
    gyr_errors *errors = NULL;
    gyr_schema *s = gyr_schema_build(&o, &errors);
    if (!s) {
        gyr_str t = gyr_errors_text(errors);
        fprintf(stderr, "intro: %.*s", (int)(t.len < 2000 ? t.len : 2000), t.ptr);
        exit(1);
    }
    run r = make_run(s, intro_query, NULL);
    execute(&r);
    report(b, "intro", "constant", bench_measure(execute, &r, 1), 0, 41100, r.out.len);
    plan_again again = {.schema = s, .run = &r};
    again.document = gyr_document_new((gyr_source){.text = {intro_query, sizeof intro_query - 1}}, NULL, NULL);
    report(b, "intro", "plan and run", bench_measure(first_time, &again, 1), 0, 41100, r.out.len);
    gyr_document_free(again.document);
    gyr_buffer_free(&r.out);
    gyr_plan_free(r.plan);
    gyr_schema_free(s);
    free(text);
}

int main(int argc, char **argv) {
    bench b;
    json = argc > 1 && strcmp(argv[1], "--json") == 0;
    bench_init(&b, "exec");
    world w = make_world();
    workload(&b, "posts", posts_query, &w, posts_by_hand, 331);
    workload(&b, "items", items_query, &w, items_by_hand, 50001);
    introspection(&b);
    return bench_fini(&b);
}
