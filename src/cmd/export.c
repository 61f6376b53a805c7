/* Rows of the console as documents, and documents as files. */
#include "cmd/export.h"

#include "base/mem.h"
#include "cmd/output.h"
#include "snapshot/snapshot.h"
#include "table/format.h"

#include <string.h>
#include <sys/stat.h>

static int write_rows(const struct app_rows *rows, const char *format, const struct snapshot_sink *sink,
                      struct error *err)
{
    const struct snapshot_format *f;
    int rc = snapshot_format_find(format, &f, err);
    if (rc)
        return rc;
    struct snapshot_table t = {.table = rows->table, .named = true, .ncolumns = rows->ncolumns};
    const struct snapshot_options options = {
        .now_ms = rows->format->now_ms,
        .utc = rows->format->utc,
        .exact = rows->format->exact,
        .si = rows->format->si,
        .ascii = rows->format->ascii,
    };
    t.columns = mem_calloc(rows->ncolumns + 1, sizeof *t.columns);
    t.rows = mem_calloc(rows->nrows + 1, sizeof *t.rows);
    memcpy(t.columns, rows->columns, rows->ncolumns * sizeof *t.columns);
    memcpy(t.rows, rows->rows, rows->nrows * sizeof *t.rows);
    t.nrows = t.matched = rows->nrows;
    rc = snapshot_write(f, &options, &t, 1, sink, err);
    snapshot_table_done(&t);
    return rc;
}

int cmd_export_render(const struct app_rows *rows, const char *format, struct str *out, struct error *err)
{
    const struct snapshot_sink sink = snapshot_sink_str(out);
    return write_rows(rows, format, &sink, err);
}

static int write_bytes(void *arg, const char *bytes, size_t len, struct error *err)
{
    return cmd_output_write(arg, bytes, len, err);
}

/* A pipe or a device could hold the console up for ever. */
static int check_target(const struct app_file *file, struct error *err)
{
    struct stat st;
    if (lstat(file->path, &st))
        return 0;
    if (!file->replace)
        return error_set(err, ERR_INVALID, "%s is there already; write! replaces it", file->path);
    if (stat(file->path, &st) == 0 && !S_ISREG(st.st_mode))
        return error_set(err, ERR_INVALID, "%s is no file", file->path);
    return 0;
}

int cmd_export_save(const struct app_file *file, struct error *err)
{
    struct cmd_output out = {.fd = -1};
    const struct snapshot_sink sink = {write_bytes, &out};
    int rc = check_target(file, err);
    if (!rc)
        rc = cmd_output_open(&out, file->path, err);
    if (!rc && file->rows)
        rc = write_rows(file->rows, file->format, &sink, err);
    else if (!rc)
        rc = cmd_output_write(&out, file->text, file->len, err);
    if (!rc)
        rc = file->replace ? cmd_output_commit(&out, err) : cmd_output_commit_new(&out, err);
    cmd_output_done(&out);
    return rc;
}
