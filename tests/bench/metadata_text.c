/* Table metadata as the sink leaves it behind. */
#include "tests/bench/metadata_text.h"

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

void metadata_text(struct str *out, int uuid, int snapshots)
{
    str_printf(out, "{\"format-version\":2,\"table-uuid\":\"%08d-9600-44c6-98de-f2fb45a472f5\",", uuid);
    str_add(out, "\"location\":\"file:/lake/wh/db/t\",\"current-schema-id\":0,"
                 "\"schemas\":[{\"schema-id\":0,\"fields\":[]}],\"snapshots\":[");
    for (int i = 0; i < snapshots; i++)
        snapshot(out, i);
    str_printf(out, "],\"current-snapshot-id\":%lld,\"snapshot-log\":[", 5000000000000000000LL + snapshots - 1);
    for (int i = 0; i < snapshots; i++)
        str_printf(out, "%s{\"timestamp-ms\":%lld,\"snapshot-id\":%lld}", i ? "," : "", 1795239780495LL + i * 300000LL,
                   5000000000000000000LL + i);
    str_add(out, "]}");
}
