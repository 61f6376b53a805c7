/* Any bytes as a record in each of the encodings: what is read by a plan is what is printed as JSON and read by the same plan. */
#include "base/mem.h"
#include "base/str.h"
#include "drift/begin.h"
#include "drift/decoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char schema_text[] =
    "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"a\",\"type\":[\"null\",\"long\",\"string\"]},"
    "{\"name\":\"b\",\"type\":{\"type\":\"array\",\"items\":\"double\"}},{\"name\":\"c\",\"type\":{\"type\":\"map\","
    "\"values\":[\"null\",\"float\"]}},{\"name\":\"d\",\"type\":{\"type\":\"enum\",\"name\":\"D\",\"symbols\":[\"X\","
    "\"Y\"]}},{\"name\":\"e\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}},"
    "{\"name\":\"more\",\"type\":[\"null\",\"E\"]},{\"name\":\"n\",\"type\":{\"type\":\"array\",\"items\":\"E\"}}]}";

static const struct drift_event_want wants[] = {{"a"}, {"b[0]"},   {"b[1]"}, {"c.k"},  {"d"},
                                                {"e"}, {"more.a"}, {"x"},    {"x[1]"}, {"instances[0]"}};

enum { WANTS = sizeof wants / sizeof *wants };

/* The values of each event, in two ways. */
struct look {
    struct drift_event *e;
    struct drift_decoder *json;
    struct str values;
};

static void on_event(void *arg)
{
    struct look *l = arg;
    for (size_t i = 0; i < WANTS; i++) {
        const struct drift_event_value *v = drift_event_get(l->e, i);
        char buf[NUMBER_BYTES];
        size_t len = 0;
        const char *s = drift_event_category(v, buf, &len);
        str_printf(&l->values, "%u", v->kind);
        if (s)
            str_bytes(&l->values, s, len);
        str_char(&l->values, i + 1 < WANTS ? ' ' : '\n');
    }
}

static int on_text(void *arg, const char *json, size_t len, struct error *err)
{
    struct look *l = arg;
    return drift_decoder_read(l->json, json, len, l->e, on_event, l, err);
}

static void check(enum drift_decoder_encoding encoding, const struct drift_event_plan *plan, const char *bytes,
                  size_t len)
{
    struct look read = {drift_event_new(plan), NULL, {0}};
    struct look print = {drift_event_new(plan), drift_decoder_new(DRIFT_DECODER_JSON), {0}};
    struct drift_decoder *d = drift_decoder_new(encoding);
    struct avro_schema *schema = NULL;
    struct error err = {0};
    if (encoding == DRIFT_DECODER_AVRO && avro_schema_parse(schema_text, strlen(schema_text), &schema, &err))
        abort();
    if (schema)
        drift_decoder_schema(d, DRIFT_DECODER_PLAIN, schema, NULL);
    const int code = drift_decoder_read(d, bytes, len, read.e, on_event, &read, &err);
    if (read.e->bad != (code != 0) || (code && !*err.text))
        abort();
    /* What is skipped is not judged when it is read. */
    if (drift_decoder_print(d, bytes, len, on_text, &print, NULL) == 0 && !code && read.e->good != print.e->good)
        abort();
    /* Of tensors of one name each sets what it has, of JSON's keys the last counts with all that is in it. */
    if (!code && read.e->good == 1 && print.e->good == 1 && encoding != DRIFT_DECODER_TENSORS &&
        (read.values.len != print.values.len || memcmp(read.values.s, print.values.s, read.values.len) != 0))
        abort();
    drift_decoder_free(d);
    drift_decoder_free(print.json);
    drift_event_free(read.e);
    drift_event_free(print.e);
    str_done(&read.values);
    str_done(&print.values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drift_event_plan *plan = NULL;
    struct str why = {0};
    char *bytes = mem_memdup(data, size);
    if (drift_event_plan_new(wants, WANTS, &plan, NULL))
        abort();
    for (int encoding = DRIFT_DECODER_JSON; encoding <= DRIFT_DECODER_TENSORS; encoding++)
        check((enum drift_decoder_encoding)encoding, plan, bytes, size);
    drift_begin_tell(bytes, size, &why);
    if (!why.len)
        abort();
    str_done(&why);
    drift_event_plan_free(plan);
    free(bytes);
    return 0;
}
