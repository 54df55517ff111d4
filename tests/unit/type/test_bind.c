/* Bindings against the schema: what fits, every misfit with its message, the maps made for execution, rows of
 * older programs, failing memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "type/bind.h"
#include "values.h"

#include <stdlib.h>

typedef struct author {
    int64_t id;
    const char *name;
    char nick[8];
    int kind;
} author;
typedef struct post {
    gyr_str title;
    int32_t likes;
    double score;
    uint32_t bits, roles, has;
    bool hidden;
    author *writer;
    author owner;
    author *authors;
    author **refs;
    int *numbers;
    double fixed[4];
    uint8_t count;
    struct post *self;
    float *price;
    const char *word;
    char *any; /* what void * looks like: one byte */
    int16_t color;
    int kind;
} post;
typedef struct date {
    int y, m;
} date;
typedef struct filter {
    int32_t limit;
    gyr_str text;
    bool has;
} filter;
typedef struct args {
    int16_t first;
    gyr_str text;
    const char *name;
    filter f;
    filter *fp;
    filter *fs;
    int *ids;
    uint16_t count;
    date when;
    int color;
    char odd[8];
} args;

/* Messages name these sizes. */
static_assert(sizeof(post) == 192 && sizeof(author) == 32 && sizeof(filter) == 32, "64-bit Linux");

static void resolve(gyr_call *call) { (void)call; }
static void batch(gyr_batch *b) { (void)b; }
static int64_t type_of(const void *object, void *user) { return (void)object, (void)user, 0; }
static bool write_date(gyr_leaf *leaf, const void *value, void *user) {
    return (void)leaf, (void)value, (void)user, true;
}
static bool read_date(const gyr_value *in, void *into, gyr_str *message, void *user) {
    return (void)in, (void)into, (void)message, (void)user, true;
}

static const gyr_tag good_tags[] = {{1, "Post"}, {2, "Author"}, {0, NULL}};
static const gyr_tag bad_tags[] = {{1, "Post"}, {1, "Author"}, {3, "Nobody"}, {4, "U"}, {0, NULL}};
static const gyr_tag no_tags[] = {{0, NULL}};

typedef struct bind_case {
    const char *sdl, *expected; /* errors, "" when all fits */
    const gyr_binding *bindings;
} bind_case;

#define ROWS(...)                                                                                                      \
    (const gyr_binding[]) { __VA_ARGS__, GYR_END }
#define POST(fields) "type Query { post: Post } type Post { " fields " }"
#define ROOT         GYR_RESOLVER("Query.post", resolve)
#define AUTHOR       " type Author { id: ID! }"
#define AUTHOR_ROWS  GYR_TYPE("Author", author), GYR_FIELD("Author.id", author, id)
#define ARGS(list)                                                                                                     \
    "input F { limit: Int, text: String } scalar Date enum Color { RED GREEN } type Query { q(" list "): Int }"
#define QUERY GYR_RESOLVER("Query.q", resolve)

static const bind_case cases[] = {
    /* members that fit */
    {POST("title: String! likes: Int score: Float hidden: Boolean! x: ID"), "",
     ROWS(ROOT, GYR_TYPE("Post", post), GYR_FIELD("Post.title", post, title), GYR_FIELD("Post.likes", post, likes),
          GYR_FIELD("Post.score", post, score), GYR_FIELD("Post.hidden", post, hidden),
          GYR_FIELD("Post.x", post, likes))},
    {POST("a: Float b: ID c: String d: Boolean e: Float f: Int"), "",
     ROWS(ROOT, GYR_FIELD("Post.a", post, likes), GYR_FIELD("Post.b", post, title), GYR_FIELD("Post.c", post, word),
          GYR_BIT("Post.d", post, bits, 4), GYR_FIELD_REF("Post.e", post, price),
          GYR_FIELD_HAS("Post.f", post, likes, has, 2))},
    {POST("w: Author o: Author! as: [Author!]! rs: [Author] ns: [Int!] me: Post xs: [Float]") AUTHOR, "",
     ROWS(ROOT, GYR_TYPE("Post", post), AUTHOR_ROWS, GYR_REF("Post.w", post, writer), GYR_STRUCT("Post.o", post, owner),
          GYR_LIST("Post.as", post, authors, count), GYR_LIST_REFS("Post.rs", post, refs, count),
          GYR_LIST_VALUES("Post.ns", post, numbers, count), GYR_REF("Post.me", post, self),
          GYR_LIST_VALUES("Post.xs", post, fixed, count))},
    {POST("a: Post b: Author") AUTHOR, "",
     ROWS(ROOT, GYR_TYPE("Post", post), AUTHOR_ROWS, GYR_SELF("Post.a", post), GYR_REF("Post.b", post, any))},
    /* members that do not */
    {POST("price: Int!"), "Post.price: Int! needs an integer, post.score is double\n",
     ROWS(ROOT, GYR_FIELD("Post.price", post, score))},
    {POST("a: String b: Float c: Boolean d: ID e: Int f: String"),
     "Post.a: String needs a string, post.likes is int32_t\n"
     "Post.b: Float needs a number, post.title is gyr_str\n"
     "Post.c: Boolean needs bool, or GYR_BIT, post.likes is int32_t\n"
     "Post.d: ID needs an integer or a string, post.score is double\n"
     "Post.e: Int needs an integer, post.hidden is bool\n"
     "Post.f: String needs a string, post.price is a pointer to float\n",
     ROWS(ROOT, GYR_FIELD("Post.a", post, likes), GYR_FIELD("Post.b", post, title), GYR_FIELD("Post.c", post, likes),
          GYR_FIELD("Post.d", post, score), GYR_FIELD("Post.e", post, hidden), GYR_FIELD_REF("Post.f", post, price))},
    {POST("a: [Int] b: [[Int]] c: Int d: Author e: Int f: [Author] g: [Int] h: [[Author]]") AUTHOR,
     "Post.a: [Int] needs GYR_LIST, GYR_LIST_REFS or GYR_LIST_VALUES, post.likes is int32_t\n"
     "Post.b: [[Int]] needs a resolver or getter, post.likes is int32_t\n"
     "Post.c: Int needs one value, post.numbers is a list of int32_t\n"
     "Post.d: Author needs GYR_REF or GYR_STRUCT, post.likes is int32_t\n"
     "Post.e: Int needs an integer, post.writer is a pointer to a struct\n"
     "Post.f: [Author] needs GYR_LIST or GYR_LIST_REFS, post.numbers is a list of int32_t\n"
     "Post.g: [Int] needs GYR_LIST_VALUES, post.refs is a list of pointers\n"
     "Post.h: [[Author]] needs a resolver or getter, post.refs is a list of pointers\n",
     ROWS(ROOT, AUTHOR_ROWS, GYR_FIELD("Post.a", post, likes), GYR_FIELD("Post.b", post, likes),
          GYR_LIST_VALUES("Post.c", post, numbers, count), GYR_FIELD("Post.d", post, likes),
          GYR_REF("Post.e", post, writer), GYR_LIST_VALUES("Post.f", post, numbers, count),
          GYR_LIST_REFS("Post.g", post, refs, count), GYR_LIST_REFS("Post.h", post, refs, count))},
    /* structs */
    {POST("a: Post b: Author c: [Post] d: [Author]") AUTHOR,
     "Post.a: Post is struct post (192 bytes), post.writer points to 32 bytes\n"
     "Post.c: Post is struct post (192 bytes), post.authors holds items of 32 bytes\n",
     ROWS(ROOT, GYR_TYPE("Post", post), AUTHOR_ROWS, GYR_REF("Post.a", post, writer), GYR_REF("Post.b", post, writer),
          GYR_LIST("Post.c", post, authors, count), GYR_LIST_REFS("Post.d", post, refs, count))},
    {POST("a: Int b: Int"), "Post.b: bound to struct author, Post is struct post\n",
     ROWS(ROOT, GYR_TYPE("Post", struct post), GYR_FIELD("Post.a", post, likes), GYR_FIELD("Post.b", author, kind))},
    {POST("a: Int b: Int"), "Post.b: bound to struct author, Post.a to struct post\n",
     ROWS(ROOT, GYR_FIELD("Post.a", post, likes), GYR_FIELD("Post.b", author, kind))},
    /* bits, flags, presence */
    {POST("a: Boolean b: Int c: Boolean d: Int"),
     "Post.a: mask 0x100000000 does not fit post.bits, which has 4 bytes\n"
     "Post.b: Int is no Boolean, post.bits is bits\n"
     "Post.c: Boolean needs the bits of an integer, post.score is double\n"
     "Post.d: mask 0x100 of post.likes does not fit its presence member of 1 bytes\n",
     ROWS(ROOT, GYR_BIT("Post.a", post, bits, 1ull << 32), GYR_BIT("Post.b", post, bits, 1),
          GYR_BIT("Post.c", post, score, 1), GYR_FIELD_HAS("Post.d", post, likes, count, 256))},
    {POST("a: [R!]! b: R c: [R] d: [S]") " enum R { X Y } enum S { Z }",
     "Post.b: R is no list of an enum, post.roles is flags\n"
     "Post.c: [R] needs the bits of an integer, post.score is double\n"
     "Post.d: post.roles needs a bit of its 4 bytes for each value, S.Z has none\n",
     ROWS(ROOT, GYR_ENUM_VALUE("R.X", 1), GYR_ENUM_VALUE("R.Y", 8), GYR_ENUM_VALUE("S.Z", 3),
          GYR_FLAGS("Post.a", post, roles), GYR_FLAGS("Post.b", post, roles), GYR_FLAGS("Post.c", post, score),
          GYR_FLAGS("Post.d", post, roles))},
    /* enums */
    {POST("a: E b: E c: E d: F e: F") " enum E { X } enum F { Y }",
     "Post.c: E needs an integer or a string, post.score is double\n"
     "Post.d: F needs GYR_ENUM_VALUE rows, or a string, post.color is int16_t\n",
     ROWS(ROOT, GYR_ENUM_VALUE("E.X", 5), GYR_FIELD("Post.a", post, color), GYR_FIELD("Post.b", post, title),
          GYR_FIELD("Post.c", post, score), GYR_FIELD("Post.d", post, color), GYR_FIELD("Post.e", post, title))},
    {"type Query { e: E f: F } enum E { A B C } enum F { D E G }",
     "E.A: bound twice, to 1 and to 9\n"
     "E: value C has no number; bind all values of an enum or none\n"
     "F: D and G are both 1\n",
     ROWS(GYR_ENUM_VALUE("E.A", 1), GYR_ENUM_VALUE("E.B", 2), GYR_ENUM_VALUE("F.D", 1), GYR_ENUM_VALUE("F.E", 2),
          GYR_ENUM_VALUE("F.G", 1), GYR_RESOLVER("Query.e", resolve), GYR_RESOLVER("Query.f", resolve),
          GYR_ENUM_VALUE("E.A", 9))},
    /* custom scalars */
    {POST("a: D b: D c: D d: N e: N") " scalar D scalar N",
     "Post.b: D needs GYR_CUSTOM, post.title is gyr_str\n"
     "Post.c: D needs the C type of its GYR_SCALAR row, post.likes is a C type of 4 bytes\n"
     "Post.e: N needs a GYR_SCALAR row that names its C type, post.likes is a C type of 4 bytes\n",
     ROWS(ROOT, GYR_SCALAR("D", date, write_date, NULL, NULL), GYR_CUSTOM("Post.a", post, score),
          GYR_FIELD("Post.b", post, title), GYR_CUSTOM("Post.c", post, likes), GYR_FIELD("Post.d", post, title),
          GYR_CUSTOM("Post.e", post, likes))},
    {"type Query { a: Int }",
     "Int: date needs a custom scalar, Int is built in\nQuery: date needs a custom scalar, Query is an "
     "object type\n",
     ROWS(GYR_RESOLVER("Query.a", resolve), GYR_SCALAR("Int", date, write_date, NULL, NULL),
          GYR_SCALAR("Query", date, write_date, NULL, NULL))},
    /* coordinates */
    {POST("name: String"),
     "Post.nmae: there is no field \"nmae\" in Post. Did you mean \"name\"?\n"
     "Pots.name: there is no type \"Pots\". Did you mean \"Post\"?\n"
     "Query.post(id:): there is no argument \"id\" of Query.post.\n"
     "Post.name(: this is not a schema coordinate as \"Type\", \"Type.field\" or \"Type.field(argument:)\"\n"
     ": this is not a schema coordinate as \"Type\", \"Type.field\" or \"Type.field(argument:)\"\n"
     "String.x: String is a scalar, it has no members\n"
     "Post.name: this field has no binding\n",
     ROWS(ROOT, GYR_FIELD("Post.nmae", post, title), GYR_FIELD("Pots.name", post, title),
          GYR_ARG("Query.post(id:)", args, first), GYR_FIELD("Post.name(", post, title), GYR_FIELD("", post, title),
          GYR_FIELD("String.x", post, title))},
    {POST("name: String"), "Post.name: bound twice, to post.title and to resolve\n",
     ROWS(ROOT, GYR_FIELD("Post.name", post, title), GYR_RESOLVER("Post.name", resolve))},
    {"interface I { a: Int } type Query implements I { a: Int } enum E { X } union U = Query",
     "I.a: I is an interface; bind the field of the object types that implement it\n"
     "__Type.name: introspection answers this itself\n"
     "E.X: post.likes cannot bind an enum value, GYR_ENUM_VALUE does\n"
     "E.x: there is no value \"x\" in enum E. Did you mean \"X\"?\n"
     "U: post needs an object type or an input object type, U is a union\n"
     "Query: post.kind needs an interface or a union, Query is an object type\n"
     "Query: post.likes binds a field, this names a type\n"
     "Query.a: date does not bind a field\n",
     ROWS(GYR_RESOLVER("Query.a", resolve), GYR_FIELD("I.a", post, likes), GYR_FIELD("__Type.name", post, title),
          GYR_FIELD("E.X", post, likes), GYR_ENUM_VALUE("E.x", 1), GYR_TYPE("U", post),
          GYR_TAG("Query", post, kind, good_tags), GYR_FIELD("Query", post, likes),
          GYR_SCALAR("Query.a", date, write_date, NULL, NULL))},
    {"type Query { a: Int b: Int c: Int }",
     "Query.a: NULL: the function is NULL\nQuery.b: NULL: the function is NULL\nQuery.c: this field has no "
     "binding\n",
     ROWS(GYR_RESOLVER("Query.a", NULL), GYR_BATCH("Query.b", NULL))},
    /* abstract types */
    {"type Query { n: N u: U } " AUTHOR " type Post { id: ID! } interface N { id: ID! } union U = Post | Author",
     "N: post.writer holds objects of this interface, which needs GYR_TAG or GYR_TYPE_FN\n",
     ROWS(GYR_REF("Query.n", post, writer), GYR_BATCH("Query.u", batch), AUTHOR_ROWS,
          GYR_FIELD("Post.id", post, title))},
    {"type Query { u: U } " AUTHOR " type Post { id: ID! } union U = Post | Author", "",
     ROWS(GYR_REF("Query.u", post, writer), AUTHOR_ROWS, GYR_FIELD("Post.id", post, title),
          GYR_TAG("U", author, kind, good_tags))},
    {"type Query { u: U } " AUTHOR " type Post { id: ID! } union U = Post | Author",
     "U: tag 3 names \"Nobody\", there is no type of that name\n"
     "U: tag 4 names U, which is not an object type\n"
     "U: tag 1 stands twice in the table of type_of\n",
     ROWS(GYR_REF("Query.u", post, writer), AUTHOR_ROWS, GYR_FIELD("Post.id", post, title),
          GYR_TYPE_FN("U", type_of, bad_tags, NULL))},
    {"type Query { u: U v: V w: W } " AUTHOR
     " type Post { id: ID! } union U = Post | Author union V = Author union W = Post",
     "U: post.kind lies outside author, which Author is (32 bytes)\n"
     "V: the table of tags of author.kind is empty\n"
     "W: NULL: the function is NULL\n"
     "W: NULL has no table of tags\n",
     ROWS(GYR_RESOLVER("Query.u", resolve), GYR_RESOLVER("Query.v", resolve), GYR_RESOLVER("Query.w", resolve),
          AUTHOR_ROWS, GYR_FIELD("Post.id", post, title), GYR_TAG("U", post, kind, good_tags),
          GYR_TAG("V", author, kind, no_tags), GYR_TYPE_FN("W", NULL, NULL, NULL))},
    /* arguments */
    {ARGS("first: Int! text: String name: ID f: F fp: F fs: [F!] ids: [Int!] when: Date color: Color"), "",
     ROWS(QUERY, GYR_ARG("Query.q(first:)", args, first), GYR_ARG("Query.q(text:)", args, text),
          GYR_ARG("Query.q(name:)", args, name), GYR_ARG_STRUCT("Query.q(f:)", args, f),
          GYR_ARG_REF("Query.q(fp:)", args, fp), GYR_ARG_LIST_STRUCTS("Query.q(fs:)", args, fs, count),
          GYR_ARG_LIST("Query.q(ids:)", args, ids, count), GYR_ARG_CUSTOM("Query.q(when:)", args, when),
          GYR_ARG("Query.q(color:)", args, color), GYR_TYPE("F", filter), GYR_ARG("F.limit", filter, limit),
          GYR_ARG_HAS("F.text", filter, text, has), GYR_ENUM_VALUE("Color.RED", 0), GYR_ENUM_VALUE("Color.GREEN", -1),
          GYR_SCALAR("Date", date, NULL, read_date, NULL))},
    {ARGS("a: String b: [Int] c: [[Int]] d: Int e: F f: Color g: Boolean h: Date i: [F]"),
     "Query.q(a:): String needs a string, args.first is int16_t\n"
     "Query.q(b:): [Int] needs GYR_ARG_LIST or GYR_ARG_LIST_STRUCTS, args.first is int16_t\n"
     "Query.q(c:): [[Int]] needs gyr_arg, lists of lists cannot be bound, args.ids is a list of int32_t\n"
     "Query.q(d:): Int needs one value, args.ids is a list of int32_t\n"
     "Query.q(e:): F needs GYR_ARG_STRUCT or GYR_ARG_REF, args.first is int16_t\n"
     "Query.q(f:): Color needs GYR_ENUM_VALUE rows, or a string, args.color is int32_t\n"
     "Query.q(g:): Boolean needs bool, args.color is int32_t\n"
     "Query.q(h:): Date needs a GYR_SCALAR row that names its C type, args.when is a C type of 8 bytes\n"
     "Query.q(i:): [F] needs GYR_ARG_LIST_STRUCTS, args.ids is a list of int32_t\n",
     ROWS(QUERY, GYR_ARG("Query.q(a:)", args, first), GYR_ARG("Query.q(b:)", args, first),
          GYR_ARG_LIST("Query.q(c:)", args, ids, count), GYR_ARG_LIST("Query.q(d:)", args, ids, count),
          GYR_ARG("Query.q(e:)", args, first), GYR_ARG("Query.q(f:)", args, color), GYR_ARG("Query.q(g:)", args, color),
          GYR_ARG_CUSTOM("Query.q(h:)", args, when), GYR_ARG_LIST("Query.q(i:)", args, ids, count))},
    {ARGS("a: Int b: Int f: F"),
     "Query.q(b:): bound to struct filter, Query.q(a:) to struct args\n"
     "Query.q(f:): args.f is a struct, but no input field of F is bound\n",
     ROWS(QUERY, GYR_ARG("Query.q(a:)", args, first), GYR_ARG("Query.q(b:)", filter, limit),
          GYR_ARG_STRUCT("Query.q(f:)", args, f))},
    {ARGS("f: F g: F"),
     "F.text: bound to struct args, F is struct filter\n"
     "Query.q(f:): F is struct filter (32 bytes), args.when is for 8 bytes\n",
     ROWS(QUERY, GYR_ARG_STRUCT("Query.q(f:)", args, when), GYR_ARG_REF("Query.q(g:)", args, fp), GYR_TYPE("F", filter),
          GYR_ARG("F.limit", filter, limit), GYR_ARG("F.text", args, text))},
    {ARGS("f: F"), "Query.q(f:): the bound input fields of F end at 24 bytes, args.when has 8\n",
     ROWS(QUERY, GYR_ARG_STRUCT("Query.q(f:)", args, when), GYR_ARG("F.limit", filter, limit),
          GYR_ARG("F.text", filter, text))},
};

static void expect_errors(const char *sdl, const gyr_binding *bindings, const gyr_binding *fallback,
                          const gyr_binding *type_fallback, const char *expected) {
    static text t;
    gyr_source source = {gyr_s(""), gyr_str_of(sdl, strlen(sdl))};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .bindings = bindings,
                                  .fallback = fallback,
                                  .type_fallback = type_fallback};
    gyr_errors *errors = gyr__errors_new(NULL, 50);
    assert_non_null(errors);
    gyr_schema *schema = gyr__schema_build(&options, errors);
    t.len = 0, t.ptr[0] = 0;
    text_errors(&t, errors);
    if (strcmp(t.ptr, expected) != 0) fail_msg("%s\n%s\nexpected\n%s", sdl, t.ptr, expected);
    assert_int_equal(schema != NULL, *expected == 0);
    for (uint32_t i = 0; i < gyr_errors_count(errors); i++) {
        const gyr_error *e = gyr_errors_get(errors, i);
        assert_int_equal(e->status, GYR_ERR_BINDING);
        assert_true(gyr__str_starts(e->message, e->coordinate)); /* every problem names its coordinate */
    }
    gyr__schema_unref(schema);
    gyr_errors_free(errors);
}

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < GYR__COUNT(cases); i++)
        expect_errors(cases[i].sdl, cases[i].bindings, NULL, NULL, cases[i].expected);
    expect_errors("scalar D " POST("a: D"),
                  ROWS(ROOT, GYR_SCALAR("D", date, NULL, read_date, NULL), GYR_CUSTOM("Post.a", post, score)), NULL,
                  NULL,
                  "Post.a: D needs a serialise function in its GYR_SCALAR row, post.score is a C type of 8 bytes\n");
    expect_errors(ARGS("d: Date e: Int"),
                  ROWS(QUERY, GYR_SCALAR("Date", date, write_date, NULL, NULL),
                       GYR_ARG_CUSTOM("Query.q(d:)", args, when), GYR_BATCH("Query.q(e:)", batch)),
                  NULL, NULL,
                  "Query.q(e:): batch binds a field; an argument needs GYR_ARG\n"
                  "Query.q(d:): Date needs a parse function in its GYR_SCALAR row, args.when is a C type of 8 bytes\n");
}

static void test_fallbacks(void **state) {
    (void)state;
    const char *sdl = "type Query { a: Int n: N } interface N { b: Int } type X implements N { b: Int } "
                      "type Y implements N { b: Int }";
    const gyr_binding getter = GYR_GETTER("fallback", resolve), none = GYR_GETTER("fallback", NULL),
                      member = GYR_FIELD("fallback", post, likes), types = GYR_TYPE_FN("N", type_of, NULL, NULL),
                      no_types = GYR_TYPE_FN("N", NULL, NULL, NULL);
    expect_errors(sdl, NULL, &getter, NULL, "");
    expect_errors(sdl, ROWS(GYR_REF("Query.n", post, any)), &getter, &types, "");
    expect_errors(sdl, ROWS(GYR_REF("Query.n", post, any)), &getter, NULL,
                  "N: post.any holds objects of this interface, which needs GYR_TAG or GYR_TYPE_FN\n");
    expect_errors(sdl, NULL, &none, &no_types,
                  "fallback: a fallback is a getter or resolver with a function\n"
                  "type_fallback: a type fallback is a type function\n");
    expect_errors(sdl, NULL, &member, NULL, "fallback: a fallback is a getter or resolver with a function\n");
    expect_errors("type Query { a: Int b: Int }", NULL, NULL, NULL,
                  "Query.a: this field has no binding\nQuery.b: this field has no binding\n");
}

static void test_bound_schema(void **state) {
    (void)state;
    const gyr_binding *rows = NULL;
    for (size_t i = 0; i < GYR__COUNT(cases); i++)
        if (strstr(cases[i].sdl, "first: Int! text: String name: ID")) rows = cases[i].bindings;
    assert_non_null(rows);
    gyr_schema *schema =
        schema_of(ARGS("first: Int! text: String name: ID f: F fp: F fs: [F!] ids: [Int!] when: Date color: Color"),
                  rows, false, NULL);
    const gyr__field *q = gyr__schema_field(schema, schema->roots[GYR_QUERY], gyr_s("q"));
    assert_ptr_equal(q->binding->resolve, resolve);
    assert_true(q->may_fetch);
    assert_int_equal(q->args_size, (offsetof(args, odd) + 15) / 16 * 16);
    assert_int_equal(q->args[6].binding->count_offset, offsetof(args, count));
    assert_true(q->binding != &rows[0]); /* a copy: the table need not live */
    const gyr__type *color = gyr__schema_type(schema, gyr_s("Color"));
    assert_ptr_equal(gyr__enum_by_number(color, 0), &color->values[0]);
    assert_ptr_equal(gyr__enum_by_number(color, -1), &color->values[1]);
    assert_null(gyr__enum_by_number(color, 1));
    assert_null(gyr__enum_by_number(color, INT64_MIN));
    gyr__schema_unref(schema);
}

static void test_tags(void **state) {
    (void)state;
    const gyr_tag far_tags[] = {{INT64_MAX, "Post"}, {INT64_MIN, "Author"}, {7, "Post"}, {0, NULL}};
    gyr_schema *schema = schema_of("type Query { u: U } " AUTHOR " type Post { id: ID! } union U = Post | Author",
                                   ROWS(GYR_REF("Query.u", post, writer), AUTHOR_ROWS,
                                        GYR_FIELD("Post.id", post, title), GYR_TYPE_FN("U", type_of, far_tags, NULL)),
                                   false, NULL);
    const gyr__type *u = gyr__schema_type(schema, gyr_s("U")), *p = gyr__schema_type(schema, gyr_s("Post"));
    assert_ptr_equal(gyr__type_of_tag(u, INT64_MAX), p);
    assert_ptr_equal(gyr__type_of_tag(u, 7), p);
    assert_ptr_equal(gyr__type_of_tag(u, INT64_MIN), gyr__schema_type(schema, gyr_s("Author")));
    assert_null(gyr__type_of_tag(u, 8));
    assert_null(gyr__type_of_tag(u, 0));
    gyr__schema_unref(schema);
}

/* The map against a plain search, dense and sparse. */
static void test_number_map(void **state) {
    (void)state;
    static int values[64];
    uint64_t seed = 12345;
    for (int round = 0; round < 200; round++) {
        gyr__arena arena;
        gyr__number entries[64], plain[64];
        gyr__number_map map;
        uint32_t count = (uint32_t)(round % 65), span = round % 2 ? 3 : 1000;
        gyr__arena_init(&arena, NULL, 0);
        int64_t number = -500;
        for (uint32_t i = 0; i < count; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            number += 1 + (int64_t)((seed >> 40) % span);
            plain[i] = (gyr__number){number, &values[i]};
        }
        for (uint32_t i = 0; i < count; i++) entries[i] = plain[(i * 37) % count];
        if (count % 37 == 0) memcpy(entries, plain, sizeof plain); /* 37 and count must share no factor */
        assert_true(gyr__number_map_make(&arena, &map, entries, count));
        for (int64_t n = -510; n < number + 10; n++) {
            const void *expected = NULL;
            for (uint32_t i = 0; i < count; i++)
                if (plain[i].number == n) expected = plain[i].value;
            assert_ptr_equal(gyr__number_get(&map, n), expected);
        }
        gyr__arena_fini(&arena);
    }
}

/* A program built with an older header has shorter rows. */
static void test_short_rows(void **state) {
    (void)state;
    enum { SHORT = offsetof(gyr_binding, tags) };
    const gyr_binding rows[] = {GYR_RESOLVER("Query.a", resolve), GYR_RESOLVER("Query.b", resolve), GYR_END};
    union {
        char bytes[3 * SHORT];
        gyr_binding align;
    } table;
    for (int i = 0; i < 3; i++) {
        memcpy(table.bytes + i * SHORT, &rows[i], SHORT);
        memcpy(table.bytes + i * SHORT, &(uint32_t){SHORT}, sizeof(uint32_t));
    }
    gyr_schema *schema = schema_of("type Query { a: Int b: Int }", &table.align, false, NULL);
    const gyr__field *b = gyr__schema_field(schema, schema->roots[GYR_QUERY], gyr_s("b"));
    assert_ptr_equal(b->binding->resolve, resolve);
    assert_null(b->binding->user);
    assert_int_equal(b->binding->size, sizeof(gyr_binding));
    gyr__schema_unref(schema);
    expect_errors("type Query { a: Int }", &(const gyr_binding){0}, NULL, NULL,
                  "bindings: row 0 has no size; rows are written with the macros of gyr.h\n"
                  "Query.a: this field has no binding\n");
}

static void test_memory(void **state) {
    (void)state;
    for (size_t k = 0; k < GYR__COUNT(cases); k += 3) {
        for (unsigned long n = 1;; n++) {
            faulty f = {.fail_at = n};
            gyr_source source = {gyr_s(""), gyr_str_of(cases[k].sdl, strlen(cases[k].sdl))};
            gyr_schema_options options = {.size = sizeof options,
                                          .sources = &source,
                                          .source_count = 1,
                                          .bindings = cases[k].bindings,
                                          .allocator = faulty_allocator(&f)};
            gyr_errors *errors = gyr__errors_new(&options.allocator, 50);
            assert_true(n < 2000);
            if (!errors) continue;
            gyr_schema *schema = gyr__schema_build(&options, errors);
            bool out = f.calls >= n;
            if (out) {
                assert_null(schema);
                assert_int_equal(gyr__errors_status(errors), GYR_ERR_MEMORY);
            }
            gyr__schema_unref(schema);
            gyr_errors_free(errors);
            assert_int_equal(f.live, 0);
            if (!out) break;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),  cmocka_unit_test(test_fallbacks),  cmocka_unit_test(test_bound_schema),
        cmocka_unit_test(test_tags),   cmocka_unit_test(test_number_map), cmocka_unit_test(test_short_rows),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
