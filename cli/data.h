/* A JSON object as the data of any schema, without code; see data.c for how fields find their values.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_DATA_H
#define GYR_CLI_DATA_H
#include <gyr.h>
#include <jansson.h>

struct data {
    json_t *root;
    json_t *types; /* what the schema says: see learn_type */
    gyr_schema *schema;
    gyr_binding field, type; /* rows for gyr_schema_options: fallback, type_fallback */
};

/** Reads the file (NULL: an empty object) and makes the rows, which point to *data. False with a message
 * printed. */
bool data_open(struct data *data, const char *path);
/** Learns the types of the schema that was built with the rows; to be called before requests. False when it
 * failed. */
bool data_learn(struct data *data, gyr_schema *schema);
void data_fini(struct data *data);
#endif
