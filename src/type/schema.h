/* The type system in memory: what SDL builds, what validation and planning read. Immutable after the build.
 *
 * Every name is a gyr_str borrowed from the schema's own copy of the SDL or from its arena, and unique by
 * pointer is NOT promised: compare with gyr__str_eq or look up in the maps. Named types are numbered 0.. in
 * schema order (`index`); object types also carry `object_index`, the number a type tag resolves to. The introspection
 * types (__Schema ...) and the built-in scalars stand in the same tables.
 *
 * "Specification" section 3. Reading order: gyr__type_ref, gyr__field, gyr__type, gyr__directive, gyr_schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_SCHEMA_H
#define GYR_TYPE_SCHEMA_H
#include "base/diag.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"

#include <stdatomic.h>

typedef struct gyr__type gyr__type;
typedef struct gyr__field gyr__field;
typedef struct gyr__input gyr__input;

/** A type as it is used: a named type in `depth` lists. Bit k of non_null says that the type with k lists
 *  around its name is non-null: bit 0 the named type itself, bit `depth` the outermost. */
typedef struct gyr__type_ref {
    const gyr__type *named;
    uint32_t depth;
    uint32_t non_null;
} gyr__type_ref;

static inline bool gyr__is_non_null(gyr__type_ref t) { return t.non_null >> t.depth & 1; }
static inline bool gyr__is_list(gyr__type_ref t) { return t.depth > 0; } /* non-null or not */
/** The nullable type under an outermost "!". */
static inline gyr__type_ref gyr__nullable(gyr__type_ref t) {
    t.non_null &= ~(1u << t.depth);
    return t;
}
/** The item type of a list type. */
static inline gyr__type_ref gyr__item_type(gyr__type_ref t) {
    t.depth--;
    t.non_null &= (2u << t.depth) - 1;
    return t;
}
static inline bool gyr__type_ref_eq(gyr__type_ref a, gyr__type_ref b) {
    return a.named == b.named && a.depth == b.depth && a.non_null == b.non_null;
}
/** "[Product!]!"; {NULL,0} when memory is out. */
gyr_str gyr__type_ref_text(gyr__arena *arena, gyr__type_ref t);

/* Order of __TypeKind. */
typedef enum gyr__type_kind {
    GYR__SCALAR,
    GYR__OBJECT,
    GYR__INTERFACE,
    GYR__UNION,
    GYR__ENUM,
    GYR__INPUT_OBJECT
} gyr__type_kind;

/* Of a SCALAR type. */
typedef enum gyr__scalar_kind {
    GYR__CUSTOM_SCALAR,
    GYR__INT,
    GYR__FLOAT,
    GYR__STRING,
    GYR__BOOLEAN,
    GYR__ID
} gyr__scalar_kind;

/** Where in the SDL a definition stands: for errors. source is an index into gyr_schema.sources. */
typedef struct gyr__place {
    uint32_t source, offset;
} gyr__place;

/** A directive applied in the SDL, arguments as written: constant literals by their own kind, not coerced to the
 *  argument's type, defaults not filled in. */
typedef struct gyr__applied {
    gyr_str name;
    uint32_t arg_count;
    const gyr_value_member *args;
} gyr__applied;

/** What all definitions share. description.ptr NULL: none; deprecation_reason.ptr NULL: not deprecated. */
typedef struct gyr__def {
    gyr_str name, description, deprecation_reason;
    gyr__place place;
    uint32_t applied_count;
    const gyr__applied *applied;
} gyr__def;

/** An argument or an input field. */
struct gyr__input {
    gyr__def def;
    gyr__type_ref type;
    uint32_t index; /* among its siblings */
    bool has_default;
    gyr_value default_value;    /* coerced; valid when has_default */
    gyr_str default_text;       /* printed as a GraphQL literal, as introspection shows it */
    const gyr_binding *binding; /* GYR_BIND_ARG, GYR_BIND_ARG_LIST, or NULL */
};

/** A member of __schema and __type is written by the engine itself. */
typedef enum gyr__meta { GYR__NOT_META, GYR__META_TYPENAME, GYR__META_SCHEMA, GYR__META_TYPE } gyr__meta;

struct gyr__field {
    gyr__def def;
    const gyr__type *parent;
    gyr__type_ref type;
    gyr__input *args;
    uint32_t arg_count;
    uint32_t index;             /* among the parent's fields */
    uint8_t meta;               /* gyr__meta */
    uint8_t known;              /* of an introspection type: which of its fields this is (builtin.h) */
    bool is_introspection;      /* a field of an introspection type, or a meta field */
    const gyr_binding *binding; /* of an object type's field; NULL in unbound schemas and for introspection */
    uint32_t args_size;         /* bytes of the struct that GYR_ARG rows of this field bind to; 0: none */
    bool may_fetch;             /* bound to a resolver or batch; of an interface: some implementor's field is */
};

typedef struct gyr__enum_value {
    gyr__def def;
    bool has_number;
    int64_t number;
} gyr__enum_value;

/** Numbers to pointers, made once: an array over [base, base + count), or sorted keys. */
typedef struct gyr__number_map {
    int64_t base;
    uint32_t count;
    const int64_t *keys; /* sorted; NULL: values[number - base] */
    const void **values;
} gyr__number_map;

struct gyr__type {
    gyr__def def;
    gyr__type_kind kind;
    uint32_t index;        /* in gyr_schema.types */
    uint32_t object_index; /* OBJECT: in gyr_schema.objects */
    bool is_builtin;       /* built-in scalar or introspection type */
    bool is_introspection;
    bool is_one_of; /* INPUT_OBJECT */
    gyr__scalar_kind scalar;
    gyr_str specified_by_url;   /* SCALAR; ptr NULL: none */
    const gyr_binding *binding; /* TYPE, TAG, TYPE_FN or SCALAR row; NULL: none */

    gyr__field *fields; /* OBJECT, INTERFACE */
    uint32_t field_count;
    gyr__map field_map; /* name -> gyr__field* */

    const gyr__type **interfaces; /* OBJECT, INTERFACE: as declared */
    uint32_t interface_count;

    const gyr__type **possible; /* INTERFACE: object types, in schema order; UNION: as declared; OBJECT: itself */
    uint32_t possible_count;
    uint64_t *possible_bits; /* INTERFACE, UNION: bit object_index set for each possible type; NULL: too few of
                                too many for a bitset. Ask gyr__is_possible. */

    const gyr__type **implementors; /* INTERFACE: the interfaces, then the object types that declare it */
    uint32_t implementor_count;

    gyr__enum_value *values; /* ENUM */
    uint32_t value_count;
    gyr__map value_map; /* name -> gyr__enum_value* */

    gyr__input *inputs; /* INPUT_OBJECT */
    uint32_t input_count;
    gyr__map input_map; /* name -> gyr__input* */

    gyr__number_map numbers; /* ENUM: number -> gyr__enum_value *; INTERFACE, UNION: tag -> gyr__type *; see bind.h */
};

/* Order of __DirectiveLocation. */
typedef enum gyr__directive_location {
    GYR__AT_QUERY,
    GYR__AT_MUTATION,
    GYR__AT_SUBSCRIPTION,
    GYR__AT_FIELD,
    GYR__AT_FRAGMENT_DEFINITION,
    GYR__AT_FRAGMENT_SPREAD,
    GYR__AT_INLINE_FRAGMENT,
    GYR__AT_VARIABLE_DEFINITION,
    GYR__AT_SCHEMA,
    GYR__AT_SCALAR,
    GYR__AT_OBJECT,
    GYR__AT_FIELD_DEFINITION,
    GYR__AT_ARGUMENT_DEFINITION,
    GYR__AT_INTERFACE,
    GYR__AT_UNION,
    GYR__AT_ENUM,
    GYR__AT_ENUM_VALUE,
    GYR__AT_INPUT_OBJECT,
    GYR__AT_INPUT_FIELD_DEFINITION,
    GYR__AT_FRAGMENT_VARIABLE_DEFINITION, /* drafts, from here */
    GYR__AT_DIRECTIVE_DEFINITION,
    GYR__LOCATION_COUNT
} gyr__directive_location;
/** "FIELD_DEFINITION"; a constant. */
gyr_str gyr__directive_location_name(gyr__directive_location location);

typedef struct gyr__directive {
    gyr__def def;
    gyr__input *args;
    uint32_t arg_count;
    bool repeatable, is_builtin;
    uint32_t locations;           /* bit gyr__directive_location */
    const uint8_t *location_list; /* the same as declared: gyr__directive_location, location_count of them */
    uint32_t location_count;
} gyr__directive;

typedef struct gyr__pool gyr__pool;     /* suspended calls: exec owns the meaning */
typedef struct gyr__native gyr__native; /* machine code: jit owns the meaning */

struct gyr_schema {
    atomic_uint refs;
    gyr_allocator allocator;
    gyr__arena arena;  /* everything below */
    gyr_limits limits; /* resolved */
    bool unbound, lenient, complete, no_introspection, no_suggestions;
    gyr_jit jit;  /* resolved */
    gyr__def def; /* of the schema definition: description, directives, place */

    gyr__type **types; /* SDL order, each built-in scalar behind the first type that uses it, then introspection
                          types: the order of the reference. Built-in scalars that nothing uses are absent. */
    uint32_t type_count;
    gyr__map type_map; /* name -> gyr__type* */
    const gyr__type **objects;
    uint32_t object_count;
    gyr__directive **directives; /* SDL order, then built-in ones, as the reference orders them */
    uint32_t directive_count;
    gyr__map directive_map;
    const gyr__type *roots[3];                        /* by gyr_operation_type; NULL: none */
    gyr__field meta_typename, meta_schema, meta_type; /* __typename, __schema, __type(name:) */
    const gyr_source *sources; /* the schema's own copies; sources[source_count] holds what is built in */
    uint32_t source_count;
    const gyr_binding *type_fallback;
    const gyr_binding **source_streams; /* GYR_STREAM rows by field of the subscription type; NULL: none */
    const gyr_rule *rules;              /* of the program: validation runs them */
    uint32_t rule_count;

    /* Owned by upper layers, freed with the schema through their free functions. */
    _Atomic(gyr__pool *) pool;
    void (*_Atomic pool_free)(gyr__pool *pool);
    _Atomic(gyr__native *) native;
    void (*_Atomic native_free)(gyr__native *native);
};

/** A row of the program's table of rules, which may be one of an older version. */
static inline gyr_rule gyr__rule_at(const gyr_rule *rules, uint32_t i) {
    gyr_rule rule = {.size = rules->size && rules->size < sizeof rule ? rules->size : sizeof rule};
    memcpy(&rule, (const char *)rules + i * (rules->size ? rules->size : sizeof rule), rule.size);
    rule.size = sizeof rule;
    return rule;
}

/** The named type, or NULL. */
static inline gyr__type *gyr__schema_type(const gyr_schema *s, gyr_str name) {
    return gyr__map_get(&s->type_map, name);
}
/** The row that opens the source stream of a field of the subscription type, or NULL. */
static inline const gyr_binding *gyr__source_stream(const gyr_schema *s, const gyr__field *field) {
    bool root = s->source_streams && field->parent == s->roots[GYR_SUBSCRIPTION] && !field->meta;
    return root ? s->source_streams[field->index] : NULL;
}
/** The field of a composite type, meta fields included where they may stand (Specification 4.1), or NULL. */
const gyr__field *gyr__schema_field(const gyr_schema *s, const gyr__type *parent, gyr_str name);

static inline bool gyr__is_leaf_type(const gyr__type *t) { return t->kind == GYR__SCALAR || t->kind == GYR__ENUM; }
static inline bool gyr__is_composite_type(const gyr__type *t) {
    return t->kind == GYR__OBJECT || t->kind == GYR__INTERFACE || t->kind == GYR__UNION;
}
static inline bool gyr__is_abstract_type(const gyr__type *t) {
    return t->kind == GYR__INTERFACE || t->kind == GYR__UNION;
}
static inline bool gyr__is_input_type(const gyr__type *t) {
    return gyr__is_leaf_type(t) || t->kind == GYR__INPUT_OBJECT;
}
/** gyr__is_possible for types without a bitset. */
bool gyr__is_listed(const gyr__type *t, const gyr__type *object);
/** Whether object type `object` is one of composite type t's possible types. */
static inline bool gyr__is_possible(const gyr__type *t, const gyr__type *object) {
    if (t == object) return true;
    if (!t->possible_bits) return t->possible_count && gyr__is_listed(t, object);
    return t->possible_bits[object->object_index / 64] >> object->object_index % 64 & 1;
}
/** Whether two composite types have a possible type in common (Specification 5.5.2.3). */
bool gyr__types_overlap(const gyr__type *a, const gyr__type *b);
/** Whether every value of type `sub` is a value of type `super` (Specification 3.6.1 IsSubType). */
bool gyr__is_subtype(gyr__type_ref sub, gyr__type_ref super);

#endif
