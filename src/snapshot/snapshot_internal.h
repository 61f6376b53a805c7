/* What the formats share; nobody else includes it. */
#ifndef SNAPSHOT_SNAPSHOT_INTERNAL_H
#define SNAPSHOT_SNAPSHOT_INTERNAL_H

#include "base/map.h"
#include "snapshot/snapshot.h"
#include "table/format.h"

struct snapshot_writer {
    const struct snapshot_options *options;
    size_t ntables; /* of the document */
    size_t nth;     /* of the table being written */
    struct str out; /* formats append here */
    struct str cell;
    struct map families; /* OpenMetrics: names already used */

    const struct snapshot_sink *sink;
    int rc; /* of the sink, the first error */
    struct error *err;
};

/* To be called after each row: hands a full buffer on. False once the sink has failed: stop then.
 */
bool snapshot_flush(struct snapshot_writer *w);

/* The columns that a format for people shows: the i-th, or false at the end. *at starts at 0. */
bool snapshot_next_shown(const struct snapshot_table *t, size_t *at, size_t *column);

/* The document's time as RFC 3339 with seconds. */
const char *snapshot_time(const struct snapshot_writer *w, char *buf, size_t size);

/* A name byte for byte: backslash escapes for what is not safe (snapshot.h, TSV). */
void snapshot_escape(struct str *out, const struct name *n);
/* The same, its backslashes as they are unless something needs an escape. */
const char *snapshot_label(struct str *scratch, const struct name *n, size_t *len);

/* A cell of text and markdown into w->cell, with its mark if it is stale. */
void snapshot_people_cell(struct snapshot_writer *w, const struct column *c, struct value v);

extern const struct snapshot_format snapshot_text, snapshot_markdown, snapshot_json, snapshot_ndjson, snapshot_csv,
    snapshot_tsv, snapshot_html, snapshot_openmetrics;

#endif
