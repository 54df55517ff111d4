/* See builtin.h. Directives stand in the order of the reference, types in the order in which __Schema reaches
 * them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builtin.h"

#define TEXT            "name: String!\n  description: String\n"
#define DEPRECATION     "isDeprecated: Boolean!\n  deprecationReason: String\n"
#define WITH_DEPRECATED "(includeDeprecated: Boolean! = false)"

/* The draft "incremental delivery"; the last part of the SDL, for the schemas that want it. */
#define INCREMENTAL                                                                                                    \
    "\"Lets the fragment be delivered later when `if` is true.\"\n"                                                    \
    "directive @defer(\"Delivered later when true.\" if: Boolean! = true, "                                            \
    "\"Names the fragment in the response.\" label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT\n"                    \
    "\"Lets the list's items be delivered in pieces when `if` is true.\"\n"                                            \
    "directive @stream(\"Delivered in pieces when true.\" if: Boolean! = true, "                                       \
    "\"Names the list in the response.\" label: String, "                                                              \
    "\"How many items to deliver at once.\" initialCount: Int! = 0) on FIELD\n"

static const char sdl[] =
    "\"Text: a sequence of Unicode characters.\" scalar String\n"
    "\"Whole numbers from -(2^31) to 2^31 - 1.\" scalar Int\n"
    "\"Finite numbers with fractions, of double precision (IEEE 754).\" scalar Float\n"
    "\"`true` or `false`.\" scalar Boolean\n"
    "\"A unique identifier, written as a String; not meant to be read by people. As input, Strings and "
    "Ints "
    "are accepted.\" scalar ID\n"

    "\"Includes this field or fragment only when the argument `if` is true.\"\n"
    "directive @include(\"Included when true.\" if: Boolean!) on FIELD | FRAGMENT_SPREAD | "
    "INLINE_FRAGMENT\n"
    "\"Skips this field or fragment when the argument `if` is true.\"\n"
    "directive @skip(\"Skipped when true.\" if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT\n"
    "\"Marks an element of a schema as no longer supported.\"\n"
    "directive @deprecated(\"Why, and what to use instead, as Markdown.\" "
    "reason: String! = \"No longer supported\")\n"
    "on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE\n"
    "\"Tells where the behaviour of this scalar is specified.\"\n"
    "directive @specifiedBy(\"The URL of the specification.\" url: String!) on SCALAR\n"
    "\"Exactly one field must be given, and it must not be `null`.\"\n"
    "directive @oneOf on INPUT_OBJECT\n"

    "\"What a service can do: its types and directives, and the types at which operations start.\"\n"
    "type __Schema {\n"
    "  description: String\n"
    "  \"All types of this service.\" types: [__Type!]!\n"
    "  \"The type at which queries start.\" queryType: __Type!\n"
    "  \"The type at which mutations start, if there are any.\" mutationType: __Type\n"
    "  \"The type at which subscriptions start, if there are any.\" subscriptionType: __Type\n"
    "  \"All directives of this service.\" directives: [__Directive!]!\n"
    "}\n"
    "\"A type, as `kind` tells: a named one, or a list or non-null type around the type `ofType`. Fields "
    "that "
    "do not apply to the kind are null.\"\n"
    "type __Type {\n"
    "  kind: __TypeKind!\n"
    "  name: String\n"
    "  description: String\n"
    "  specifiedByURL: String\n"
    "  fields" WITH_DEPRECATED ": [__Field!]\n"
    "  interfaces: [__Type!]\n"
    "  possibleTypes: [__Type!]\n"
    "  enumValues" WITH_DEPRECATED ": [__EnumValue!]\n"
    "  inputFields" WITH_DEPRECATED ": [__InputValue!]\n"
    "  ofType: __Type\n"
    "  isOneOf: Boolean\n"
    "}\n"
    "\"The kinds of types.\"\n"
    "enum __TypeKind {\n"
    "  \"A scalar.\" SCALAR\n"
    "  \"An object: has `fields` and `interfaces`.\" OBJECT\n"
    "  \"An interface: has `fields`, `interfaces` and `possibleTypes`.\" INTERFACE\n"
    "  \"A union: has `possibleTypes`.\" UNION\n"
    "  \"An enum: has `enumValues`.\" ENUM\n"
    "  \"An input object: has `inputFields`.\" INPUT_OBJECT\n"
    "  \"A list: has `ofType`.\" LIST\n"
    "  \"A non-null type: has `ofType`.\" NON_NULL\n"
    "}\n"
    "\"A field of an object or interface type.\"\n"
    "type __Field {\n  " TEXT "  args" WITH_DEPRECATED ": [__InputValue!]!\n  type: __Type!\n  " DEPRECATION "}\n"
    "\"An argument of a field or directive, or a field of an input object.\"\n"
    "type __InputValue {\n  " TEXT "  type: __Type!\n"
    "  \"The default value, written in GraphQL.\" defaultValue: String\n  " DEPRECATION "}\n"
    "\"A value of an enum; a response shows its name as a String.\"\n"
    "type __EnumValue {\n  " TEXT "  " DEPRECATION "}\n"
    "\"A directive: how operations or schemas may ask for another behaviour.\"\n"
    "type __Directive {\n  " TEXT "  isRepeatable: Boolean!\n  locations: [__DirectiveLocation!]!\n"
    "  args" WITH_DEPRECATED ": [__InputValue!]!\n}\n"
    "\"Where a directive may stand.\"\n"
    "enum __DirectiveLocation {\n"
    "  \"On a query.\" QUERY\n"
    "  \"On a mutation.\" MUTATION\n"
    "  \"On a subscription.\" SUBSCRIPTION\n"
    "  \"On a field.\" FIELD\n"
    "  \"On a fragment definition.\" FRAGMENT_DEFINITION\n"
    "  \"On a fragment spread.\" FRAGMENT_SPREAD\n"
    "  \"On an inline fragment.\" INLINE_FRAGMENT\n"
    "  \"On a variable definition.\" VARIABLE_DEFINITION\n"
    "  \"On a schema definition.\" SCHEMA\n"
    "  \"On a scalar definition.\" SCALAR\n"
    "  \"On an object type definition.\" OBJECT\n"
    "  \"On a field definition.\" FIELD_DEFINITION\n"
    "  \"On an argument definition.\" ARGUMENT_DEFINITION\n"
    "  \"On an interface definition.\" INTERFACE\n"
    "  \"On a union definition.\" UNION\n"
    "  \"On an enum definition.\" ENUM\n"
    "  \"On an enum value definition.\" ENUM_VALUE\n"
    "  \"On an input object definition.\" INPUT_OBJECT\n"
    "  \"On an input field definition.\" INPUT_FIELD_DEFINITION\n"
    "}\n" INCREMENTAL;

gyr_str gyr__builtin_sdl(bool incremental) {
    return gyr_str_of(sdl, sizeof sdl - (incremental ? 1 : sizeof INCREMENTAL));
}
