// The header from C++17: members of plain structs are bound as in C; what the standard library holds
// (std::string, std::vector) is answered by getters that lend it, without a copy.
//
// SPDX-License-Identifier: Apache-2.0
#include "../example.h"
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct author {
    std::string name;
    int born;
};
struct book {
    int64_t id;
    double price;
    std::string title;
    const author *by;
    std::vector<int> editions;
};
struct library {
    std::vector<book> books;
};

gyr_str text(std::string_view s) { return gyr_str_of(s.data(), s.size()); }

template <class T, std::string T::*member> void lend(gyr_call *call) {
    gyr_return_str_borrowed(call, text(static_cast<const T *>(gyr_parent(call))->*member));
}

void books(gyr_call *call) {
    auto *all = static_cast<const library *>(gyr_context(call));
    gyr_return_structs(call, all->books.data(), all->books.size(), sizeof(book));
}

void editions(gyr_call *call) {
    auto &years = static_cast<const book *>(gyr_parent(call))->editions;
    gyr_return_values(call, GYR_C_I32, years.data(), years.size());
}

struct free_schema {
    void operator()(gyr_schema *schema) const { gyr_schema_free(schema); }
};

const std::string_view sdl = R"(
    type Query { books: [Book!]! }
    type Book { id: ID! title: String! price: Float! by: Author editions: [Int!]! }
    type Author { name: String! born: Int! }
)";

const gyr_binding bindings[] = {
    GYR_RESOLVER("Query.books", books),
    GYR_TYPE("Book", book),
    GYR_FIELD("Book.id", book, id),
    GYR_GETTER("Book.title", (lend<book, &book::title>)),
    GYR_FIELD("Book.price", book, price),
    GYR_REF("Book.by", book, by),
    GYR_GETTER("Book.editions", editions),
    GYR_TYPE("Author", author),
    GYR_GETTER("Author.name", (lend<author, &author::name>)),
    GYR_FIELD("Author.born", author, born),
    GYR_END,
};

} // namespace

int main() {
    const author mary{"Mary Shelley", 1797};
    library all{{{1, 9.5, "Frankenstein", &mary, {1818, 1831}}, {2, 0, "A \"quoted\" title", nullptr, {}}}};
    gyr_errors *errors = nullptr;
    std::unique_ptr<gyr_schema, free_schema> schema(gyr_schema_new(text(sdl), bindings, &errors));
    if (!schema) return !example_failed(errors);
    return !example_run(schema.get(), gyr_s("{ books { id title price by { name born } editions } }"),
                        gyr_s(""), nullptr, &all);
}
