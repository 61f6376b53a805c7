/* icetop drift: events of a file against a reference, and the reference that a file makes. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "cmd/begin.h"
#include "cmd/cmd.h"
#include "cmd/document.h"
#include "cmd/events.h"
#include "cmd/live.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/packed.h"
#include "cmd/references.h"
#include "conf/dataset.h"
#include "drift/rows.h"
#include "drift/rows_cells.h"
#include "drift/tables.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WELL, MARKED, DRIFTED, UNKNOWN, STATUSES };

struct drift {
    const struct cmd_options *options;
    const char *path; /* of the events */
    bool save;
    const struct snapshot_format *format;
    VEC(const char *) tables;
    int64_t limit;
    struct conf_dataset conf;
    struct cmd_events events;
    struct store *store, *scratch; /* the worst window's rows, and those of the one at hand */
    size_t windows[STATUSES];      /* how many of each */
    int status;                    /* of the worst window; UNKNOWN: nothing could be said of any */
    size_t drifted;                /* its features */
    int64_t from_ms, to_ms;        /* of it */
};

/* ---- what they say ---- */

static struct store *make_store(void)
{
    struct store *s = store_new(&clock_system);
    for (size_t i = 0; drift_tables[i]; i++)
        store_add(s, drift_tables[i], NULL, NULL, NULL);
    return s;
}

static struct drift_rows rows_of(const struct drift *d, struct store *store)
{
    return (struct drift_rows){store, store_owner(store, d->conf.name), d->conf.name};
}

static bool is_whole(const struct drift *d)
{
    return d->conf.window_rows == CMD_EVENTS_LINES;
}

static void fill_about(const struct drift *d)
{
    const struct drift_setup *u = d->events.setup;
    const struct drift_rows rows = rows_of(d, d->store);
    struct drift_rows_progress progress = {.rate = NAN, .lag = -1, .note = str_text(&u->note)};
    struct drift_rows_about about = {
        .topic = cmd_packed_name(d->path),
        .window = drift_setup_window(&d->conf),
        .from = drift_setup_from(&d->conf),
        .reference_file = d->conf.reference_file,
        .trailing_ms = d->conf.trailing_ms,
        .sample = drift_setup_sample(&d->conf),
    };
    drift_dataset_counts(u->dataset, &progress.counts);
    progress.counts.bad += u->unread;
    if (is_whole(d))
        about.window.size = about.window.slide = (int64_t)(progress.counts.events + u->unread);
    drift_rows_about(&rows, &about);
    drift_rows_progress(&rows, &progress);
}

/* What the dataset's row says: of features and of cohorts. */
static int status_of(const struct drift_rows *rows)
{
    struct table *t = store_find(rows->store, drift_table_datasets.name);
    const char *word = row_get(drift_rows_cells_row(rows, t, NULL, 0), DATASETS_STATE).s->raw;
    enum drift_mark mark = DRIFT_MARK_OK;
    while (mark < DRIFT_MARK_DRIFT && strcmp(word, drift_mark_names[mark].word) != 0)
        mark++;
    if (mark == DRIFT_MARK_NO_REFERENCE || mark == DRIFT_MARK_LOW_N)
        return UNKNOWN;
    return mark == DRIFT_MARK_OK ? WELL : mark == DRIFT_MARK_DRIFT ? DRIFTED : MARKED;
}

/* Unknown is the least: windows that say something count. */
static int gravity(int status)
{
    return status == UNKNOWN ? -1 : status;
}

/* Rows of the worst window that was closed so far are kept, and of such the latest. */
static void take_windows(void *arg)
{
    struct drift *d = arg;
    struct drift_dataset_result result;
    while (d->events.setup->dataset && drift_dataset_take(d->events.setup->dataset, &result)) {
        if (!result.rows)
            continue;
        const struct drift_rows rows = rows_of(d, d->scratch);
        drift_rows_result(&rows, &result);
        const int status = status_of(&rows), more = gravity(status) - gravity(d->status);
        d->windows[status]++;
        if (more < 0 || (more == 0 && result.drifted < d->drifted))
            continue;
        struct store *worse = d->scratch;
        d->scratch = d->store;
        d->store = worse;
        d->status = status;
        d->drifted = result.drifted;
        d->from_ms = result.from_ms;
        d->to_ms = result.to_ms;
    }
}

/* Of more windows than one: how many are how, and which one is written. */
static void tell_windows(const struct drift *d)
{
    static const char *const words[STATUSES] = {"well", "marked", "drifted", "that could not be judged"};
    static const int order[STATUSES] = {DRIFTED, MARKED, WELL, UNKNOWN};
    char from[40], to[40];
    const bool utc = cmd_options_given(d->options, OPTIONS_UTC);
    struct str s = {0};
    size_t n = 0;
    for (size_t i = 0; i < STATUSES; i++)
        n += d->windows[i];
    if (n < 2)
        return;
    clock_format(d->from_ms, utc, "%Y-%m-%d %H:%M:%S", from, sizeof from);
    clock_format(d->to_ms, utc, "%Y-%m-%d %H:%M:%S", to, sizeof to);
    str_printf(&s, "%zu windows", n);
    for (size_t i = 0; i < STATUSES; i++)
        if (d->windows[order[i]])
            str_printf(&s, ", %zu %s", d->windows[order[i]], words[order[i]]);
    str_printf(&s, "; %s %s to %s", d->status == WELL ? "the last is" : "the worst is", from, to);
    cmd_events_say(d->path, str_text(&s));
    str_done(&s);
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
        cmd_events_say(NULL, err.text);
    return rc;
}

/* Into d->conf.reference_file, what it says into *ret; NULL where there is none. */
static int read_reference(struct drift *d, struct drift_reference **ret, struct error *err)
{
    const char *path = cmd_options_value(d->options, OPTIONS_REFERENCE);
    if (path)
        mem_replace(&d->conf.reference_file, path);
    if (!d->conf.reference_file)
        return 0;
    return cmd_references_read(d->conf.reference_file, &d->conf, ret, err);
}

static int judge(struct drift *d)
{
    struct error err = {0};
    struct drift_reference *reference = NULL;
    if (read_reference(d, &reference, &err)) {
        cmd_events_say(NULL, err.text);
        return UNKNOWN;
    }
    d->store = make_store();
    d->scratch = make_store();
    d->events = (struct cmd_events){.setup = drift_setup_new(&d->conf),
                                    .path = d->path,
                                    .now_ms = clock_wall_ms(&clock_system),
                                    .fed = take_windows,
                                    .arg = d};
    d->events.setup->reference = reference;
    if (cmd_events_read(&d->events, &err)) {
        cmd_events_say(d->path, err.text);
        return UNKNOWN;
    }
    const bool good = cmd_events_tell(&d->events);
    if (!d->windows[WELL] && !d->windows[MARKED] && !d->windows[DRIFTED] && !d->windows[UNKNOWN])
        return UNKNOWN;
    fill_about(d);
    tell_windows(d);
    store_commit(d->store);
    if (write_tables(d))
        return UNKNOWN;
    return d->status == WELL && !good ? MARKED : d->status;
}

/* ---- a reference ---- */

static int save(struct drift *d)
{
    const bool force = cmd_options_given(d->options, OPTIONS_FORCE);
    const char *path = cmd_options_value(d->options, OPTIONS_OUTPUT);
    struct error err = {0};
    struct drift_reference *r = NULL;
    bool good;
    int rc;
    if (d->path)
        rc = cmd_references_make(d->path, &d->conf, &r, &good, &err);
    else
        rc = cmd_live_reference(d->options, &d->conf, force, &r, &err);
    if (!rc)
        rc = cmd_references_write(r, path, force ? 0 : d->conf.min_rows, &err);
    drift_reference_unref(r);
    if (rc == ERR_CLOSED)
        cmd_output_closed();
    if (rc)
        cmd_events_say(NULL, err.text);
    return rc ? UNKNOWN : WELL;
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
                                                OPTIONS_FILTER,    OPTIONS_SORT,   OPTIONS_LIMIT,   OPTIONS_UTC,
                                                OPTIONS_TIME,      OPTIONS_WINDOW, OPTIONS_WHOLE};
    d->save = true;
    if (!operands[1] || strcmp(operands[1], "save") != 0 || operands[2])
        return error_set(err, ERR_INVALID, "icetop drift reference save (--file FILE | --dataset NAME) [-o FILE]");
    for (const struct cmd_options_def *o = cmd_options_table; o->name; o++)
        for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
            if (o->id == alone[i] && cmd_options_given(d->options, o->id))
                return error_set(err, ERR_INVALID, "option --%s means nothing to icetop drift reference save", o->name);
    return 0;
}

/* The dataset that the configuration has, or one by default, with what the command line says over it. */
static int read_dataset(struct drift *d, struct error *err)
{
    static const struct {
        enum cmd_options_id id;
        const char *option, *flag;
        bool many;
    } words[] = {{OPTIONS_PREDICTION, "prediction", "--prediction", false},
                 {OPTIONS_LABEL, "label", "--label", false},
                 {OPTIONS_COHORT, "cohorts", "--cohort", true},
                 {OPTIONS_TIME, "time", "--time", false},
                 {OPTIONS_METHOD, "method", "--method", false},
                 {OPTIONS_WINDOW, "window", "--window", false},
                 {OPTIONS_THRESHOLD, "threshold", "--threshold", false}};
    const struct cmd_options *o = d->options;
    struct conf_argument arguments[sizeof words / sizeof *words];
    size_t n = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (cmd_options_given(o, words[i].id))
            arguments[n++] = (struct conf_argument){
                .option = words[i].option,
                .flag = words[i].flag,
                .text = words[i].many ? NULL : cmd_options_value(o, words[i].id),
                .texts = words[i].many ? (const char *const *)cmd_options_values(o, words[i].id) : NULL};
    const char *name = d->path ? cmd_packed_name(d->path) : "", *slash = strrchr(name, '/');
    const struct conf_dataset_alone alone = {
        .name = cmd_options_value(o, OPTIONS_DATASET),
        .config = cmd_options_value(o, OPTIONS_CONFIG_FILE),
        .called = slash && slash[1] ? slash + 1 : name,
        .flag = "--feature",
        .features = (const char *const *)cmd_options_values(o, OPTIONS_FEATURE),
        .arguments = arguments,
        .narguments = n,
    };
    int rc = conf_dataset_read(&alone, &d->conf, err);
    if (rc == 0 && d->conf.report)
        rc = error_set(err, ERR_INVALID, "dataset %s is the report of another tool", d->conf.name);
    if (rc == 0)
        mem_replace(&d->conf.format, "json"); /* whatever the topic's records are */
    if (rc == 0 && cmd_options_given(o, OPTIONS_WINDOW))
        d->conf.window_rows = d->conf.slide_rows = 0;
    else if (rc == 0 && (cmd_options_given(o, OPTIONS_WHOLE) || !alone.name))
        d->conf.window_rows = CMD_EVENTS_LINES, d->conf.slide_rows = 0;
    return rc;
}

/* Options that do not go together, or that there is no use for. */
static int check_options(const struct drift *d, struct error *err)
{
    const struct cmd_options *o = d->options;
    const char *reference = cmd_options_value(o, OPTIONS_REFERENCE);
    const bool live = d->save && !d->path && cmd_options_given(o, OPTIONS_DATASET);
    if (!d->path && !live)
        return error_set(err, ERR_INVALID, "which events? --file FILE, or --file - for standard input%s",
                         d->save ? ", or of the topic of --dataset NAME" : "");
    if (!live && cmd_options_given(o, OPTIONS_DEADLINE))
        return error_set(err, ERR_INVALID, "option --deadline is of icetop drift reference save --dataset NAME");
    if (d->save && !live && cmd_options_given(o, OPTIONS_WINDOW))
        return error_set(err, ERR_INVALID, "a reference is made of all events of a file; --window is of a topic");
    if (reference && strcmp(reference, "-") == 0 && strcmp(d->path, "-") == 0)
        return error_set(err, ERR_INVALID, "--file and --reference are both standard input");
    if (cmd_options_given(o, OPTIONS_WINDOW) && cmd_options_given(o, OPTIONS_WHOLE))
        return error_set(err, ERR_INVALID, "--whole and --window contradict each other");
    if (cmd_options_given(o, OPTIONS_CONFIG_FILE) && !cmd_options_given(o, OPTIONS_DATASET))
        return error_set(err, ERR_INVALID, "of the file that --config names --dataset is to say which dataset");
    if (cmd_options_given(o, OPTIONS_FORCE) && !d->save)
        return error_set(err, ERR_INVALID, "option --force is of icetop drift reference save");
    return 0;
}

static int read_options(struct drift *d, struct error *err)
{
    const char *const *operands = cmd_options_operands(d->options);
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
    rc = check_options(d, err);
    return rc ? rc : read_dataset(d, err);
}

int cmd_drift_run(const struct cmd_options *o)
{
    struct drift d = {.options = o, .status = UNKNOWN};
    struct error err = {0};
    int status = UNKNOWN;
    if (!cmd_begin_condition(o))
        return UNKNOWN;
    if (read_options(&d, &err))
        cmd_events_say(NULL, err.text);
    else
        status = d.save ? save(&d) : judge(&d);
    drift_setup_free(d.events.setup);
    cmd_events_done(&d.events);
    store_free(d.store);
    store_free(d.scratch);
    if (d.conf.name)
        conf_kind_done(&conf_dataset_kind, &d.conf);
    vec_done(&d.tables);
    return status;
}
