/* A zoo: one of each of the rarer bindings. An interface and a union whose objects carry a tag, lists of
 * lists, enums and flags, nullable members, text inside structs, a custom scalar in and out, input objects,
 * errors with extensions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "../example.h"
#include <string.h>

static const char sdl[] = "scalar Date\n"
                          "enum Size { SMALL MEDIUM LARGE }\n"
                          "enum Food { PLANTS MEAT FISH }\n"
                          "interface Animal { id: ID! name: String! size: Size! eats: [Food!]! born: Date "
                          "weight: Float endangered: Boolean! }\n"
                          "type Lion implements Animal { id: ID! name: String! size: Size! eats: [Food!]! "
                          "born: Date weight: Float\n"
                          "  endangered: Boolean! mane: Int! }\n"
                          "type Penguin implements Animal { id: ID! name: String! size: Size! eats: [Food!]! "
                          "born: Date weight: Float\n"
                          "  endangered: Boolean! partner: Penguin }\n"
                          "type Keeper { name: String! since: Date! }\n"
                          "union Resident = Lion | Penguin | Keeper\n"
                          "input Filter { size: Size = LARGE, bornSince: Date, names: [String!] }\n"
                          "type Query {\n"
                          "  animal(id: ID!): Animal\n"
                          "  animals(where: Filter): [Animal!]!\n"
                          "  cages: [[Animal]!]!\n"
                          "  visitors: [[Int!]!]!\n"
                          "  residents: [Resident!]!\n"
                          "}\n";

/* ---- data: what lives here begins with its kind */

enum kind { LION = 1, PENGUIN, KEEPER };
enum size { SMALL = 10, MEDIUM = 20, LARGE = 30 };
enum food { PLANTS = 1, MEAT = 2, FISH = 4 };
enum { HAS_WEIGHT = 1, HAS_BIRTH = 2, ENDANGERED = 4 };

struct date {
    int16_t year;
    uint8_t month, day;
};

struct animal {
    uint8_t kind, eats, bits;
    uint16_t id;
    int size;
    char name[8];
    float weight;
    struct date born;
};
struct lion {
    struct animal animal;
    int8_t mane;
};
struct penguin {
    struct animal animal;
    const struct penguin *partner;
};
struct keeper {
    uint8_t kind;
    const char *name;
    struct date since;
};

static const struct lion leo = {
    {LION, MEAT, HAS_WEIGHT | HAS_BIRTH | ENDANGERED, 1, LARGE, "Leo", 190.5f, {2015, 6, 1}}, 30};
static const struct penguin pingu;
static const struct penguin pinga = {{PENGUIN, FISH, HAS_BIRTH, 2, SMALL, "Pinga", 0, {2020, 2, 29}}, &pingu};
static const struct penguin pingu = {{PENGUIN, FISH | MEAT, HAS_WEIGHT, 3, MEDIUM, "PinguTwo", 4, {0, 0, 0}},
                                     NULL}; /* the name fills its array */
static const struct keeper anna = {KEEPER, "Anna", {2019, 12, 24}};
static const struct animal *const animals[] = {&leo.animal, &pinga.animal, &pingu.animal};
enum { ANIMALS = sizeof animals / sizeof *animals };

/* ---- the custom scalar: "2020-02-29" */

static bool write_date(gyr_leaf *leaf, const void *value, void *user) {
    (void)user;
    const struct date *date = value;
    char text[16];
    int len = snprintf(text, sizeof text, "%04d-%02d-%02d", date->year, date->month, date->day);
    return date->month && gyr_leaf_str(leaf, gyr_str_of(text, (size_t)len));
}

static bool digits(gyr_str text, size_t from, size_t count, int *number) {
    *number = 0;
    for (size_t i = from; i < from + count; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return false;
        *number = 10 * *number + (text.ptr[i] - '0');
    }
    return true;
}

static bool read_date(const gyr_value *in, void *into, gyr_str *message, void *user) {
    (void)user;
    int year, month, day;
    *message = gyr_s("a Date looks like \"2020-02-29\"");
    if (in->kind != GYR_VALUE_STRING || in->of.string.len != 10) return false;
    gyr_str text = in->of.string;
    bool ok = digits(text, 0, 4, &year) && digits(text, 5, 2, &month) && digits(text, 8, 2, &day) &&
              text.ptr[4] == '-' && text.ptr[7] == '-' && month >= 1 && month <= 12 && day >= 1 && day <= 31;
    if (ok) *(struct date *)into = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return ok;
}

static int compare_dates(struct date a, struct date b) {
    return (a.year - b.year) * 400 + (a.month - b.month) * 31 + (a.day - b.day);
}

/* ---- functions */

struct by_id {
    const char *id;
};
struct filter {
    int size;
    struct date born_since; /* month 0: not given */
    const gyr_str *names;
    uint32_t name_count;
};
struct search {
    const struct filter *where; /* NULL: not given */
};

static void born(gyr_call *call) {
    const struct animal *animal = gyr_parent(call);
    if (animal->bits & HAS_BIRTH)
        gyr_return_custom(call, &animal->born);
    else
        gyr_return_null(call);
}

static void animal(gyr_call *call) {
    const struct by_id *args = gyr_args(call);
    for (int i = 0; i < ANIMALS; i++) {
        char id[8];
        snprintf(id, sizeof id, "%u", animals[i]->id);
        if (strcmp(id, args->id) == 0) {
            gyr_return_ref(call, animals[i]);
            return;
        }
    }
    gyr_fail_with(call, gyr_s("No animal has this id."), gyr_s("{\"code\":\"NOT_FOUND\",\"http\":404}"));
}

static bool fits(const struct animal *animal, const struct filter *where) {
    bool named = where->name_count == 0;
    for (uint32_t i = 0; i < where->name_count && !named; i++)
        named = where->names[i].len == strnlen(animal->name, sizeof animal->name) &&
                memcmp(where->names[i].ptr, animal->name, where->names[i].len) == 0;
    bool born_since = !where->born_since.month || compare_dates(animal->born, where->born_since) >= 0;
    return named && born_since && (!where->size || where->size == animal->size);
}

static void find_animals(gyr_call *call) {
    const struct search *args = gyr_args(call);
    const void *found[ANIMALS];
    size_t count = 0;
    for (int i = 0; i < ANIMALS; i++)
        if (!args->where || fits(animals[i], args->where)) found[count++] = animals[i];
    gyr_return_refs(call, found, count);
}

static void cages(gyr_call *call) {
    const void *first[] = {&leo}, *second[] = {&pinga, NULL, &pingu};
    gyr_call *lists = gyr_return_items(call, 3);
    if (!lists) return;
    gyr_return_refs(gyr_item(lists, 0), first, 1);
    gyr_return_refs(gyr_item(lists, 1), second, 3);
    gyr_return_refs(gyr_item(lists, 2), NULL, 0);
}

static void visitors(gyr_call *call) { /* by week and day */
    static const uint16_t days[2][3] = {{120, 80, 95}, {60, 200, 65535}};
    gyr_call *weeks = gyr_return_items(call, 2);
    for (size_t i = 0; i < 2 && weeks; i++) gyr_return_values(gyr_item(weeks, i), GYR_C_U16, days[i], 3);
}

static void residents(gyr_call *call) {
    const void *all[] = {&anna, &leo, &pingu};
    gyr_return_refs(call, all, 3);
}

/* ---- bindings */

static const gyr_tag animal_kinds[] = {{LION, "Lion"}, {PENGUIN, "Penguin"}, {0, NULL}};
static const gyr_tag resident_kinds[] = {{LION, "Lion"}, {PENGUIN, "Penguin"}, {KEEPER, "Keeper"}, {0, NULL}};

/* The fields of Animal, in a type whose struct begins with a struct animal. */
#define ANIMAL(type, T)                                                                                                \
    GYR_TYPE(type, T), GYR_FIELD(type ".id", T, animal.id), GYR_CHARS(type ".name", T, animal.name),                   \
        GYR_FIELD(type ".size", T, animal.size), GYR_FLAGS(type ".eats", T, animal.eats),                              \
        GYR_GETTER(type ".born", born), GYR_FIELD_HAS(type ".weight", T, animal.weight, animal.bits, HAS_WEIGHT),      \
        GYR_BIT(type ".endangered", T, animal.bits, ENDANGERED)

static const gyr_binding bindings[] = {
    GYR_SCALAR("Date", struct date, write_date, read_date, NULL),
    GYR_ENUM_VALUE("Size.SMALL", SMALL),
    GYR_ENUM_VALUE("Size.MEDIUM", MEDIUM),
    GYR_ENUM_VALUE("Size.LARGE", LARGE),
    GYR_ENUM_VALUE("Food.PLANTS", PLANTS),
    GYR_ENUM_VALUE("Food.MEAT", MEAT),
    GYR_ENUM_VALUE("Food.FISH", FISH),

    GYR_TAG("Animal", struct animal, kind, animal_kinds),
    ANIMAL("Lion", struct lion),
    GYR_FIELD("Lion.mane", struct lion, mane),
    ANIMAL("Penguin", struct penguin),
    GYR_REF("Penguin.partner", struct penguin, partner),
    GYR_TYPE("Keeper", struct keeper),
    GYR_FIELD("Keeper.name", struct keeper, name),
    GYR_CUSTOM("Keeper.since", struct keeper, since),
    GYR_TAG("Resident", struct keeper, kind, resident_kinds),

    GYR_TYPE("Filter", struct filter),
    GYR_ARG("Filter.size", struct filter, size),
    GYR_ARG_CUSTOM("Filter.bornSince", struct filter, born_since),
    GYR_ARG_LIST("Filter.names", struct filter, names, name_count),

    GYR_RESOLVER("Query.animal", animal),
    GYR_ARG("Query.animal(id:)", struct by_id, id),
    GYR_RESOLVER("Query.animals", find_animals),
    GYR_ARG_REF("Query.animals(where:)", struct search, where),
    GYR_RESOLVER("Query.cages", cages),
    GYR_RESOLVER("Query.visitors", visitors),
    GYR_RESOLVER("Query.residents", residents),
    GYR_END,
};

int main(void) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_new(gyr_str_of(sdl, sizeof sdl - 1), bindings, &errors);
    if (!schema) return !example_failed(errors);
    static const char *const requests[][2] = {
        {"{ animals { __typename id name size eats born weight endangered ... on Lion { mane }"
         " ... on Penguin { partner { name } } } }",
         ""},
        {"{ residents { ... on Keeper { name since } ... on Animal { name } } cages { name } visitors }", ""},
        {"query ($where: Filter) { animals(where: $where) { name } }",
         "{\"where\":{\"size\":\"SMALL\",\"bornSince\":\"2020-02-29\"}}"},
        {"{ animals(where: {size: null, names: [\"Leo\", \"PinguTwo\"]}) { name } large: animals(where: {}) "
         "{ name } }",
         ""},
        {"query ($where: Filter) { animals(where: $where) { name } }", "{\"where\":{\"bornSince\":\"yesterday\"}}"},
        {"{ found: animal(id: 3) { name } missing: animal(id: \"tiger\") { name } }", ""},
    };
    bool ok = true;
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        ok = example_run(schema, gyr_str_of(requests[i][0], strlen(requests[i][0])),
                         gyr_str_of(requests[i][1], strlen(requests[i][1])), NULL, NULL) &&
             ok;
    gyr_schema_free(schema);
    return !ok;
}
