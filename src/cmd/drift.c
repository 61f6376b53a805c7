/* icetop drift: events of a file against a reference, and the reference that a file makes. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "cmd/begin.h"
#include "cmd/cmd.h"
#include "cmd/document.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/packed.h"
#include "conf/file.h"
#include "drift/event_json.h"
#include "drift/rows.h"
#include "drift/tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WELL, MARKED, DRIFTED, UNKNOWN };
enum { MOST_ROWS = 1000000000 }; /* of a window */

struct drift {
    const struct cmd_options *options;
    const char *path, *name; /* of the events; name: what the dataset is called */
    bool save;
    const struct snapshot_format *format;
    VEC(const char *) tables;
    int64_t limit;
    struct drift_reference *reference;
    struct drift_dataset *dataset;
    struct str line;
    int64_t lines;
    struct store *store;
};

/* Of the events' file; the text may quote what is in it. */
static void tell(const struct drift *d, const char *text)
{
    struct str s = {0};
    const char *name = cmd_packed_name(d->path);
    text_safe(&s, name, strlen(name));
    str_add(&s, ": ");
    text_safe(&s, text, strlen(text));
    fprintf(stderr, "icetop: %s\n", str_text(&s));
    str_done(&s);
}

/* ---- events ---- */

static void end_line(struct drift *d)
{
    const char *text = str_text(&d->line);
    if (text[strspn(text, " \t\r")] || memchr(text, '\0', d->line.len))
        drift_dataset_feed(d->dataset, 0, d->lines, -1, text, d->line.len);
    d->lines++;
    str_clear(&d->line);
}

/* Of a line that is longer than an event may be, one byte too much is kept: by that it is refused. */
static void on_piece(void *arg, const char *bytes, size_t len)
{
    struct drift *d = arg;
    while (len) {
        const char *end = memchr(bytes, '\n', len);
        size_t n = end ? (size_t)(end - bytes) : len, room = DRIFT_EVENT_JSON_BYTES + 1 - d->line.len;
        if (n && room)
            str_bytes(&d->line, bytes, n < room ? n : room);
        if (end)
            end_line(d);
        n += end != NULL;
        bytes += n;
        len -= n;
    }
}

static int read_events(struct drift *d, struct error *err)
{
    const struct drift_dataset_settings settings = {
        .name = d->name,
        .window = {.by = DRIFT_WINDOW_COUNT, .size = MOST_ROWS, .slide = MOST_ROWS},
        .from = d->reference ? DRIFT_REFERENCE_FILE : DRIFT_REFERENCE_FIRST,
        .reference = d->reference,
    };
    d->dataset = drift_dataset_new(&settings, err);
    if (!d->dataset)
        return err->code;
    int rc = cmd_packed_read(d->path, on_piece, d, err);
    if (rc)
        return rc;
    if (d->line.len)
        end_line(d);
    drift_dataset_close(d->dataset, true);
    return d->lines <= MOST_ROWS ? 0 : error_set(err, ERR_LIMIT, "more than %d lines", MOST_ROWS);
}

/* What could not be read, and what was left out. True: all lines were good. */
static bool tell_counts(const struct drift *d)
{
    struct drift_dataset_counts counts;
    struct str s = {0};
    drift_dataset_counts(d->dataset, &counts);
    if (counts.bad) {
        str_printf(&s, "%llu of %llu lines could not be read: %s", (unsigned long long)counts.bad,
                   (unsigned long long)counts.events, drift_dataset_why(d->dataset));
        tell(d, str_text(&s));
    } else if (!counts.events) {
        tell(d, "there are no events");
    }
    if (*drift_dataset_note(d->dataset))
        tell(d, drift_dataset_note(d->dataset));
    str_done(&s);
    return !counts.bad;
}

/* ---- what they say ---- */

/* The window is all there was. */
static void fill_about(const struct drift *d, const struct drift_rows *rows)
{
    struct drift_rows_progress progress = {.rate = NAN, .lag = -1, .note = drift_dataset_note(d->dataset)};
    drift_dataset_counts(d->dataset, &progress.counts);
    const int64_t size = (int64_t)progress.counts.events;
    const struct drift_rows_about about = {
        .topic = cmd_packed_name(d->path),
        .window = {.by = DRIFT_WINDOW_COUNT, .size = size, .slide = size},
        .from = d->reference ? DRIFT_REFERENCE_FILE : DRIFT_REFERENCE_FIRST,
        .reference_file = cmd_options_value(d->options, OPTIONS_REFERENCE),
        .sample = 1,
    };
    drift_rows_about(rows, &about);
    drift_rows_progress(rows, &progress);
}

static int status_of(const struct drift_dataset_result *r)
{
    if (!r->rows || r->mark == DRIFT_MARK_NO_REFERENCE || r->mark == DRIFT_MARK_LOW_N)
        return UNKNOWN;
    return r->mark == DRIFT_MARK_OK ? WELL : r->mark == DRIFT_MARK_DRIFT ? DRIFTED : MARKED;
}

static int write_tables(const struct drift *d)
{
    const struct cmd_document document = {
        .options = d->options,
        .format = d->format,
        .tables = d->tables.items,
        .ntables = d->tables.n,
        .limit = (size_t)d->limit,
    };
    struct error err = {0};
    int rc = cmd_document_write(&document, d->store, clock_wall_ms(&clock_system), &err);
    if (rc == ERR_CLOSED)
        cmd_output_closed();
    if (rc)
        fprintf(stderr, "icetop: %s\n", err.text);
    return rc;
}

static int judge(struct drift *d)
{
    struct drift_dataset_result result;
    const bool good = tell_counts(d);
    if (!drift_dataset_take(d->dataset, &result))
        return UNKNOWN;
    d->store = store_new(&clock_system);
    for (size_t i = 0; drift_tables[i]; i++)
        store_add(d->store, drift_tables[i], NULL, NULL, NULL);
    const struct drift_rows rows = {d->store, store_owner(d->store, d->name), d->name};
    fill_about(d, &rows);
    drift_rows_result(&rows, &result);
    store_commit(d->store);
    if (write_tables(d))
        return UNKNOWN;
    const int status = status_of(&result);
    return status == WELL && !good ? MARKED : status;
}

/* ---- a reference ---- */

static int save(struct drift *d)
{
    struct error err = {0};
    struct cmd_output out = {.fd = -1};
    struct str text = {0};
    tell_counts(d);
    struct drift_reference *r = drift_dataset_reference(d->dataset, false);
    if (!r)
        return UNKNOWN;
    drift_reference_write(r, &text);
    drift_reference_unref(r);
    int rc = cmd_output_open(&out, cmd_options_value(d->options, OPTIONS_OUTPUT), &err);
    if (!rc)
        rc = cmd_output_write(&out, str_text(&text), text.len, &err);
    if (!rc)
        rc = cmd_output_commit(&out, &err);
    cmd_output_done(&out);
    str_done(&text);
    if (rc == ERR_CLOSED)
        cmd_output_closed();
    if (rc)
        fprintf(stderr, "icetop: %s\n", err.text);
    return rc ? UNKNOWN : WELL;
}

static int read_reference(struct drift *d, struct error *err)
{
    const char *path = cmd_options_value(d->options, OPTIONS_REFERENCE);
    struct conf_file file = {0};
    if (!path)
        return 0;
    int rc = conf_file_read(path, DRIFT_REFERENCE_BYTES, &file, err);
    if (!rc && (rc = drift_reference_read(file.bytes, file.len, &d->reference, err)) != 0)
        error_prefix(err, "%s", path);
    conf_file_done(&file);
    return rc;
}

/* ---- the command line ---- */

static int add_table(struct drift *d, const char *name, struct error *err)
{
    struct str known = {0};
    bool found = false;
    for (size_t i = 0; drift_tables[i]; i++) {
        found |= strcmp(drift_tables[i]->name, name) == 0;
        str_printf(&known, "%s%s", i ? ", " : "", drift_tables[i]->name);
    }
    for (size_t i = 0; found && i < d->tables.n; i++)
        if (strcmp(d->tables.items[i], name) == 0)
            goto out;
    if (found)
        vec_push(&d->tables, name);
    else
        error_set(err, ERR_INVALID, "events say nothing of a table \"%.100s\"; they do of %s", name, str_text(&known));
out:
    str_done(&known);
    return found ? 0 : ERR_INVALID;
}

/* A reference is written whole, as it is. */
static int read_save(struct drift *d, const char *const *operands, struct error *err)
{
    static const enum cmd_options_id alone[] = {OPTIONS_REFERENCE, OPTIONS_FORMAT, OPTIONS_COLUMNS, OPTIONS_WHERE,
                                                OPTIONS_FILTER,    OPTIONS_SORT,   OPTIONS_LIMIT,   OPTIONS_UTC};
    d->save = true;
    if (!operands[1] || strcmp(operands[1], "save") != 0 || operands[2])
        return error_set(err, ERR_INVALID, "icetop drift reference save --file FILE [-o FILE]");
    for (const struct cmd_options_def *o = cmd_options_table; o->name; o++)
        for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
            if (o->id == alone[i] && cmd_options_given(d->options, o->id))
                return error_set(err, ERR_INVALID, "option --%s means nothing to icetop drift reference save", o->name);
    return 0;
}

static int read_options(struct drift *d, struct error *err)
{
    const char *const *operands = cmd_options_operands(d->options), *slash;
    int rc = cmd_document_format(d->options, &d->format, err);
    if (!rc)
        rc = cmd_options_count(d->options, OPTIONS_LIMIT, 0, &d->limit, err);
    if (!rc && operands[0] && strcmp(operands[0], "reference") == 0)
        rc = read_save(d, operands, err);
    else
        for (size_t i = 0; !rc && operands[i]; i++)
            rc = add_table(d, operands[i], err);
    if (rc)
        return rc;
    if (!d->tables.n)
        vec_push(&d->tables, drift_table_features.name);
    d->path = cmd_options_value(d->options, OPTIONS_FILE);
    if (!d->path)
        return error_set(err, ERR_INVALID, "which events? --file FILE, or --file - for standard input");
    d->name = cmd_packed_name(d->path);
    slash = strrchr(d->name, '/');
    d->name = slash && slash[1] ? slash + 1 : d->name;
    return 0;
}

int cmd_drift_run(const struct cmd_options *o)
{
    struct drift d = {.options = o};
    struct error err = {0};
    int status = UNKNOWN;
    if (!cmd_begin_condition(o))
        return UNKNOWN;
    if (read_options(&d, &err) || read_reference(&d, &err))
        fprintf(stderr, "icetop: %s\n", err.text);
    else if (read_events(&d, &err))
        tell(&d, err.text);
    else
        status = d.save ? save(&d) : judge(&d);
    drift_dataset_free(d.dataset);
    drift_reference_unref(d.reference);
    store_free(d.store);
    str_done(&d.line);
    vec_done(&d.tables);
    return status;
}
