/* Serves a schema from a JSON object.
 *
 *   - The document is the root of queries, mutations and subscriptions; a field is the member of its name; a
 * member that is missing is null.
 *   - An object of an interface or union names its type by a member "__typename", unless only one type is
 * possible.
 *   - Enum values are strings; custom scalars any JSON.
 *   - Arguments choose among the items of a list: an argument named like a member of the items keeps those
 * that are equal in it, `offset` (or `skip`) and `limit` (or `first`) cut the rest. A field that is not a
 * list takes the first item kept, so {"user": [{"id": "1"}, {"id": "2"}]} serves `user(id: ID!): User`. All
 * other arguments are ignored.
 *
 * Kinds of types are learned from the schema by an introspection query. Everything returned is borrowed from
 * the document, which outlives all requests.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "data.h"
#include "report.h"
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 200 };   /* of the data */
enum { WRAPPERS = 34 }; /* list types nest 16 deep by default, each may be non-null */

static json_t *member(const json_t *object, gyr_str name) { return json_object_getn(object, name.ptr, name.len); }
static gyr_str string_of(const json_t *s) { return gyr_str_of(json_string_value(s), json_string_length(s)); }
static bool same(gyr_str a, gyr_str b) { return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0); }
static bool is(const json_t *string, const char *text) {
    return same(string_of(string), gyr_str_of(text, strlen(text)));
}

static void fail(gyr_call *call, const char *why) {
    gyr_str type = gyr_type_name(call), field = gyr_field_name(call);
    char *text = NULL;
    int len = asprintf(&text, "The data for %.*s.%.*s %s.", (int)type.len, type.ptr, (int)field.len, field.ptr, why);
    gyr_fail(call, len < 0 ? gyr_s("out of memory") : gyr_str_of(text, (size_t)len));
    if (len >= 0) free(text);
}

/* ---- one value */

/* The number of an object's type, or -1: `type` is what was learned of the abstract type, NULL when unknown. */
static int64_t type_of(const struct data *data, const json_t *object, const json_t *type) {
    const json_t *name = json_object_get(object, "__typename"), *possible = json_object_get(type, "possible");
    if (!name && json_array_size(possible) == 1) name = json_array_get(possible, 0);
    return json_is_string(name) ? gyr_schema_type_index(data->schema, string_of(name)) : -1;
}

static int64_t name_type(const void *object, void *user) { return type_of(user, object, NULL); }

static void answer_object(struct data *data, gyr_call *call, const json_t *value, const json_t *type) {
    const json_t *kind = json_object_get(type, "kind");
    if (is(kind, "OBJECT"))
        gyr_return_ref(call, value);
    else if (!is(kind, "INTERFACE") && !is(kind, "UNION"))
        fail(call, "is an object where a leaf is expected");
    else {
        int64_t index = type_of(data, value, type);
        if (index < 0)
            fail(call, "needs a member \"__typename\" that names an object type");
        else
            gyr_return_ref_as(call, value, index);
    }
}

static void answer_json(gyr_call *call, const json_t *value) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    if (text)
        gyr_return_json(call, gyr_str_of(text, strlen(text)));
    else
        fail(call, "cannot be written");
    free(text);
}

static void answer(struct data *data, gyr_call *call, const json_t *value, const json_t *type, json_int_t lists) {
    if (!value || json_is_null(value)) {
        gyr_return_null(call);
        return;
    }
    if (lists > 0 && json_is_array(value)) {
        gyr_call *items = gyr_return_items(call, json_array_size(value));
        for (size_t i = 0; items && i < json_array_size(value); i++)
            answer(data, gyr_item(items, i), json_array_get(value, i), type, lists - 1);
        return;
    }
    if (lists > 0) {
        fail(call, "is no list");
        return;
    }
    if (json_is_true(json_object_get(type, "custom"))) {
        answer_json(call, value);
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT: answer_object(data, call, value, type); break;
    case JSON_STRING: gyr_return_str_borrowed(call, string_of(value)); break;
    case JSON_INTEGER: gyr_return_i64(call, json_integer_value(value)); break;
    case JSON_REAL: gyr_return_f64(call, json_real_value(value)); break;
    case JSON_TRUE: gyr_return_bool(call, true); break;
    case JSON_FALSE: gyr_return_bool(call, false); break;
    default: fail(call, "is a list where none is expected");
    }
}

/* ---- arguments that choose among the items of a list */

static bool equals(const gyr_value *argument, const json_t *value) {
    switch (argument->kind) {
    case GYR_VALUE_BOOL: return json_is_boolean(value) && json_is_true(value) == argument->of.boolean;
    case GYR_VALUE_INT: return json_is_integer(value) && json_integer_value(value) == argument->of.integer;
    case GYR_VALUE_FLOAT: return json_is_number(value) && json_number_value(value) == argument->of.number;
    case GYR_VALUE_STRING:
    case GYR_VALUE_ENUM: break;
    default: return true;
    }
    char digits[24]; /* an ID may stand as an integer in the data */
    int len = snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
    gyr_str text = json_is_integer(value) ? gyr_str_of(digits, (size_t)len) : string_of(value);
    return same(text, argument->of.string) && (json_is_string(value) || json_is_integer(value));
}

static bool keeps(const gyr_call *call, const json_t *item, const json_t *names) {
    for (size_t i = 0; i < json_array_size(names); i++) {
        gyr_str name = string_of(json_array_get(names, i));
        const json_t *value = member(item, name);
        const gyr_value *argument = value ? gyr_arg(call, name) : NULL;
        if (argument && argument->kind != GYR_VALUE_NULL && !equals(argument, value)) return false;
    }
    return true;
}

static int64_t number_argument(const gyr_call *call, const json_t *names, const char *name, const char *other,
                               int64_t absent) {
    for (size_t i = 0; i < json_array_size(names); i++) {
        const json_t *own = json_array_get(names, i);
        const gyr_value *value = is(own, name) || is(own, other) ? gyr_arg(call, string_of(own)) : NULL;
        if (value && value->kind == GYR_VALUE_INT && value->of.integer >= 0) return value->of.integer;
    }
    return absent;
}

static void release(void *json) { json_decref(json); }

/* The value that the arguments choose; borrowed from the data or held by the request. */
static const json_t *choose(gyr_call *call, json_t *value, const json_t *field) {
    const json_t *names = json_object_get(field, "args");
    bool list = json_integer_value(json_object_get(field, "lists")) > 0;
    if (!json_is_array(value) || (list && json_array_size(names) == 0)) return value;
    int64_t offset = number_argument(call, names, "offset", "skip", 0);
    int64_t limit = number_argument(call, names, "limit", "first", INT64_MAX);
    json_t *kept = list ? json_array() : NULL;
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *item = json_array_get(value, i);
        if (!keeps(call, item, names)) continue;
        if (!list) return item;
        if (offset-- > 0) continue;
        if (limit-- <= 0) break;
        json_array_append(kept, item);
    }
    if (kept && gyr_hold(call, kept, release) != GYR_OK) kept = NULL; /* was released */
    return kept;
}

static void answer_field(gyr_call *call) {
    struct data *data = gyr_user(call);
    const json_t *fields = json_object_get(member(data->types, gyr_type_name(call)), "fields");
    const json_t *field = member(fields, gyr_field_name(call));
    const json_t *type = json_object_get(data->types, json_string_value(json_object_get(field, "type")));
    json_t *value = member(gyr_parent(call), gyr_field_name(call));
    json_int_t lists = json_integer_value(json_object_get(field, "lists"));
    bool leaf = json_object_get(type, "leaf");
    answer(data, call, leaf && lists == 0 ? value : choose(call, value, field), type, lists);
}

/* ---- what the schema says of its types */

static bool is_builtin(const json_t *name) {
    return is(name, "Int") || is(name, "Float") || is(name, "String") || is(name, "Boolean") || is(name, "ID");
}

/* {"kind": ..., "leaf": if so, "custom": if so, "possible": [names], "fields": {name: {"type", "lists",
 * "args"}}} */
static json_t *learn_type(const json_t *type) {
    json_t *kind = json_object_get(type, "kind"), *learned = json_object(), *fields = json_object(),
           *possible = json_array();
    size_t i, k;
    json_t *item, *arg;
    bool scalar = is(kind, "SCALAR");
    json_object_set(learned, "kind", kind);
    if (scalar || is(kind, "ENUM")) json_object_set_new(learned, "leaf", json_true());
    if (scalar && !is_builtin(json_object_get(type, "name"))) json_object_set_new(learned, "custom", json_true());
    json_array_foreach(json_object_get(type, "possibleTypes"), i, item)
        json_array_append(possible, json_object_get(item, "name"));
    json_array_foreach(json_object_get(type, "fields"), i, item) {
        json_t *field = json_object(), *args = json_array(), *named = json_object_get(item, "type"), *inner;
        json_int_t lists = 0;
        for (; json_is_object(inner = json_object_get(named, "ofType")); named = inner)
            lists += is(json_object_get(named, "kind"), "LIST");
        json_array_foreach(json_object_get(item, "args"), k, arg) json_array_append(args, json_object_get(arg, "name"));
        json_object_set(field, "type", json_object_get(named, "name"));
        json_object_set_new(field, "lists", json_integer(lists));
        json_object_set_new(field, "args", args);
        json_object_set_new(fields, json_string_value(json_object_get(item, "name")), field);
    }
    json_object_set_new(learned, "possible", possible);
    json_object_set_new(learned, "fields", fields);
    return learned;
}

/* The response to an introspection query, or NULL. */
static json_t *introspect(gyr_schema *schema) {
    static const char head[] = "{ __schema { types { kind name possibleTypes { name }"
                               " fields(includeDeprecated: true) { name args(includeDeprecated: true) { name } type ",
                      wrapper[] = "{ kind name ofType ", tail[] = "{ kind name }";
    char query[sizeof head + WRAPPERS * sizeof wrapper + sizeof tail + 2 * WRAPPERS + 8], *end = query;
    end = stpcpy(end, head);
    for (int i = 0; i < WRAPPERS; i++) end = stpcpy(end, wrapper);
    end = stpcpy(end, tail);
    for (int i = 0; i < WRAPPERS + 4; i++) *end++ = '}';
    gyr_plan *plan = gyr_plan_new(schema, gyr_str_of(query, (size_t)(end - query)), gyr_s(""), NULL);
    gyr_buffer out = {0};
    gyr_request request = {.size = sizeof request, .plan = plan, .buffer = &out};
    json_t *response = NULL;
    if (plan && gyr_execute(&request) == GYR_OK) response = json_loadb(out.ptr, out.len, JSON_ALLOW_NUL, NULL);
    gyr_plan_free(plan);
    gyr_buffer_free(&out);
    return response;
}

bool data_learn(struct data *data, gyr_schema *schema) {
    json_t *response = introspect(schema), *type;
    const json_t *meta = json_object_get(json_object_get(response, "data"), "__schema");
    size_t i;
    data->schema = schema;
    data->types = json_object();
    json_array_foreach(json_object_get(meta, "types"), i, type)
        json_object_set_new(data->types, json_string_value(json_object_get(type, "name")), learn_type(type));
    json_decref(response);
    if (json_object_size(data->types)) return true;
    fprintf(stderr, "gyr: the schema's types cannot be read\n");
    return false;
}

/* ---- opening */

/* The place where brackets nest deeper than DEPTH, or the text's end. jansson recurses. */
static size_t too_deep(gyr_str text) {
    size_t depth = 0, at = 0;
    for (bool quoted = false; at < text.len && depth <= DEPTH; at++) {
        char c = text.ptr[at];
        if (c == '"')
            quoted = !quoted;
        else if (quoted)
            at += c == '\\';
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && depth)
            depth--;
    }
    return at;
}

static gyr_location place_of(gyr_str text, size_t at) {
    gyr_location place = {1, 1};
    for (size_t i = 0; i + 1 < at; i++)
        place = text.ptr[i] == '\n' ? (gyr_location){place.line + 1, 1} : (gyr_location){place.line, place.column + 1};
    return place;
}

static bool read_root(struct data *data, const char *path) {
    gyr_str text;
    json_error_t error;
    if (!source_read(path, &text)) return false;
    size_t end = too_deep(text);
    bool deep = end < text.len;
    if (!deep) data->root = json_loadb(text.ptr, text.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    bool ok = json_is_object(data->root);
    gyr_location place = {1, 1};
    gyr_str message = gyr_s("the data must be a JSON object");
    if (deep) {
        place = place_of(text, end);
        message = gyr_s("the data are nested too deep");
    } else if (!data->root) {
        place = (gyr_location){(uint32_t)error.line, error.column > 0 ? (uint32_t)error.column : 1};
        message = gyr_str_of(error.text, strlen(error.text));
    }
    gyr_str name = strcmp(path, "-") == 0 ? gyr_s("<stdin>") : gyr_str_of(path, strlen(path));
    if (!ok) report_place(name, text, place, message);
    free((char *)text.ptr);
    return ok;
}

bool data_open(struct data *data, const char *path) {
    const gyr_binding field = GYR_GETTER_USER(NULL, answer_field, data);
    const gyr_binding type = GYR_TYPE_FN(NULL, name_type, NULL, data);
    *data = (struct data){.field = field, .type = type};
    if (path) return read_root(data, path);
    data->root = json_object();
    return data->root;
}

void data_fini(struct data *data) {
    json_decref(data->root);
    json_decref(data->types);
}
