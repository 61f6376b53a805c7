/* Any bytes as table metadata: refused, or a struct whose parts hold together. */
#include "base/str.h"
#include "iceberg/file.h"
#include "iceberg/lineage.h"
#include "iceberg/summary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct iceberg_metadata *m)
{
    struct str name = {0};
    for (size_t i = 0; i < m->n_snapshots; i++) {
        struct iceberg_lineage l;
        struct iceberg_summary s;
        const struct iceberg_snapshot *found = iceberg_metadata_snapshot(m, m->snapshots[i].id);
        if (!found || found->id != m->snapshots[i].id || found > &m->snapshots[i])
            abort();
        iceberg_lineage_init(&l, m, m->snapshots[i].id);
        if (l.n == 0 || l.n > m->n_snapshots)
            abort();
        iceberg_lineage_done(&l);
        iceberg_summary_init(&s, &m->snapshots[i].summary);
        iceberg_summary_done(&s);
    }
    for (size_t i = 0; i < m->n_columns; i++) {
        if (m->columns[i].parent >= (ptrdiff_t)i)
            abort();
        iceberg_metadata_column(m, i, &name);
        str_clear(&name);
    }
    str_done(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct iceberg_metadata *m = NULL;
    struct str text = {0};
    struct error err = {0};
    const char *s = (const char *)data;
    if (iceberg_file_is_gzip(data, size) && iceberg_file_inflate(data, size, 1000000, "f", &text, &err) == 0) {
        s = str_text(&text);
        size = text.len;
    }
    int rc = iceberg_metadata_parse(s, size, "f", &m, &err);
    if ((rc == 0 || rc == ERR_PARTIAL) != (m != NULL) || (rc && !err.text[0]))
        abort();
    if (m && m->n_snapshots < 200)
        walk(m);
    iceberg_metadata_free(m);
    str_done(&text);
    return 0;
}
