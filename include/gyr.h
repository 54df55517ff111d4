/* Gyrfalcon: a GraphQL engine. This header is the whole C interface and its manual; read it from top to bottom.
 *
 *     schema   the type system (SDL) and what every field is bound to     gyr_schema_new
 *     plan     one operation of one document, compiled against a schema   gyr_plan_new
 *     exec     one request being answered                                 gyr_execute, or gyr_exec_new + gyr_run
 *
 * Sections: 1 strings, status, memory; 2 errors, buffers; 3 bindings; 4 schema; 5 documents, plans, rules of your own;
 * 6 resolvers; 7 batches; 8 requests; 9 subscriptions.
 *
 * A schema and a plan are immutable and may be shared by all threads; an exec belongs to one thread at a time.
 *
 * Conventions
 *   - Text is gyr_str {ptr, len}: UTF-8, not NUL-terminated, may hold NUL bytes. The library copies what it
 *     keeps unless the comment says "borrowed".
 *   - A function that can fail returns gyr_status, or a pointer that is NULL on failure, and describes the
 *     failure in a gyr_errors list when it is given one. Errors of the request itself (a resolver that failed,
 *     a bad variable) are data: they stand in the response, as the GraphQL specification says.
 *   - Structs whose first member is `size` may grow in later versions: set it to sizeof the struct.
 *     Members left 0 mean the default.
 *   - "Specification" is the GraphQL specification of September 2025.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_H
#define GYR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#define GYR_VERSION_MAJOR 0
#define GYR_VERSION_MINOR 1
#define GYR_VERSION_PATCH 0

#if defined(__GNUC__)
#define GYR_API __attribute__((visibility("default")))
#else
#define GYR_API
#endif

/* ------------------------------------------------------------------ 1. Strings, status, memory */

/** Text: len bytes of UTF-8 at ptr. Not NUL-terminated. {NULL, 0} is the empty text. */
typedef struct gyr_str {
    const char *ptr;
    size_t len;
} gyr_str;

static inline gyr_str gyr_str_of(const char *ptr, size_t len) {
    gyr_str s;
    s.ptr = ptr;
    s.len = len;
    return s;
}
/** A string literal as text: gyr_s("hello"); GYR_STR("hello") where C wants a constant, as in static tables. */
#define gyr_s(literal) gyr_str_of("" literal, sizeof(literal) - 1)
#define GYR_STR(literal)                                                                                               \
    { "" literal, sizeof(literal) - 1 }

/** What a function says of its success. The numbers are stable. */
typedef enum gyr_status {
    GYR_OK = 0,
    GYR_ERR_MEMORY = 1,     /* an allocation failed; nothing leaked */
    GYR_ERR_ARGUMENT = 2,   /* the caller broke a rule of this header */
    GYR_ERR_SYNTAX = 3,     /* the text is not GraphQL (or not JSON) */
    GYR_ERR_SCHEMA = 4,     /* the type system breaks a rule of section 3 of the specification */
    GYR_ERR_BINDING = 5,    /* a binding does not fit its type or field */
    GYR_ERR_VALIDATION = 6, /* the document breaks a rule of section 5, or names an unknown operation */
    GYR_ERR_LIMIT = 7,      /* a limit of gyr_limits was reached */
    GYR_ERR_STALE = 8,      /* a suspended call was answered before, or its request is gone */
    GYR_ERR_CANCELLED = 9   /* the request was cancelled */
} gyr_status;
/** A short English name of the status; a constant. */
GYR_API const char *gyr_status_text(gyr_status status);
/** The version of the library, "0.1.0"; a constant. */
GYR_API const char *gyr_version(void);

/** Where all memory of the library comes from. resize(user, NULL, 0, n) allocates, (p, old, new) moves,
 *  (p, old, 0) frees and returns NULL; NULL for new > 0 means out of memory, p is then still valid.
 *  Memory is aligned for any type. Must be callable from any thread. Zero-filled: malloc. */
typedef struct gyr_allocator {
    void *user;
    void *(*resize)(void *user, void *ptr, size_t old_size, size_t new_size);
} gyr_allocator;

/** Limits against hostile input. 0: the default in brackets; GYR_UNLIMITED: none. */
#define GYR_UNLIMITED UINT32_MAX
typedef struct gyr_limits {
    size_t size;
    uint32_t document_bytes;      /* bytes of an operation document [262144] */
    uint32_t tokens;              /* tokens of a document [15000] */
    uint32_t depth;               /* nesting of selections, values, types [200] */
    uint32_t aliases;             /* aliases in a document [1000] */
    uint32_t directives_per_node; /* directives on one node [64] */
    uint32_t directives;          /* directives in a document [500] */
    uint32_t root_fields;         /* fields of the root selection set, fragments expanded [1000] */
    uint32_t fields;              /* fields of an operation, fragments expanded [10000] */
    uint32_t list_depth;          /* nested list types [16] */
    uint32_t name_bytes;          /* bytes of a name [1024] */
    uint32_t number_bytes;        /* characters of a number [1024] */
    uint32_t errors;              /* errors reported of a document or a response [50] */
    uint32_t json_bytes;          /* bytes of the variables [1048576] */
    uint32_t json_depth;          /* nesting of the variables [128] */
    uint32_t schema_bytes;        /* bytes of SDL [16777216]; its tokens, directives and aliases are not limited */
    uint32_t response_bytes;      /* bytes of a response [268435456] */
    uint32_t request_bytes;       /* memory of one request, its response not counted [1073741824] */
    uint32_t schema_fields;       /* __schema in an operation, fragments expanded [1] */
    uint32_t type_fields;         /* __type in an operation, fragments expanded [10] */
    uint32_t deferred; /* deferred fragments and streamed lists of a response, of one object's fields [10000] */
} gyr_limits;

/* ------------------------------------------------------------------ 2. Errors, buffers */

/** A place in a source text. Lines and columns count from 1; a column counts UTF-16 code units, as the
 *  reference implementation does. */
typedef struct gyr_location {
    uint32_t line, column;
} gyr_location;

/** One diagnostic. Everything it points to belongs to its list. */
typedef struct gyr_error {
    gyr_status status;
    gyr_str message;
    gyr_str source;     /* name of the source text, or empty */
    gyr_str coordinate; /* schema coordinate ("Product.price"), or empty */
    gyr_str path;       /* path into the response or a value, a JSON array, or empty */
    const gyr_location *locations;
    uint32_t location_count;
} gyr_error;

/** A list of diagnostics. Functions that take `gyr_errors **errors` store a new list there when they fail, and
 *  NULL when all is well or when memory was out; the caller frees it. `errors` itself may be NULL. */
typedef struct gyr_errors gyr_errors;
GYR_API uint32_t gyr_errors_count(const gyr_errors *errors);
/** Borrowed, or NULL past the end. */
GYR_API const gyr_error *gyr_errors_get(const gyr_errors *errors, uint32_t index);
/** All of them as lines "source:line:column: message\n"; borrowed from the list. Of NULL - what a function that failed
 *  left because memory was out - it is "out of memory\n". */
GYR_API gyr_str gyr_errors_text(gyr_errors *errors);
GYR_API void gyr_errors_free(gyr_errors *errors);

/** A text that the caller owns and may use again and again. Start with {0}; free with gyr_buffer_free. */
typedef struct gyr_buffer {
    char *ptr;
    size_t len, cap;
    gyr_allocator allocator; /* of ptr; zero: malloc */
} gyr_buffer;
GYR_API void gyr_buffer_free(gyr_buffer *buffer);

/* ------------------------------------------------------------------ 3. Bindings: what a field is bound to
 *
 * A table of gyr_binding, ended by GYR_END, tells the schema where each field's value comes from. Write it with
 * the macros; they record the C type, offset and width of every member, and the schema checks each against
 * its GraphQL type when it is built.
 *
 *     static const gyr_binding bindings[] = {
 *         GYR_TYPE("Product", product),                       type Product is struct product
 *         GYR_FIELD("Product.name", product, name),           a member
 *         GYR_FIELD("Product.price", product, price),
 *         GYR_RESOLVER("Query.cheapest", resolve_cheapest),   a function
 *         GYR_END
 *     };
 *
 * Every field of every object type needs one binding (or the schema a fallback): a field with none, and a
 * binding that names nothing in the schema, are errors of the build that name the schema coordinate.
 * A C type that a macro does not know is a compile-time error. */

/** C types of members, list items and typed arrays. */
typedef enum gyr_ctype {
    GYR_C_NONE,
    GYR_C_BOOL,
    GYR_C_I8,
    GYR_C_I16,
    GYR_C_I32,
    GYR_C_I64,
    GYR_C_U8,
    GYR_C_U16,
    GYR_C_U32,
    GYR_C_U64,
    GYR_C_F32,
    GYR_C_F64,
    GYR_C_STR,    /* gyr_str; ptr NULL is null */
    GYR_C_CSTR,   /* const char *, NUL-terminated; NULL is null */
    GYR_C_CHARS,  /* char[N]: up to N bytes, ended by a NUL if shorter */
    GYR_C_STRUCT, /* an object: the struct itself */
    GYR_C_REF,    /* an object: a pointer to the struct; NULL is null */
    GYR_C_CUSTOM  /* a custom scalar's own C type, see GYR_SCALAR */
} gyr_ctype;

typedef struct gyr_call gyr_call;
typedef struct gyr_batch gyr_batch;
typedef struct gyr_leaf gyr_leaf;
typedef struct gyr_value gyr_value;

/** Answers one field of one object; see section 6. Of a getter: must answer before it returns. */
typedef void gyr_resolve_fn(gyr_call *call);
/** Answers one field of many objects; see section 7. */
typedef void gyr_batch_fn(gyr_batch *batch);
/** Names the type of an object of an abstract type, by one of the values of the binding's gyr_tag table. */
typedef int64_t gyr_type_fn(const void *object, void *user);
/** Writes a custom scalar: `value` points to the member (or to what a resolver gave to gyr_return_custom).
 *  Calls one gyr_leaf_ function, or returns false for "cannot be represented" (a field error). */
typedef bool gyr_serialize_fn(gyr_leaf *leaf, const void *value, void *user);
/** Reads a custom scalar from a coerced literal or variable into `into` (the scalar's C type, zeroed), or
 *  returns false with *message set (borrowed, may stay empty). The text `in` refers to lives as long as the
 *  request (the plan, if the argument is constant). */
typedef bool gyr_parse_fn(const gyr_value *in, void *into, gyr_str *message, void *user);

/** A value of a type tag and the object type it means. A table ends with {0, NULL}. One table may serve several
 *  interfaces and unions: rows for types that are not possible there are passed over. */
typedef struct gyr_tag {
    int64_t value;
    const char *type;
} gyr_tag;

typedef enum gyr_bind_kind {
    GYR_BIND_END,
    GYR_BIND_TYPE,       /* object type, or input object type -> struct */
    GYR_BIND_MEMBER,     /* field -> member */
    GYR_BIND_BIT,        /* Boolean field -> bits of an integer member */
    GYR_BIND_FLAGS,      /* list of enum -> bits of an integer member */
    GYR_BIND_LIST,       /* list field -> items and count */
    GYR_BIND_GETTER,     /* field -> function that answers at once */
    GYR_BIND_RESOLVER,   /* field -> function that may suspend */
    GYR_BIND_BATCH,      /* field -> function for many objects */
    GYR_BIND_TAG,        /* interface or union -> integer or pointer member that names the type */
    GYR_BIND_TYPE_FN,    /* interface or union -> function that names the type */
    GYR_BIND_SCALAR,     /* custom scalar -> serialise and parse functions */
    GYR_BIND_ENUM_VALUE, /* enum value -> C integer */
    GYR_BIND_ARG,        /* argument or input field -> member of the arguments' struct */
    GYR_BIND_ARG_LIST,   /* list argument or input field -> items pointer and count */
    GYR_BIND_STREAM      /* subscription field -> function that opens its source stream */
} gyr_bind_kind;

/** Options of batches and resolvers. */
enum {
    GYR_INLINE = 1,      /* this batch always answers before it returns */
    GYR_GATHER_LEVEL = 2 /* wait until nothing above can add objects: fewest calls, later start */
};

/** One row of a binding table. Use the macros; the order of members is part of the interface. */
typedef struct gyr_binding {
    uint32_t size; /* sizeof(gyr_binding) */
    gyr_bind_kind kind;
    const char *at;                /* schema coordinate */
    const char *c_name;            /* "product.price" */
    gyr_ctype ctype;               /* of the member, of list items */
    uint32_t offset, c_size;       /* of the member; of the struct for TYPE and SCALAR; of the pointee for REF */
    uint32_t count_offset;         /* of the count of a list */
    uint32_t count_size;           /* its width in bytes: 1, 2, 4, 8; 0: none */
    uint32_t has_offset, has_size; /* of the has-member: null unless (has & has_mask); size 0: none */
    uint64_t has_mask;             /* also the bits of GYR_BIT; of an argument: what `has` becomes for null */
    bool by_ref;                   /* the member is a pointer to the value; NULL is null */
    bool inline_items;             /* the list's items are an array inside the struct */
    bool is_signed;                /* the count, or the tag */
    uint32_t flags;
    uint32_t max_rows, max_in_flight; /* batches: 0 means no bound */
    int64_t number;                   /* C value of an enum value */
    gyr_resolve_fn *resolve;
    gyr_batch_fn *batch;
    gyr_type_fn *type_fn;
    gyr_serialize_fn *serialize;
    gyr_parse_fn *parse;
    const gyr_tag *tags;
    void *user; /* gyr_user(call) */
} gyr_binding;

/* How a macro learns the C type of a member: from the type of its address, so that arrays and unknown types
 * do not pass unnoticed. */
#ifdef __cplusplus
}
template <class T> struct gyr__c; /* no definition: a C type that bindings do not know */
#define GYR__C(T, c)                                                                                                   \
    template <> struct gyr__c<T> { static const gyr_ctype type = c; };                                                 \
    template <> struct gyr__c<T const> { static const gyr_ctype type = c; };
GYR__C(bool, GYR_C_BOOL)
GYR__C(signed char, GYR_C_I8)
GYR__C(short, GYR_C_I16)
GYR__C(int, GYR_C_I32)
GYR__C(unsigned char, GYR_C_U8)
GYR__C(unsigned short, GYR_C_U16)
GYR__C(unsigned int, GYR_C_U32)
GYR__C(long, sizeof(long) == 8 ? GYR_C_I64 : GYR_C_I32)
GYR__C(unsigned long, sizeof(long) == 8 ? GYR_C_U64 : GYR_C_U32)
GYR__C(long long, GYR_C_I64)
GYR__C(unsigned long long, GYR_C_U64)
GYR__C(float, GYR_C_F32)
GYR__C(double, GYR_C_F64)
GYR__C(gyr_str, GYR_C_STR)
GYR__C(char *, GYR_C_CSTR)
GYR__C(const char *, GYR_C_CSTR)
#undef GYR__C
template <class T> constexpr gyr_ctype gyr__ctype_at(T *) { return gyr__c<T>::type; }
template <class T> struct gyr__array { static const bool is = false; };
template <class T, size_t N> struct gyr__array<T[N]> { static const bool is = true; };
template <class T> struct gyr__int; /* integer types, for counts, tags and has-members */
#define GYR__I(T, s)                                                                                                   \
    template <> struct gyr__int<T> { static const bool is_signed = s; };
GYR__I(bool, false)
GYR__I(char, true)
GYR__I(signed char, true)
GYR__I(short, true)
GYR__I(int, true)
GYR__I(long, true)
GYR__I(long long, true)
GYR__I(unsigned char, false)
GYR__I(unsigned short, false)
GYR__I(unsigned int, false)
GYR__I(unsigned long, false)
GYR__I(unsigned long long, false)
#undef GYR__I
#define GYR__MEMBER(T, m)     (reinterpret_cast<T *>(64)->m)
#define GYR__CTYPE(T, m)      gyr__c<decltype(T::m)>::type
#define GYR__CTYPE_ITEM(T, m) gyr__c<typename gyr__item<decltype(T::m)>::type>::type
template <class T> struct gyr__item;
template <class T> struct gyr__item<T *> { typedef T type; };
template <class T, size_t N> struct gyr__item<T[N]> { typedef T type; };
#define GYR__IS_ARRAY(T, m)  gyr__array<decltype(T::m)>::is
#define GYR__IS_SIGNED(T, m) gyr__int<decltype(T::m)>::is_signed
template <class T> struct gyr__null_mark { static const int value = 2 + 0 * gyr__int<T>::is_signed; };
template <> struct gyr__null_mark<bool> { static const int value = 1; };
#define GYR__NULL_MARK(T, m)  gyr__null_mark<decltype(T::m)>::value
#define GYR__ITEM_SIZE(T, m)  sizeof(typename gyr__item<decltype(T::m)>::type)
#define GYR__SIZE(T, m)       sizeof(T::m)
#define GYR__CHARS_SIZE(T, m) (sizeof(T::m) / (gyr__array<decltype(T::m)>::is ? 1 : 0))
extern "C" {
#else
#define GYR__MEMBER(T, m) (((T *)0)->m)
/* clang-format off */
#define GYR__CTYPE_PTR(p) _Generic((p), \
    bool *: GYR_C_BOOL, const bool *: GYR_C_BOOL, \
    signed char *: GYR_C_I8, const signed char *: GYR_C_I8, short *: GYR_C_I16, const short *: GYR_C_I16, \
    int *: GYR_C_I32, const int *: GYR_C_I32, \
    long *: sizeof(long) == 8 ? GYR_C_I64 : GYR_C_I32, const long *: sizeof(long) == 8 ? GYR_C_I64 : GYR_C_I32, \
    long long *: GYR_C_I64, const long long *: GYR_C_I64, \
    unsigned char *: GYR_C_U8, const unsigned char *: GYR_C_U8, \
    unsigned short *: GYR_C_U16, const unsigned short *: GYR_C_U16, \
    unsigned int *: GYR_C_U32, const unsigned int *: GYR_C_U32, \
    unsigned long *: sizeof(long) == 8 ? GYR_C_U64 : GYR_C_U32, \
    const unsigned long *: sizeof(long) == 8 ? GYR_C_U64 : GYR_C_U32, \
    unsigned long long *: GYR_C_U64, const unsigned long long *: GYR_C_U64, \
    float *: GYR_C_F32, const float *: GYR_C_F32, double *: GYR_C_F64, const double *: GYR_C_F64, \
    gyr_str *: GYR_C_STR, const gyr_str *: GYR_C_STR, \
    char **: GYR_C_CSTR, const char **: GYR_C_CSTR, char *const *: GYR_C_CSTR, const char *const *: GYR_C_CSTR)
#define GYR__CTYPE(T, m)      GYR__CTYPE_PTR(&GYR__MEMBER(T, m))
#define GYR__CTYPE_ITEM(T, m) GYR__CTYPE_PTR(&GYR__MEMBER(T, m)[0])
#define GYR__IS_ARRAY(T, m) \
    (!__builtin_types_compatible_p(__typeof__(GYR__MEMBER(T, m)), __typeof__(&GYR__MEMBER(T, m)[0])))
#define GYR__IS_SIGNED(T, m) _Generic(GYR__MEMBER(T, m), \
    bool: false, char: true, signed char: true, short: true, int: true, long: true, long long: true, \
    unsigned char: false, unsigned short: false, unsigned int: false, unsigned long: false, \
    unsigned long long: false)
/* What a presence member holds for null: 2, or true. An integer type that has no place here does not compile. */
#define GYR__NULL_MARK(T, m) (_Generic(GYR__MEMBER(T, m), bool: 1, default: 2) + 0 * GYR__IS_SIGNED(T, m))
#define GYR__ITEM_SIZE(T, m)  sizeof(GYR__MEMBER(T, m)[0])
#define GYR__SIZE(T, m)       sizeof(GYR__MEMBER(T, m))
#define GYR__CHARS_SIZE(T, m) (sizeof(GYR__MEMBER(T, m)) + 0 * sizeof(char[GYR__IS_ARRAY(T, m) ? 1 : -1]))
/* clang-format on */
#endif
/* clang-format off */
#define GYR__B(kind, at, c_name, ctype, offset, c_size, count_offset, count_size, has_offset, has_size, has_mask, \
               by_ref, inline_items, is_signed, flags, max_rows, max_in_flight, number, ...) \
    { (uint32_t)sizeof(gyr_binding), kind, at, c_name, (gyr_ctype)(ctype), (uint32_t)(offset), (uint32_t)(c_size), \
      (uint32_t)(count_offset), (uint32_t)(count_size), (uint32_t)(has_offset), (uint32_t)(has_size), \
      (uint64_t)(has_mask), by_ref, inline_items, is_signed, flags, max_rows, max_in_flight, number, __VA_ARGS__ }
#define GYR__NO_FN NULL, NULL, NULL, NULL, NULL, NULL, NULL
#define GYR__BM(kind, at, T, m, ctype, c_size, by_ref) \
    GYR__B(kind, at, #T "." #m, ctype, offsetof(T, m), c_size, 0, 0, 0, 0, 0, by_ref, false, false, 0, 0, 0, 0, GYR__NO_FN)
#define GYR__BF(kind, at, name, resolve, batch, flags, max_rows, max_in_flight, user) \
    GYR__B(kind, at, name, GYR_C_NONE, 0, 0, 0, 0, 0, 0, 0, false, false, false, flags, max_rows, max_in_flight, 0, \
           resolve, batch, NULL, NULL, NULL, NULL, user)

/** Object type or input object type `at` is struct T. */
#define GYR_TYPE(at, T) \
    GYR__B(GYR_BIND_TYPE, at, #T, GYR_C_STRUCT, 0, sizeof(T), 0, 0, 0, 0, 0, false, false, false, 0, 0, 0, 0, GYR__NO_FN)
/** A scalar or enum member. NULL strings are null. Int accepts every integer type (values outside 32 bits are a
 *  field error), Float every number, ID integers (written as text) and strings, an enum integers (see
 *  GYR_ENUM_VALUE) or its values' names, a custom scalar without GYR_SCALAR anything. */
#define GYR_FIELD(at, T, m) GYR__BM(GYR_BIND_MEMBER, at, T, m, GYR__CTYPE(T, m), GYR__SIZE(T, m), false)
/** As GYR_FIELD for a member that points to the value; NULL is null. */
#define GYR_FIELD_REF(at, T, m) GYR__BM(GYR_BIND_MEMBER, at, T, m, GYR__CTYPE_ITEM(T, m), GYR__ITEM_SIZE(T, m), true)
/** As GYR_FIELD for a member that is null unless (T.has & mask). */
#define GYR_FIELD_HAS(at, T, m, has, mask) \
    GYR__B(GYR_BIND_MEMBER, at, #T "." #m, GYR__CTYPE(T, m), offsetof(T, m), GYR__SIZE(T, m), 0, 0, \
           offsetof(T, has), GYR__SIZE(T, has), mask, false, false, false, 0, 0, 0, 0, GYR__NO_FN)
/** Text in a char array inside the struct. */
#define GYR_CHARS(at, T, m) GYR__BM(GYR_BIND_MEMBER, at, T, m, GYR_C_CHARS, GYR__CHARS_SIZE(T, m), false)
/** A Boolean: (T.m & mask) != 0. */
#define GYR_BIT(at, T, m, mask) \
    GYR__B(GYR_BIND_BIT, at, #T "." #m, GYR__CTYPE(T, m), offsetof(T, m), GYR__SIZE(T, m), 0, 0, 0, 0, mask, \
           false, false, false, 0, 0, 0, 0, GYR__NO_FN)
/** A list of enum values, one for each bit set in T.m; each enum value's number is its bit (1, 2, 4, ...). */
#define GYR_FLAGS(at, T, m) GYR__BM(GYR_BIND_FLAGS, at, T, m, GYR__CTYPE(T, m), GYR__SIZE(T, m), false)
/** An object behind a pointer; NULL is null. */
#define GYR_REF(at, T, m) GYR__BM(GYR_BIND_MEMBER, at, T, m, GYR_C_REF, GYR__ITEM_SIZE(T, m), true)
/** An object inside the struct. */
#define GYR_STRUCT(at, T, m) GYR__BM(GYR_BIND_MEMBER, at, T, m, GYR_C_STRUCT, GYR__SIZE(T, m), false)
/** The same struct seen as another object type: Query.viewer is the root itself, say. */
#define GYR_SELF(at, T) \
    GYR__B(GYR_BIND_MEMBER, at, #T, GYR_C_STRUCT, 0, sizeof(T), 0, 0, 0, 0, 0, false, false, false, 0, 0, 0, 0, GYR__NO_FN)
/** A member of the custom scalar's own C type (GYR_SCALAR). */
#define GYR_CUSTOM(at, T, m) GYR__BM(GYR_BIND_MEMBER, at, T, m, GYR_C_CUSTOM, GYR__SIZE(T, m), false)
/** The same behind a pointer (NULL is null), or null unless (T.has & mask). */
#define GYR_CUSTOM_REF(at, T, m) GYR__BM(GYR_BIND_MEMBER, at, T, m, GYR_C_CUSTOM, GYR__ITEM_SIZE(T, m), true)
#define GYR_CUSTOM_HAS(at, T, m, has, mask) \
    GYR__B(GYR_BIND_MEMBER, at, #T "." #m, GYR_C_CUSTOM, offsetof(T, m), GYR__SIZE(T, m), 0, 0, offsetof(T, has), \
           GYR__SIZE(T, has), mask, false, false, false, 0, 0, 0, 0, GYR__NO_FN)
#define GYR__BL(kind, at, T, items, count, ctype, c_size) \
    GYR__B(kind, at, #T "." #items, ctype, offsetof(T, items), c_size, offsetof(T, count), GYR__SIZE(T, count), \
           0, 0, 0, false, GYR__IS_ARRAY(T, items), GYR__IS_SIGNED(T, count), 0, 0, 0, 0, GYR__NO_FN)
/** A list of objects that stand one behind another: `items` is a pointer to, or an array of, structs. A NULL
 *  pointer with count 0 is the empty list, with a count below 0 (signed counts) the list is null. */
#define GYR_LIST(at, T, items, count) GYR__BL(GYR_BIND_LIST, at, T, items, count, GYR_C_STRUCT, GYR__ITEM_SIZE(T, items))
/** A list of pointers to objects; a NULL item is null. */
#define GYR_LIST_REFS(at, T, items, count) \
    GYR__BL(GYR_BIND_LIST, at, T, items, count, GYR_C_REF, sizeof(*GYR__MEMBER(T, items)[0]))
/** A list of scalars or enum values. */
#define GYR_LIST_VALUES(at, T, items, count) \
    GYR__BL(GYR_BIND_LIST, at, T, items, count, GYR__CTYPE_ITEM(T, items), GYR__ITEM_SIZE(T, items))
/** A function that answers before it returns; it cannot suspend. */
#define GYR_GETTER(at, fn) GYR__BF(GYR_BIND_GETTER, at, #fn, fn, NULL, 0, 0, 0, NULL)
/** A function that answers now or later. */
#define GYR_RESOLVER(at, fn) GYR__BF(GYR_BIND_RESOLVER, at, #fn, fn, NULL, 0, 0, 0, NULL)
/** A function that answers for many objects at once. */
#define GYR_BATCH(at, fn) GYR__BF(GYR_BIND_BATCH, at, #fn, NULL, fn, 0, 0, 0, NULL)
/** The same with options: flags, at most max_rows objects a call, at most max_in_flight calls unanswered. */
#define GYR_BATCH_WITH(at, fn, flags, max_rows, max_in_flight) \
    GYR__BF(GYR_BIND_BATCH, at, #fn, NULL, fn, flags, max_rows, max_in_flight, NULL)
/** The same with a pointer of yours, gyr_user(call). */
#define GYR_GETTER_USER(at, fn, user) GYR__BF(GYR_BIND_GETTER, at, #fn, fn, NULL, 0, 0, 0, user)
#define GYR_RESOLVER_USER(at, fn, user) GYR__BF(GYR_BIND_RESOLVER, at, #fn, fn, NULL, 0, 0, 0, user)
#define GYR_BATCH_USER(at, fn, flags, max_rows, max_in_flight, user) \
    GYR__BF(GYR_BIND_BATCH, at, #fn, NULL, fn, flags, max_rows, max_in_flight, user)
/** A function that opens the source stream of a subscription field, now or later; see section 9. Beside the row that
 *  reads the field of each event. */
#define GYR_STREAM(at, fn) GYR__BF(GYR_BIND_STREAM, at, #fn, fn, NULL, 0, 0, 0, NULL)
#define GYR_STREAM_USER(at, fn, user) GYR__BF(GYR_BIND_STREAM, at, #fn, fn, NULL, 0, 0, 0, user)
/** An interface or union whose objects carry their type in an integer member T.m; `tags` maps its values. */
#define GYR_TAG(at, T, m, tags) \
    GYR__B(GYR_BIND_TAG, at, #T "." #m, GYR_C_NONE, offsetof(T, m), GYR__SIZE(T, m), 0, 0, 0, 0, 0, false, false, \
           GYR__IS_SIGNED(T, m), 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, tags, NULL)
/** An interface or union whose objects' type a function tells, as a value of `tags`. Called in the write part. */
#define GYR_TYPE_FN(at, fn, tags, user) \
    GYR__B(GYR_BIND_TYPE_FN, at, #fn, GYR_C_NONE, 0, 0, 0, 0, 0, 0, 0, false, false, false, 0, 0, 0, 0, \
           NULL, NULL, fn, NULL, NULL, tags, user)
/** A custom scalar whose C type is T. Either function may be NULL: then it cannot be written, or read. */
#define GYR_SCALAR(at, T, serialize, parse, user) \
    GYR__B(GYR_BIND_SCALAR, at, #T, GYR_C_CUSTOM, 0, sizeof(T), 0, 0, 0, 0, 0, false, false, false, 0, 0, 0, 0, \
           NULL, NULL, NULL, serialize, parse, NULL, user)
/** The C integer of one enum value, "Color.RED". Bind all values of an enum or none. */
#define GYR_ENUM_VALUE(at, number) \
    GYR__B(GYR_BIND_ENUM_VALUE, at, #number, GYR_C_NONE, 0, 0, 0, 0, 0, 0, 0, false, false, false, 0, 0, 0, number, GYR__NO_FN)
/** An argument "Query.posts(limit:)" or input field "PostFilter.limit" goes to a member. gyr_args(call) is then
 *  a T of the field. Absent or null leaves the member zero. Strings are gyr_str or const char *; enums integers
 *  or strings; lists need GYR_ARG_LIST; input objects GYR_ARG_STRUCT. */
#define GYR_ARG(at, T, m) GYR__BM(GYR_BIND_ARG, at, T, m, GYR__CTYPE(T, m), GYR__SIZE(T, m), false)
/** The same with a presence member (any integer or bool): `has` becomes 0 absent, 1 a value, 2 null
 *  (a bool: false when absent, else true). */
#define GYR_ARG_HAS(at, T, m, has) \
    GYR__B(GYR_BIND_ARG, at, #T "." #m, GYR__CTYPE(T, m), offsetof(T, m), GYR__SIZE(T, m), 0, 0, offsetof(T, has), \
           GYR__SIZE(T, has), GYR__NULL_MARK(T, has), false, false, false, 0, 0, 0, 0, GYR__NO_FN)
/** An argument of a custom scalar with its own C type, also with presence. */
#define GYR_ARG_CUSTOM(at, T, m) GYR__BM(GYR_BIND_ARG, at, T, m, GYR_C_CUSTOM, GYR__SIZE(T, m), false)
#define GYR_ARG_CUSTOM_HAS(at, T, m, has) \
    GYR__B(GYR_BIND_ARG, at, #T "." #m, GYR_C_CUSTOM, offsetof(T, m), GYR__SIZE(T, m), 0, 0, offsetof(T, has), \
           GYR__SIZE(T, has), GYR__NULL_MARK(T, has), false, false, false, 0, 0, 0, 0, GYR__NO_FN)
/** An input object: the struct itself (zero when absent or null), or a pointer to it (NULL when absent). */
#define GYR_ARG_STRUCT(at, T, m) GYR__BM(GYR_BIND_ARG, at, T, m, GYR_C_STRUCT, GYR__SIZE(T, m), false)
#define GYR_ARG_REF(at, T, m) GYR__BM(GYR_BIND_ARG, at, T, m, GYR_C_REF, GYR__ITEM_SIZE(T, m), true)
/** A list argument: `items` is a pointer to values, `count` any integer. */
#define GYR_ARG_LIST(at, T, items, count) \
    GYR__BL(GYR_BIND_ARG_LIST, at, T, items, count, GYR__CTYPE_ITEM(T, items), GYR__ITEM_SIZE(T, items))
#define GYR_ARG_LIST_HAS(at, T, items, count, has) \
    GYR__B(GYR_BIND_ARG_LIST, at, #T "." #items, GYR__CTYPE_ITEM(T, items), offsetof(T, items), \
           GYR__ITEM_SIZE(T, items), offsetof(T, count), GYR__SIZE(T, count), offsetof(T, has), GYR__SIZE(T, has), \
           GYR__NULL_MARK(T, has), false, GYR__IS_ARRAY(T, items), GYR__IS_SIGNED(T, count), 0, 0, 0, 0, GYR__NO_FN)
/** A list of input objects: `items` is a pointer to structs. */
#define GYR_ARG_LIST_STRUCTS(at, T, items, count) \
    GYR__BL(GYR_BIND_ARG_LIST, at, T, items, count, GYR_C_STRUCT, GYR__ITEM_SIZE(T, items))
/** The end of a table. */
#define GYR_END GYR__B(GYR_BIND_END, NULL, NULL, GYR_C_NONE, 0, 0, 0, 0, 0, 0, 0, false, false, false, 0, 0, 0, 0, GYR__NO_FN)
/* clang-format on */

/* ------------------------------------------------------------------ 4. Schema */

/** One SDL text. The name appears in errors; it may be empty. */
typedef struct gyr_source {
    gyr_str name, text;
} gyr_source;

/** A type system with its bindings. Immutable, reference counted, usable by all threads. */
typedef struct gyr_schema gyr_schema;
/** A rule of validation, see section 5. */
typedef struct gyr_rule gyr_rule;

/** When plans become machine code. GYR_JIT in the environment ("off", "auto", "always") has the last word. */
typedef enum gyr_jit {
    GYR_JIT_AUTO,  /* when they have written enough list elements for it to pay */
    GYR_JIT_OFF,   /* never: the interpreter */
    GYR_JIT_ALWAYS /* at once */
} gyr_jit;

typedef struct gyr_schema_options {
    size_t size;
    const gyr_source *sources; /* definitions and extensions, read as one document */
    uint32_t source_count;
    const gyr_binding *bindings;      /* ended by GYR_END; NULL: none */
    const gyr_binding *fallback;      /* one row (GETTER, RESOLVER) for every field without a binding, or NULL */
    const gyr_binding *type_fallback; /* one row (TYPE_FN, its tags ignored: the function gets gyr_type_fn's object
                                         and returns the index of gyr_schema_type_index) or NULL */
    const gyr_rule *rules; /* of your own, for every document validated against this schema: section 5. Copied */
    uint32_t rule_count;
    bool unbound; /* for tools: fields need no bindings; such a schema can check and plan, not execute */
    bool lenient; /* accept real-world schemas that break the newest rules: docs/validation.md lists them */
    bool
        complete; /* for bindings: the sources define the built-in scalars, directives and introspection types too, in the
                      order in which introspection shows all types and directives, default values as they are to be shown; how
                      directives are applied is not checked */
    bool no_introspection; /* __schema and __type are refused by validation, for every request; implies the next */
    bool no_suggestions;   /* messages carry no "Did you mean" */
    bool incremental;      /* @defer and @stream (draft "incremental delivery") are directives of this schema */
    gyr_jit jit;           /* when its plans become machine code */
    gyr_limits limits;
    gyr_allocator allocator;
} gyr_schema_options;

/** Builds a schema from one SDL text and its bindings with default options. NULL on failure; all problems
 *  found are in *errors (SYNTAX, SCHEMA, BINDING). */
GYR_API gyr_schema *gyr_schema_new(gyr_str sdl, const gyr_binding *bindings, gyr_errors **errors);
GYR_API gyr_schema *gyr_schema_build(const gyr_schema_options *options, gyr_errors **errors);
/** One more reference; returns schema. */
GYR_API gyr_schema *gyr_schema_ref(gyr_schema *schema);
/** Drops one reference. Plans and requests hold their own. NULL is allowed. */
GYR_API void gyr_schema_free(gyr_schema *schema);
/** The schema as normalised SDL, as the reference implementation prints it; appended to out. */
GYR_API gyr_status gyr_schema_print(const gyr_schema *schema, gyr_buffer *out);
/** The number by which a type fallback names an object type; -1 when there is none of that name. */
GYR_API int64_t gyr_schema_type_index(const gyr_schema *schema, gyr_str type_name);

/** What became machine code, of all plans of a schema so far. */
typedef struct gyr_native_stats {
    size_t size;
    uint64_t plans;       /* compiled; an operation counts once for each set of conditions it is asked with */
    uint64_t programs;    /* of these: one for each operation, more where objects of many types or very deep ones are */
    uint64_t ops, bytes;  /* in them; of code */
    uint64_t nanoseconds; /* that compiling took */
    uint64_t refused;     /* programs that stay with the interpreter: the system gives no executable memory, mostly */
    uint64_t mapped;      /* bytes of address space for code, now */
} gyr_native_stats;
/** Any thread. All 0 where nothing was compiled, or nothing can be on this processor. */
GYR_API void gyr_schema_native_stats(const gyr_schema *schema, gyr_native_stats *out);

/** What a change of a schema means to its clients. */
typedef enum gyr_severity {
    GYR_SAFE,      /* nothing */
    GYR_DANGEROUS, /* they may behave in another way: an enum has a new value, an argument another default */
    GYR_BREAKING   /* operations that were valid are so no more, or get what they do not expect */
} gyr_severity;

/** One difference between two schemas. Everything it points to belongs to its list. */
typedef struct gyr_change {
    gyr_severity severity;
    gyr_str kind;          /* "FIELD_REMOVED": the reference implementation's names, and some more */
    gyr_str description;   /* a sentence */
    gyr_str coordinate;    /* of what changed: "Product.price" */
    bool before;           /* the place is one in the older schema: what was removed */
    gyr_str source;        /* name of the source text; empty for what is built in, */
    gyr_location location; /* then 0:0 */
} gyr_change;

/** All differences, types first, each in the order of the older schema. GYR_OK stores a list in *changes that the
 *  caller frees; it needs neither schema any more. Else NULL: MEMORY, or ARGUMENT. */
typedef struct gyr_changes gyr_changes;
GYR_API gyr_status gyr_schema_diff(const gyr_schema *before, const gyr_schema *after, gyr_changes **changes);
GYR_API uint32_t gyr_changes_count(const gyr_changes *changes);
/** Borrowed, or NULL past the end. */
GYR_API const gyr_change *gyr_changes_get(const gyr_changes *changes, uint32_t index);
GYR_API void gyr_changes_free(gyr_changes *changes);

/* ------------------------------------------------------------------ 5. Documents, plans, rules of your own */

/** A parsed executable document. Immutable; usable by all threads. Keeps its own copy of the text. */
typedef struct gyr_document gyr_document;
typedef struct gyr_plan gyr_plan;

/** Parses. limits NULL: the defaults. NULL on failure (SYNTAX, LIMIT, MEMORY). */
GYR_API gyr_document *gyr_document_new(gyr_source source, const gyr_limits *limits, gyr_errors **errors);
GYR_API void gyr_document_free(gyr_document *document);
/** Checks the document against section 5 of the specification. GYR_OK, or VALIDATION with the errors. */
GYR_API gyr_status gyr_document_validate(const gyr_document *document, const gyr_schema *schema, gyr_errors **errors);
typedef struct gyr_validate_options {
    size_t size;
    const gyr_rule *rules; /* of your own, beside those of the schema; see below */
    uint32_t rule_count;
    uint32_t max_errors;    /* [limits.errors of the schema]; one more error then says that there were too many */
    void *context;          /* yours: gyr_visit_context(visit) */
    const gyr_str *builtin; /* names of built-in rules ("ScalarLeafsRule"), to apply only those, */
    uint32_t builtin_count; /* 0: all that a document must keep to be executed; with fewer it must not be planned */
} gyr_validate_options;
/** The same with options. ARGUMENT: there is no built-in rule of such a name. */
GYR_API gyr_status gyr_document_validate_with(const gyr_document *document, const gyr_schema *schema,
                                              const gyr_validate_options *options, gyr_errors **errors);
/** The names of all built-in rules; {NULL, 0} past the end. Constants. */
GYR_API gyr_str gyr_builtin_rule(uint32_t index);
/** Prints the document normalised, as the reference implementation does; appended to out. */
GYR_API gyr_status gyr_document_print(const gyr_document *document, gyr_buffer *out);

/** Parses, validates and plans one operation. operation_name empty: the only one. NULL on failure; of a NULL schema too,
 *  then without touching *errors, so that the errors of the schema's build stay to be shown. */
GYR_API gyr_plan *gyr_plan_new(gyr_schema *schema, gyr_str document, gyr_str operation_name, gyr_errors **errors);
/** The same for a parsed document, which must have been validated against this schema; the plan takes a
 *  reference to what it needs, the document may be freed. */
GYR_API gyr_plan *gyr_plan_from(gyr_schema *schema, const gyr_document *document, gyr_str operation_name,
                                gyr_errors **errors);
GYR_API gyr_plan *gyr_plan_ref(gyr_plan *plan);
/** Drops one reference. Requests hold their own. NULL is allowed. */
GYR_API void gyr_plan_free(gyr_plan *plan);
typedef enum gyr_operation_type { GYR_QUERY, GYR_MUTATION, GYR_SUBSCRIPTION } gyr_operation_type;
GYR_API gyr_operation_type gyr_plan_operation_type(const gyr_plan *plan);
/** The plan for people (json false) or programs, for the given variables (JSON; they choose among @skip and
 *  @include); appended to out. Bad variables: GYR_ERR_ARGUMENT. */
GYR_API gyr_status gyr_plan_print(gyr_plan *plan, gyr_str variables, bool json, gyr_buffer *out);
/** Writes the machine instruction at code as text, ended by NUL, into text[room]. Returns its length in bytes, at most size;
 *  0: there is none. */
typedef size_t gyr_disassemble_fn(void *user, const uint8_t *code, size_t size, char *text, size_t room);
/** The same with the machine code of each op; compiles what has none yet, whatever gyr_jit says. Addresses of ops and of
 *  functions of the library are shown by name. disassemble NULL: bytes only. */
GYR_API gyr_status gyr_plan_print_native(gyr_plan *plan, gyr_str variables, bool json, gyr_disassemble_fn *disassemble,
                                         void *user, gyr_buffer *out);

/* Rules of your own. Validation walks a document once. A rule is called at the nodes it asks for: when the walk comes to
 * one (enter) and when what is inside has been seen (leave). It looks at the node through gyr_visit_ functions and
 * objects with gyr_visit_fail. Each fragment is visited once, before whatever spreads it, and operations after all
 * fragments: so rules cost time in proportion to the document, not to what its fragments expand to. What depends on the
 * nodes inside - depth, cost - is a number that a rule puts on nodes; it is passed on by itself, through spreads too:
 *
 *     static void depth_leave(gyr_visit *visit, void *user) {     asks for FIELD and OPERATION
 *         if (gyr_visit_node(visit) == GYR_NODE_FIELD)
 *             gyr_visit_put(visit, 1 + gyr_visit_most(visit));
 *         else if (gyr_visit_most(visit) > 8)
 *             gyr_visit_fail(visit, gyr_s("This operation is nested too deeply."));
 *     }
 *
 * Rules get to see documents that are not valid: a field or a type may be unknown. Those beyond a limit (aliases, fields,
 * depth ...) they do not get to see. They may be called by several threads at once, for several documents. */

/** What is being visited. The bit of a kind is 1u << kind. */
typedef enum gyr_node {
    GYR_NODE_DOCUMENT,
    GYR_NODE_OPERATION,
    GYR_NODE_FRAGMENT, /* a fragment definition */
    GYR_NODE_VARIABLE_DEFINITION,
    GYR_NODE_FIELD,
    GYR_NODE_SPREAD, /* of a fragment */
    GYR_NODE_INLINE, /* an inline fragment */
    GYR_NODE_DIRECTIVE,
    GYR_NODE_ARGUMENT,    /* of a field, a directive */
    GYR_NODE_INPUT_FIELD, /* in an object */
    GYR_NODE_VALUE,       /* each value, those in lists and objects too, but variables */
    GYR_NODE_VARIABLE     /* where a value stands */
} gyr_node;

typedef struct gyr_visit gyr_visit; /* valid until the function it is given to returns */
typedef void gyr_visit_fn(gyr_visit *visit, void *user);
struct gyr_rule {
    size_t size;
    gyr_visit_fn *enter, *leave; /* either may be NULL */
    void *user;
    uint32_t nodes;    /* bits of the kinds it is called for; 0: all */
    size_t state_size; /* bytes of gyr_visit_state */
};

/* What the node is. Texts and values are borrowed until validation ends; they are made when asked for. */
GYR_API gyr_node gyr_visit_node(const gyr_visit *visit);
/** The node around this one; NULL of the document. */
GYR_API gyr_visit *gyr_visit_parent(const gyr_visit *visit);
/** The name of an operation, fragment, field, directive, argument, input field, variable; of a spread the fragment's. Else,
 *  and of an anonymous operation, empty. */
GYR_API gyr_str gyr_visit_name(const gyr_visit *visit);
/** A field's alias, or empty. */
GYR_API gyr_str gyr_visit_alias(const gyr_visit *visit);
/** The name of the type that a field, spread or inline fragment is selected on; empty: unknown. */
GYR_API gyr_str gyr_visit_parent_type(const gyr_visit *visit);
/** The type, "[Product!]!": of a field, argument, input field, variable definition its own; at a value or variable the
 *  expected one; of an operation, fragment or inline fragment what it selects from. Empty: unknown. */
GYR_API gyr_str gyr_visit_type(const gyr_visit *visit);
/** The same without lists and non-null: "Product". */
GYR_API gyr_str gyr_visit_named_type(const gyr_visit *visit);
/** The schema coordinate of the field, argument, input field or directive: "Product.price", "Query.products(first:)",
 *  "Filter.name", "@skip". Else, and of unknown ones, empty. */
GYR_API gyr_str gyr_visit_coordinate(const gyr_visit *visit);
/** How many fields stand around the node in its operation or fragment. */
GYR_API uint32_t gyr_visit_depth(const gyr_visit *visit);
GYR_API gyr_location gyr_visit_location(const gyr_visit *visit);
/** The operation that the node stands in; false: in none, but in a fragment. name and type may be NULL. */
GYR_API bool gyr_visit_operation(const gyr_visit *visit, gyr_str *name, gyr_operation_type *type);
/** The node as GraphQL text. */
GYR_API gyr_str gyr_visit_text(const gyr_visit *visit);

/* Values as written: an enum value is an ENUM, a variable is a VARIABLE, nothing is coerced. NULL: there is none. */
/** Of a value, variable, argument or input field; of a variable definition its default. */
GYR_API const gyr_value *gyr_visit_value(const gyr_visit *visit);
/** The argument of that name of a field or directive or, where it is not given, its default in the schema. */
GYR_API const gyr_value *gyr_visit_argument(const gyr_visit *visit, gyr_str name);
/** The argument of a directive applied in the schema to the definition of the field, argument or input field: for
 *  type Query { products: [Product!]! @cost(weight: 5) } this is 5 for "cost", "weight". Argument empty: not NULL
 *  where the directive is applied at all. */
GYR_API const gyr_value *gyr_visit_applied(const gyr_visit *visit, gyr_str directive, gyr_str argument);

/* What the rule knows. */
/** Zeroed memory of rule.state_size bytes, the rule's own while one document is validated. */
GYR_API void *gyr_visit_state(const gyr_visit *visit);
/** gyr_validate_options.context; NULL in gyr_plan_new. */
GYR_API void *gyr_visit_context(const gyr_visit *visit);
/** Says what the node comes to for this rule. A node that is told nothing about comes to what is inside it; a spread
 *  to what its fragment does. */
GYR_API void gyr_visit_put(gyr_visit *visit, uint64_t number);
/** In leave: what the nodes inside came to, together (at most UINT64_MAX), and the largest. Of the document: its
 *  operations. */
GYR_API uint64_t gyr_visit_sum(const gyr_visit *visit);
GYR_API uint64_t gyr_visit_most(const gyr_visit *visit);
/** Objects: an error (VALIDATION) at the node's place, with its coordinate. The message is copied. */
GYR_API void gyr_visit_fail(gyr_visit *visit, gyr_str message);

/* ------------------------------------------------------------------ 6. Resolvers
 *
 * A resolver gets a call: one field of one object. It answers with exactly one gyr_return_ function or gyr_fail,
 * before it returns or - after gyr_suspend - later, from any thread.
 *
 *     static void resolve_hello(gyr_call *call) { gyr_return_str(call, gyr_s("Hello")); }
 *
 * What breaks the contract is a field error, never a crash: returning without answer or suspension, null for a
 * non-null type, a value of a kind that the field's type cannot represent. A second answer is ignored with
 * GYR_ERR_STALE.
 *
 * Memory. What an answer refers to ("borrowed") must stay unchanged until the response is written. gyr_return_str
 * copies. gyr_alloc gives memory that lives as long as the request; gyr_hold has a function called
 * when the request ends. Arguments, and objects the call was given, live until the response has ended and every
 * suspended call was answered or abandoned. */

/** The object whose field is asked for: what its parent answered, or the request's root. */
GYR_API const void *gyr_parent(const gyr_call *call);
/** gyr_request.context. */
GYR_API void *gyr_context(const gyr_call *call);
/** The user pointer of the field's binding. */
GYR_API void *gyr_user(const gyr_call *call);
/** The arguments: a pointer to the struct that GYR_ARG bound them to, or NULL when none are bound. Computed once
 *  per request, or once per plan when constant; read only. */
GYR_API const void *gyr_args(const gyr_call *call);
/** One argument as a coerced value, or NULL when it is absent. A convenience: looks the name up. */
GYR_API const gyr_value *gyr_arg(const gyr_call *call, gyr_str name);
/** The field's name, its parent type's name. Borrowed from the schema. */
GYR_API gyr_str gyr_field_name(const gyr_call *call);
GYR_API gyr_str gyr_type_name(const gyr_call *call);
/** The response path as a JSON array, in memory of the call. Computed on demand. Only on the thread that
 *  runs the request: ask before handing a suspended call to another one. */
GYR_API gyr_str gyr_path(gyr_call *call);
/** True when nobody waits for the answer any more: the request was cancelled. Any thread. */
GYR_API bool gyr_is_cancelled(const gyr_call *call);

/** Memory that lives as long as the request, 16-byte aligned; of a suspended call usable from the thread that
 *  holds it. NULL when memory is out. */
GYR_API void *gyr_alloc(gyr_call *call, size_t size);
/** Has release(ptr) called once, when the request ends; at once when memory for the note is out (MEMORY) or the handle
 *  is dead (STALE). */
GYR_API gyr_status gyr_hold(gyr_call *call, void *ptr, void (*release)(void *ptr));

/** Takes the call out of the running turn, to be answered later from any thread. Returns the handle to answer
 *  with - of pointer size, fit for any event loop's user data - or NULL when memory is out (the field then
 *  fails by itself), the call was answered, or it cannot wait: a getter's, a batch's, an item's. Every handle must be
 *  answered or abandoned, once. The functions of this section take it in place of the call. */
GYR_API gyr_call *gyr_suspend(gyr_call *call);
/** Gives a handle back without an answer: the field fails. (A batch is given back by gyr_batch_done.) */
GYR_API void gyr_abandon(gyr_call *suspended);

/* Answers. Each returns GYR_OK, or GYR_ERR_STALE when the call was answered before, CANCELLED when its request was
 * cancelled, MEMORY when a copy failed (the field then fails). Thread: that of the call or, of a suspended
 * call, any. After an answer a handle is dead. */
GYR_API gyr_status gyr_return_null(gyr_call *call);
GYR_API gyr_status gyr_return_bool(gyr_call *call, bool value);
GYR_API gyr_status gyr_return_i32(gyr_call *call, int32_t value);
GYR_API gyr_status gyr_return_i64(gyr_call *call, int64_t value);
GYR_API gyr_status gyr_return_u64(gyr_call *call, uint64_t value);
GYR_API gyr_status gyr_return_f64(gyr_call *call, double value);
/** Copies. An enum's value is answered by name with this or by number with gyr_return_i64. */
GYR_API gyr_status gyr_return_str(gyr_call *call, gyr_str value);
GYR_API gyr_status gyr_return_str_borrowed(gyr_call *call, gyr_str value);
/** NUL-terminated, copied; NULL is null. */
GYR_API gyr_status gyr_return_cstr(gyr_call *call, const char *value);
/** A custom scalar: `value` points to its C type (GYR_SCALAR); copied. */
GYR_API gyr_status gyr_return_custom(gyr_call *call, const void *value);
/** A leaf of a custom scalar as JSON text, written as it is; must be valid JSON; copied. */
GYR_API gyr_status gyr_return_json(gyr_call *call, gyr_str json);
/** An object; borrowed; NULL is null. */
GYR_API gyr_status gyr_return_ref(gyr_call *call, const void *object);
/** An object of an abstract type with its type's number (gyr_schema_type_index), when it has no tag of its own. */
GYR_API gyr_status gyr_return_ref_as(gyr_call *call, const void *object, int64_t type_index);
/** A list of pointers to objects (NULL items are null); the array is copied. */
GYR_API gyr_status gyr_return_refs(gyr_call *call, const void *const *objects, size_t count);
/** A list of structs that stand `stride` bytes apart (1 byte to 4 GiB, or ARGUMENT and nothing is answered); borrowed. */
GYR_API gyr_status gyr_return_structs(gyr_call *call, const void *objects, size_t count, size_t stride);
/** A list of scalars or enum values of C type `item`; borrowed. STRUCT, REF, CHARS, CUSTOM: ARGUMENT, and nothing is
 *  answered. */
GYR_API gyr_status gyr_return_values(gyr_call *call, gyr_ctype item, const void *values, size_t count);
/** A list whose items are answered one by one, each like a call of its own (lists of lists, items that fail):
 *  returns `count` calls side by side for gyr_item, to be answered before this one's resolver returns - or, when it
 *  is suspended, before gyr_publish. NULL when memory is out (the field fails). */
GYR_API gyr_call *gyr_return_items(gyr_call *call, size_t count);
GYR_API gyr_call *gyr_item(gyr_call *items, size_t index);
/** Ends the answer of a suspended call that gyr_return_items began. */
GYR_API gyr_status gyr_publish(gyr_call *suspended);
/** A field error. The message is copied. */
GYR_API gyr_status gyr_fail(gyr_call *call, gyr_str message);
/** The same with `extensions`, a JSON object, copied; must be valid JSON. */
GYR_API gyr_status gyr_fail_with(gyr_call *call, gyr_str message, gyr_str extensions);

/** A leaf being written by gyr_serialize_fn: call one. Text is escaped, json is written as it is. */
GYR_API bool gyr_leaf_str(gyr_leaf *leaf, gyr_str text);
GYR_API bool gyr_leaf_i64(gyr_leaf *leaf, int64_t value);
GYR_API bool gyr_leaf_f64(gyr_leaf *leaf, double value);
GYR_API bool gyr_leaf_bool(gyr_leaf *leaf, bool value);
GYR_API bool gyr_leaf_json(gyr_leaf *leaf, gyr_str json);

/** A coerced input value. Lists and objects are arrays of their members. */
typedef enum gyr_value_kind {
    GYR_VALUE_NULL,
    GYR_VALUE_BOOL,
    GYR_VALUE_INT,
    GYR_VALUE_FLOAT,
    GYR_VALUE_STRING, /* also ID */
    GYR_VALUE_ENUM,   /* string: the value's name */
    GYR_VALUE_LIST,
    GYR_VALUE_OBJECT,
    GYR_VALUE_CUSTOM,  /* a custom scalar that GYR_SCALAR parsed: custom points to its C type */
    GYR_VALUE_VARIABLE /* only where a rule sees a document: string is the variable's name */
} gyr_value_kind;
typedef struct gyr_value_member gyr_value_member;
struct gyr_value {
    gyr_value_kind kind;
    uint32_t count; /* items of a list, members of an object */
    union {
        bool boolean;
        int64_t integer;
        double number;
        gyr_str string; /* also the exact text of a number given to a custom scalar's parse function */
        const gyr_value *items;
        const gyr_value_member *members;
        const void *custom;
    } of;
};
struct gyr_value_member {
    gyr_str name;
    gyr_value value;
};

/* ------------------------------------------------------------------ 7. Batches
 *
 * A batch function gets all objects for which the field is asked and that are known by now - whatever their place
 * in the response - and answers each through gyr_batch_call.
 *
 *     static void resolve_authors(gyr_batch *b) {
 *         for (uint32_t i = 0; i < gyr_batch_count(b); i++) {
 *             const post *p = gyr_batch_parent(b, i);
 *             gyr_return_ref(gyr_batch_call(b, i), author_of(p));
 *         }
 *     }
 *
 * Rows left unanswered fail. A batch may be suspended as a whole: it then belongs to one thread at a time,
 * which answers its calls and publishes them all with gyr_batch_done. */
GYR_API uint32_t gyr_batch_count(const gyr_batch *batch);
GYR_API const void *gyr_batch_parent(const gyr_batch *batch, uint32_t index);
/** The call of one object: for the gyr_return_ functions, gyr_fail, gyr_alloc. It cannot be suspended alone. */
GYR_API gyr_call *gyr_batch_call(gyr_batch *batch, uint32_t index);
GYR_API const void *gyr_batch_args(const gyr_batch *batch);
GYR_API void *gyr_batch_context(const gyr_batch *batch);
GYR_API void *gyr_batch_user(const gyr_batch *batch);
/** As gyr_alloc, for the whole batch. */
GYR_API void *gyr_batch_alloc(gyr_batch *batch, size_t size);
/** Fails every object of the batch that was not answered. */
GYR_API gyr_status gyr_batch_fail(gyr_batch *batch, gyr_str message);
/** Suspends the batch; NULL when memory is out or it is bound INLINE (its unanswered rows then fail). The pointer
 *  replaces `batch`. */
GYR_API gyr_batch *gyr_batch_suspend(gyr_batch *batch);
/** Publishes the answers of a suspended batch. STALE when done before, CANCELLED when the request was. */
GYR_API gyr_status gyr_batch_done(gyr_batch *suspended);

/* ------------------------------------------------------------------ 8. Requests */

/** What a sink says: go on, stop for now (gyr_run returns PAUSED; call it again), or cancel the request. */
typedef enum gyr_flow { GYR_CONTINUE, GYR_PAUSE, GYR_CANCEL } gyr_flow;
enum {
    GYR_LAST = 1,   /* these bytes end the response */
    GYR_PAYLOAD = 2 /* these bytes end a payload of an incremental response; more payloads come */
};
/** Takes bytes of the response, valid during the call only. The payloads of an incremental response are JSON objects, each
 *  in pieces like any response; the last piece of each says so. A response that breaks off (gyr_exec_status) ends with
 *  GYR_LAST and without the rest of its payload. Calls of a deferred fragment that has failed are not waited for. */
typedef gyr_flow gyr_sink_fn(void *user, gyr_str bytes, unsigned flags);
/** Says that gyr_run has work again. Called once per idle time, from the thread that answered. It only signals: it must
 *  not block, and must not call gyr_run or gyr_exec_free. */
typedef void gyr_wake_fn(void *user);

/** What a field error does (draft "error behavior" of the specification). A plan serves requests of every behaviour; to
 *  let clients choose, read the member `onError` of their request. */
typedef enum gyr_on_error {
    GYR_ERROR_PROPAGATE, /* null goes up to the nearest nullable position: the specification's way */
    GYR_ERROR_NULL,      /* the field or list item is null, also where its type says that it cannot be */
    GYR_ERROR_HALT /* data is null, and the error is the only one: of several the first in response order. What was
                            called is waited for; root fields of a mutation behind it are not started. A sink gets nothing
                            before it is certain that nothing fails. */
} gyr_on_error;

typedef struct gyr_request {
    size_t size;
    gyr_plan *plan;
    gyr_str variables;  /* a JSON object; empty: none. Borrowed until gyr_exec_new returns. */
    gyr_str extensions; /* `extensions` of the response, a JSON object written as it is; empty: none. Copied. */
    const void *root;   /* the object of the root operation type; of a subscription the event (section 9) */
    void *context;      /* yours: gyr_context(call) */
    gyr_sink_fn *sink;  /* takes the response in pieces, */
    void *sink_user;
    gyr_buffer *buffer; /* or this holds all of it (appended, errors before data). One of both. */
    gyr_wake_fn *wake;  /* NULL: only gyr_execute may be used, or gyr_run is polled */
    void *wake_user;
    size_t flush_bytes;      /* the sink gets pieces of about this size [16384] */
    uint32_t max_batch;      /* for tests: at most so many objects a batch; 0: no bound */
    uint32_t block_rows;     /* list items fetched and written at a time where that is possible [256] */
    struct gyr_stats *stats; /* filled when the response has ended, or NULL; gyr_execute's way to see them */
    gyr_on_error on_error;   /* what a field error does to the response */
    bool no_introspection;   /* __schema and __type in the operation are request errors; __typename is allowed */
    bool incremental; /* @defer and @stream make payloads of their own (draft "incremental delivery"; needs a sink, or
                                ARGUMENT); false: all is one response */
} gyr_request;

/** Answers a request whole: runs it, waiting for answers from other threads when calls are suspended. The response
 *  goes to the request's sink or buffer. GYR_OK also when the response reports errors; MEMORY and LIMIT when it
 *  could not be written, CANCELLED when the sink cancelled. A resolver that suspends and is to be answered by
 *  the calling thread would wait for ever: use gyr_run. */
GYR_API gyr_status gyr_execute(const gyr_request *request);

/** A request being answered. One thread at a time. */
typedef struct gyr_exec gyr_exec;
typedef enum gyr_state {
    GYR_DONE,    /* the response has ended */
    GYR_WAITING, /* for suspended calls; wake will be called */
    GYR_PAUSED   /* the sink asked for it */
} gyr_state;
/** Prepares; runs nothing. NULL when memory is out or the request breaks a rule of this header. */
GYR_API gyr_exec *gyr_exec_new(const gyr_request *request);
/** One turn: takes the answers that arrived, starts all that can start, writes what is complete. */
GYR_API gyr_state gyr_run(gyr_exec *exec);
/** After DONE: GYR_OK, or why the response is incomplete (MEMORY, LIMIT, CANCELLED). */
GYR_API gyr_status gyr_exec_status(const gyr_exec *exec);
/** Answers everything that is pending with an error; the next gyr_run writes the partial response. Any thread,
 *  also while another one runs; only gyr_exec_free must not come meanwhile. */
GYR_API void gyr_exec_cancel(gyr_exec *exec);
/** Ends the request. Suspended calls stay valid handles; their memory goes with the last of them. NULL is allowed. */
GYR_API void gyr_exec_free(gyr_exec *exec);

/** What a request did. */
typedef struct gyr_stats {
    size_t size;
    uint64_t resolver_calls, batch_calls, batch_rows; /* functions called; objects the batches got */
    uint64_t suspended, turns;                        /* calls and batches suspended; runs that found work */
    uint64_t errors;                                  /* field and request errors, also those past limits.errors */
    uint64_t response_bytes, request_bytes;           /* of the response; of the request's own memory */
    uint64_t heap_allocations;                        /* 0 for a repeated request of about the same size */
} gyr_stats;
GYR_API void gyr_exec_stats(const gyr_exec *exec, gyr_stats *out);

/* ------------------------------------------------------------------ 9. Subscriptions
 *
 * A subscription (Specification 6.2.3) opens a source stream once; each event of that stream is then a request of its own,
 * with the same plan and variables, whose root is the event. The stream is the program's: any object that says where events
 * come from. The function bound by GYR_STREAM gets a call - arguments, context, the request's root as its parent - and
 * answers it with gyr_return_ref, at once or later; or it fails.
 *
 *     static const gyr_binding bindings[] = {
 *         GYR_STREAM("Subscription.tick", open_ticker),          once: where events come from
 *         GYR_FIELD("Subscription.tick", tick_event, number),    of each event
 *         GYR_END
 *     };
 *
 *     gyr_exec *subscription = gyr_subscription_new(&request);
 *     gyr_run(subscription);                        until DONE, as any request
 *     ticker *source = gyr_subscription_stream(subscription);
 *     if (!source) ...                              the request's buffer holds the response: errors and no data
 *     while (source && ticker_next(source, &event)) {
 *         request.root = &event;
 *         gyr_execute(&request);                    or gyr_exec_new; errors of an event do not end the stream
 *     }
 *     gyr_exec_free(subscription);                  releases what the function gave to gyr_hold: the stream, say
 *
 * A subscription without a GYR_STREAM row has only its events: where they come from is then the program's knowledge. */

/** Prepares to open the source stream of the plan's operation; runs nothing. The result is a request for gyr_run,
 *  gyr_exec_cancel, gyr_exec_free, in turns and with wake like any other. What gyr_alloc and gyr_hold keep for its call lives
 *  until gyr_exec_free: free it when the subscription ends. NULL when memory is out, the operation is no subscription, or
 *  the request breaks a rule of this header. */
GYR_API gyr_exec *gyr_subscription_new(const gyr_request *request);
/** After DONE: what the stream function answered; nothing was written then. NULL: there is no stream, and unless memory was
 *  out, or the request was cancelled by the sink, its errors were written as the response, without data. */
GYR_API void *gyr_subscription_stream(const gyr_exec *exec);

#ifdef __cplusplus
}
#endif
#endif
