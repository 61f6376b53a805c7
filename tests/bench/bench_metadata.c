/* Ten thousand snapshots of the sink, 10 MB of table metadata: how long it takes to read them, and what they take. */
#include "base/clock.h"
#include "base/str.h"
#include "iceberg/lineage.h"
#include "iceberg/summary.h"

#include <stdio.h>
#include <stdlib.h>

enum { SNAPSHOTS = 10000, TRIES = 5, LIMIT_US = 400000 };

/* What a snapshot of the sink looks like, each with numbers of its own. */
static void snapshot(struct str *out, int i)
{
    static const char *const counters[] = {"added-data-files", "added-records",    "added-files-size",
                                           "total-records",    "total-files-size", "total-data-files"};
    str_printf(out, "%s{\"sequence-number\":%d,\"snapshot-id\":%lld,", i ? "," : "", i + 1, 5000000000000000000LL + i);
    if (i)
        str_printf(out, "\"parent-snapshot-id\":%lld,", 5000000000000000000LL + i - 1);
    str_printf(out, "\"timestamp-ms\":%lld,\"summary\":{\"operation\":\"append\",", 1795239780495LL + i * 300000LL);
    str_printf(out, "\"kafka.connect.valid-through-ts\":\"2026-11-21T05:%02d:%02d.965Z\",", i / 60 % 60, i % 60);
    str_printf(
        out,
        "\"kafka.connect.task-id\":\"orders-sink-0\",\"kafka.connect.commit-id\":\"%08d-13fe-446c-ad57-905813c8615c\",",
        i);
    str_printf(out, "\"kafka.connect.offsets.control-iceberg.connect-orders-sink\":\"{\\\"0\\\":%d}\",", i * 12);
    for (int k = 0; k < 6; k++)
        str_printf(out, "\"%s\":\"%d\",", counters[k], i * (k + 1) + 371);
    str_add(out, "\"changed-partition-count\":\"1\",\"total-delete-files\":\"0\",\"total-position-deletes\":\"0\","
                 "\"total-equality-deletes\":\"0\",\"manifests-created\":\"1\",\"manifests-kept\":\"99\","
                 "\"iceberg-version\":\"Apache Iceberg 1.11.0 (commit 6976e020b894f6a6777704df2b8c4458cb291ae9)\"},");
    str_printf(
        out,
        "\"manifest-list\":\"s3://lake/wh/db/orders/metadata/snap-%lld-1-%08d-5c17-49c6-842e-1d852bebba8b.avro\","
        "\"schema-id\":0}",
        5000000000000000000LL + i, i);
}

static void document(struct str *out)
{
    str_add(out,
            "{\"format-version\":2,\"table-uuid\":\"5b41a2cd-9600-44c6-98de-f2fb45a472f5\",\"current-schema-id\":0,"
            "\"schemas\":[{\"schema-id\":0,\"fields\":[]}],\"snapshots\":[");
    for (int i = 0; i < SNAPSHOTS; i++)
        snapshot(out, i);
    str_printf(out, "],\"current-snapshot-id\":%lld,\"snapshot-log\":[", 5000000000000000000LL + SNAPSHOTS - 1);
    for (int i = 0; i < SNAPSHOTS; i++)
        str_printf(out, "%s{\"timestamp-ms\":%lld,\"snapshot-id\":%lld}", i ? "," : "", 1795239780495LL + i * 300000LL,
                   5000000000000000000LL + i);
    str_add(out, "]}");
}

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
    document(&text);
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
