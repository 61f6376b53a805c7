/* Any bytes as a schema, compiled with the wants that control events and manifests are read with, and with none. */
#include "avro/mutf8.h"
#include "avro/plan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct avro_plan_want wants[] = {
        {AVRO_PLAN_TOP, 1, "a|n", AVRO_PLAN_SCALAR},
        {AVRO_PLAN_TOP, 2, "b|r", AVRO_PLAN_RECORD},
        {1, 3, "c", AVRO_PLAN_LIST},
        {2, 4, "key", AVRO_PLAN_LONG},
        {2, 5, "value", AVRO_PLAN_BYTES},
        {AVRO_PLAN_TOP, 6, "l", AVRO_PLAN_LIST},
        {5, 7, "x", AVRO_PLAN_DOUBLE},
    };
    struct avro_schema *schema = NULL;
    struct avro_plan *plan = NULL;
    struct error err;
    struct str utf8 = {0};
    avro_mutf8_decode(&utf8, data, size);
    if (avro_schema_parse(str_text(&utf8), utf8.len, &schema, &err) == 0) {
        if (avro_plan_new(schema, wants, sizeof wants / sizeof *wants, &plan, &err) == 0)
            avro_plan_free(plan);
        if (avro_plan_new(schema, NULL, 0, &plan, &err) == 0)
            avro_plan_free(plan);
        avro_schema_free(schema);
    }
    str_done(&utf8);
    return 0;
}
