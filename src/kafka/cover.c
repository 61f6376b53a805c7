/* Copies of a cover, and a group's place in it. */
#include "kafka/cover.h"
#include "base/mem.h"
#include "kafka/offset_record.h"

#include <stdlib.h>
#include <string.h>

struct kafka_cover kafka_cover_copy(const struct kafka_cover *c)
{
    struct kafka_cover copy = {.npartitions = c->npartitions};
    if (copy.npartitions) {
        copy.since_us = mem_calloc((size_t)copy.npartitions, sizeof *copy.since_us);
        memcpy(copy.since_us, c->since_us, (size_t)copy.npartitions * sizeof *copy.since_us);
    }
    return copy;
}

void kafka_cover_done(struct kafka_cover *c)
{
    free(c->since_us);
    *c = (struct kafka_cover){0};
}

int64_t kafka_cover_since(const struct kafka_cover *c, const char *group)
{
    return c->npartitions ? c->since_us[kafka_offset_record_partition(group, c->npartitions)] : 0;
}
