/* Ten thousand snapshots of the sink, 10 MB of table metadata: how long it takes to read them, and what they take. */
#include "base/clock.h"
#include "base/str.h"
#include "iceberg/lineage.h"
#include "iceberg/summary.h"
#include "tests/bench/metadata_text.h"

#include <stdio.h>
#include <stdlib.h>

enum { SNAPSHOTS = 10000, TRIES = 5, LIMIT_US = 400000 };

/* What a reader does with it besides: the ancestry, and every summary. */
static size_t use(const struct iceberg_metadata *m)
{
    struct iceberg_lineage l;
    size_t commits = 0;
    iceberg_lineage_init(&l, m, m->current_snapshot_id);
    for (size_t i = 0; i < l.n; i++) {
        struct iceberg_summary s;
        iceberg_summary_init(&s, &m->snapshots[l.items[i]].summary);
        commits += s.commit_id && s.n_offsets == 1 && s.malformed == 0;
        iceberg_summary_done(&s);
    }
    iceberg_lineage_done(&l);
    return commits;
}

int main(void)
{
    struct str text = {0};
    int64_t parse_us = INT64_MAX, use_us = INT64_MAX;
    size_t bytes = 0, commits = 0;
    metadata_text(&text, 0, SNAPSHOTS);
    for (int i = 0; i < TRIES; i++) {
        struct iceberg_metadata *m = NULL;
        struct error err = {0};
        int64_t start = clock_mono_us(&clock_system);
        if (iceberg_metadata_parse(text.s, text.len, "bench", &m, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        int64_t parsed = clock_mono_us(&clock_system);
        commits = use(m);
        int64_t used = clock_mono_us(&clock_system);
        parse_us = parsed - start < parse_us ? parsed - start : parse_us;
        use_us = used - parsed < use_us ? used - parsed : use_us;
        bytes = m->pool.bytes;
        iceberg_metadata_free(m);
    }
    printf(
        "table metadata of %.1f MB, %d snapshots: %.0f ms (limit %d), ancestry and summaries %.0f ms, kept %.1f MB\n",
        (double)text.len / 1e6, SNAPSHOTS, (double)parse_us / 1e3, LIMIT_US / 1000, (double)use_us / 1e3,
        (double)bytes / 1e6);
    str_done(&text);
    return parse_us < LIMIT_US && commits == SNAPSHOTS ? 0 : 1;
}
