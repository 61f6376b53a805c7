/* Any bytes as a member's assignment. */
#include "kafka/assignment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kafka_arena arena = {0};
    struct kafka_assigned *a;
    size_t n, total = 0;
    if (kafka_assignment_parse(data, size, &arena, &a, &n) == 0)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < a[i].npartitions; j++)
                total += (size_t)a[i].partitions[j] + (size_t)a[i].topic[0];
    kafka_arena_done(&arena);
    return total == 1 ? 0 : 0;
}
