/* A shop whose data are plain structs: members are bound by name and read where they stand; only one field,
 * the search, is a function.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "../example.h"
#include <string.h>

struct supplier {
    const char *name;
    char country[2]; /* a full array needs no NUL */
};

struct product {
    uint64_t id;
    const char *name;
    double price;
    int stock;
    const struct supplier *supplier; /* NULL: made in the shop */
    const char *const *tags;
    uint8_t tag_count;
};

struct shop {
    const char *name;
    const struct product *products;
    size_t product_count;
};

struct search {
    gyr_str text;
    double max_price;
    bool has_max_price;
};

static const char sdl[] =
    "type Query { name: String!  products: [Product!]!  search(text: String!, maxPrice: Float): [Product!]! }"
    "type Product { id: ID!  name: String!  price: Float!  stock: Int!  supplier: Supplier  tags: [String!]! "
    "}"
    "type Supplier { name: String!  country: String! }";

static const struct supplier mill = {"The Mill", "DE"}, farm = {"Farm & Sons", "FR"};
static const char *const baked[] = {"baked", "fresh"};
static const struct product products[] = {
    {1, "Rye bread", 3.5, 12, &mill, baked, 2},
    {2, "Butter", 2.25, 40, &farm, NULL, 0},
    {9007199254740993, "Sourdough", 6, 0, NULL, baked, 1},
};
static const struct shop shop = {"Corner shop", products, 3};

static void search(gyr_call *call) {
    const struct shop *from = gyr_parent(call);
    const struct search *args = gyr_args(call);
    const void **found = gyr_alloc(call, from->product_count * sizeof *found);
    size_t count = 0;
    for (size_t i = 0; i < from->product_count && found; i++) {
        const struct product *product = &from->products[i];
        bool fits = memmem(product->name, strlen(product->name), args->text.ptr, args->text.len);
        if (fits && (!args->has_max_price || product->price <= args->max_price)) found[count++] = product;
    }
    gyr_return_refs(call, found, count);
}

static const gyr_binding bindings[] = {
    GYR_TYPE("Query", struct shop),
    GYR_FIELD("Query.name", struct shop, name),
    GYR_LIST("Query.products", struct shop, products, product_count),
    GYR_RESOLVER("Query.search", search),
    GYR_ARG("Query.search(text:)", struct search, text),
    GYR_ARG_HAS("Query.search(maxPrice:)", struct search, max_price, has_max_price),

    GYR_TYPE("Product", struct product),
    GYR_FIELD("Product.id", struct product, id),
    GYR_FIELD("Product.name", struct product, name),
    GYR_FIELD("Product.price", struct product, price),
    GYR_FIELD("Product.stock", struct product, stock),
    GYR_REF("Product.supplier", struct product, supplier),
    GYR_LIST_VALUES("Product.tags", struct product, tags, tag_count),

    GYR_TYPE("Supplier", struct supplier),
    GYR_FIELD("Supplier.name", struct supplier, name),
    GYR_CHARS("Supplier.country", struct supplier, country),
    GYR_END,
};

int main(void) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_new(gyr_str_of(sdl, sizeof sdl - 1), bindings, &errors);
    if (!schema) return !example_failed(errors);
    bool ok = example_run(schema, gyr_s("{ name products { id name price stock tags supplier { name country } } }"),
                          gyr_s(""), &shop, NULL) &&
              example_run(schema,
                          gyr_s("query ($max: Float) { search(text: \"ou\", maxPrice: $max) { name }"
                                " all: search(text: \"\") { id } }"),
                          gyr_s("{\"max\": 10}"), &shop, NULL);
    gyr_schema_free(schema);
    return !ok;
}
