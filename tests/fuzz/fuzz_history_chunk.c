/* Chunks and journals of a damaged database: decoded, or refused; what is decoded packs to the same. */
#include "base/vec.h"
#include "history/chunk.h"
#include "history/journal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_chunk(const uint8_t *data, size_t size)
{
    struct history_samples in = {0}, out = {0};
    struct history_chunk_head head;
    struct str bytes = {0};
    if (history_chunk_decode(data, size, &head, &in) == 0) {
        history_chunk_encode(&bytes, in.items, in.n, head.texts, head.resolution_ms);
        if (in.n != head.n || history_chunk_decode(bytes.s, bytes.len, NULL, &out) || out.n != in.n)
            abort();
        for (size_t i = 0; i < in.n; i++)
            if (!history_sample_same(&in.items[i], &out.items[i]) || in.items[i].time_ms != out.items[i].time_ms)
                abort();
    }
    vec_done(&in);
    vec_done(&out);
    str_done(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct history_filter all = {.low = 0, .high = INT64_MAX, .slot = -1, .of = 1};
    struct history_entries entries = {0};
    check_chunk(data, size);
    if (history_journal_decode(data, size, &all, &entries) == 0)
        history_journal_sort(&entries);
    vec_done(&entries);
    return 0;
}
