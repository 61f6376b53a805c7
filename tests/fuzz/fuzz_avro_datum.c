/* Any bytes as a value: of one of some schemas, or of the schema that stands before it. Every cell is looked at, and the
 * bytes that it points to. */
#include "avro/datum.h"

#include <stdlib.h>
#include <string.h>

enum { WANTS = 9 };

static const struct avro_plan_want wants[WANTS] = {
    {AVRO_PLAN_TOP, 1, "a", AVRO_PLAN_SCALAR},
    {AVRO_PLAN_TOP, 2, "b", AVRO_PLAN_RECORD},
    {1, 3, "c", AVRO_PLAN_LIST},
    {2, 4, "key", AVRO_PLAN_LONG},
    {2, 5, "value", AVRO_PLAN_SCALAR},
    {AVRO_PLAN_TOP, 6, "l", AVRO_PLAN_LIST},
    {5, 7, "x", AVRO_PLAN_SCALAR},
    {5, 8, "m", AVRO_PLAN_LIST},
    {7, 9, "y", AVRO_PLAN_SCALAR},
};

static const char *const schemas[] = {
    "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"int\",\"string\",\"double\"]}"
    ","
    "{\"name\":\"b\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"c\",\"type\":[{"
    "\"type\":"
    "\"array\",\"items\":{\"type\":\"record\",\"name\":\"KV\",\"fields\":[{\"name\":\"key\",\"type\":\"int\"},{"
    "\"name\":"
    "\"value\",\"type\":\"bytes\"}]}},\"null\"]}]}]},{\"name\":\"skipped\",\"type\":\"B\"},{\"name\":\"l\",\"type\":{"
    "\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"L\",\"fields\":[{\"name\":\"x\",\"type\":\"float\"},"
    "{\"name\":\"m\",\"type\":{\"type\":\"array\",\"items\":\"boolean\"}},{\"name\":\"more\",\"type\":[\"null\",\"L\"]}"
    "]}}}]}",
    "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"fixed\",\"name\":\"f\","
    "\"size\":5}},"
    "{\"name\":\"n\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},{\"name\":\"s\",\"type\":{\"type\":\"map\","
    "\"values\":"
    "\"R\"}},{\"name\":\"b\",\"type\":{\"type\":\"record\",\"name\":\"B\",\"fields\":[{\"name\":\"c\",\"type\":{"
    "\"type\":"
    "\"array\",\"items\":{\"type\":\"record\",\"name\":\"KV\",\"fields\":[{\"name\":\"value\",\"type\":\"long\"},{"
    "\"name\":"
    "\"key\",\"type\":\"int\"}]}}},{\"name\":\"skipped\",\"type\":{\"type\":\"array\",\"items\":\"KV\"}}]}},{\"name\":"
    "\"l\","
    "\"type\":{\"type\":\"array\",\"items\":\"null\"}}]}",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sink;

static void look(const struct avro_datum *d, int want, size_t row)
{
    const struct avro_datum_cell *c = avro_datum_get(d, want, row);
    if (c->is == AVRO_DATUM_BYTES)
        for (uint32_t i = 0; i < c->n; i++)
            sink += c->bytes[i];
    for (int below = want + 1; below < WANTS && c->is == AVRO_DATUM_LIST; below++)
        for (uint32_t i = 0; wants[below].parent == want && i < c->n && i < 1000; i++)
            look(d, below, c->first + i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct avro_schema *schema = NULL;
    struct avro_plan *plan = NULL;
    struct error err;
    if (size == 0)
        return 0;
    const uint8_t *end = memchr(data, '\n', size); /* a schema of its own stands before it */
    const char *text = end ? (const char *)data : schemas[*data & 1];
    size_t len = end ? (size_t)(end - data) : strlen(text);
    const uint8_t *value = end ? end + 1 : data + 1;
    if (avro_schema_parse(text, len, &schema, &err) == 0 && avro_plan_new(schema, wants, WANTS, &plan, &err) == 0) {
        struct avro_datum *d = avro_datum_new();
        size_t used, room = size - (size_t)(value - data);
        for (int i = 0; i < 2; i++) /* the second time into what is there */
            if (avro_datum_read(d, plan, value, room, &used, &err) == 0 && used <= room)
                for (int want = 0; want < WANTS; want++)
                    if (plan->places[want].store == 0)
                        look(d, want, 0);
        avro_datum_free(d);
        avro_plan_free(plan);
    }
    avro_schema_free(schema);
    return 0;
}
