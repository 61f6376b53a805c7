/* Any bytes as a record of __consumer_offsets: a byte of length, a key of so many, the value. */
#include "kafka/offset_record.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t key = data[0] < size - 1 ? data[0] : size - 1, total = 0;
    struct kafka_arena arena = {0};
    struct kafka_offset_record r;
    if (kafka_offset_record_parse(data + 1, key, data + 1 + key, size - 1 - key, &arena, &r) == 0) {
        total = r.group ? (size_t)kafka_offset_record_partition(r.group, 50) : 0;
        if (r.kind == KAFKA_OFFSET_RECORD_COMMIT && r.value_known)
            total += strlen(r.topic) + (r.commit.metadata ? strlen(r.commit.metadata) : 0);
        for (size_t i = 0; r.kind == KAFKA_OFFSET_RECORD_GROUP && r.value_known && i < r.classic.nmembers; i++)
            total += strlen(r.classic.members[i].id) + r.classic.members[i].nassigned;
    }
    kafka_arena_done(&arena);
    return total == SIZE_MAX ? 1 : 0;
}
