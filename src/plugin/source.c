/* Rounds of a plugin: a run each, or an answer of one that stays. */
#include "plugin/source.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/lists.h"
#include "plugin/format.h"
#include "plugin/intake.h"
#include "plugin/start.h"
#include "plugin/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* What the host of a shared object writes is bounded by its rows, and only what has changed: its first picture may be large. */
enum { OBJECT_OUTPUT = 64 * 1024 * 1024 };

enum { COMPLAINTS = 20 }; /* lines of standard error that are logged of one round */

struct plugin_source {
    struct store *store;
    char *name, *instance;
    const struct plugin_format *format; /* NULL: json */
    char **key;                         /* of csv; or NULL */
    struct plugin_start start;
    struct plugin_run *run;
    struct plugin_intake *in;
    struct source *src; /* while a round goes on, and after the first */
    bool in_round;
    int interval_ms;
    size_t max_output, output; /* bytes since the run, or the change set, began */
    size_t line_number;
    struct str line;  /* not yet ended */
    bool broken;      /* what comes is not looked at any more: it is being ended */
    struct error why; /* why that is */
    struct plugin_intake_done done;
    unsigned complaints;
    int64_t starts;
};

/* ---- its row in `plugins` ---- */

static struct row *own_row(struct plugin_source *s, struct table **ret)
{
    struct table *t = *ret = store_find(s->store, plugin_tables_plugins.name);
    if (!t)
        return NULL;
    struct name *n = name_intern(store_names(s->store), s->instance, strlen(s->instance));
    const struct value key = value_text(n);
    struct row *r = table_upsert(t, &key, store_owner(s->store, s->name));
    name_unref(n);
    return r;
}

static void write_facts(struct plugin_source *s)
{
    struct table *t;
    struct row *r = own_row(s, &t);
    if (!r)
        return;
    table_set_text(t, r, PLUGINS_KIND, s->start.kind);
    table_set_text(t, r, PLUGINS_PATH, s->start.path);
    table_set_text(t, r, PLUGINS_FORMAT, s->format ? s->format->name : "json");
    table_set_text(t, r, PLUGINS_STATE, "starting");
}

static void write_process(struct plugin_source *s)
{
    struct table *t;
    struct row *r = s->start.stays ? own_row(s, &t) : NULL;
    if (!r)
        return;
    const pid_t pid = plugin_run_pid(s->run);
    table_set_int(t, r, PLUGINS_STARTS, s->starts, QUALITY_EXACT);
    table_set_int(t, r, PLUGINS_PID, pid, pid ? QUALITY_EXACT : QUALITY_UNKNOWN);
    table_set_int(t, r, PLUGINS_STARTED, clock_wall_ms(store_clock(s->store)), pid ? QUALITY_EXACT : QUALITY_UNKNOWN);
}

static void write_outcome(struct plugin_source *s, enum source_outcome outcome)
{
    static const char *const states[] = {
        [SOURCE_OK] = "ok", [SOURCE_STARTING] = "starting", [SOURCE_PARTIAL] = "partial", [SOURCE_FAILED] = "failed"};
    struct table *t;
    struct row *r = own_row(s, &t);
    if (!r)
        return;
    struct str text = {0};
    table_set_text(t, r, PLUGINS_STATE, states[outcome]);
    table_set_int(t, r, PLUGINS_ROWS, (int64_t)plugin_intake_rows(s->in), QUALITY_EXACT);
    plugin_intake_tables(s->in, &text);
    table_set_text(t, r, PLUGINS_TABLES, text.len ? str_text(&text) : NULL);
    str_clear(&text);
    process_words_last(plugin_run_words(s->run), &text);
    table_set_text(t, r, PLUGINS_WORDS, text.len ? str_text(&text) + strlen(": ") : NULL);
    table_set_text(t, r, PLUGINS_VERSION, plugin_intake_version(s->in));
    str_done(&text);
}

/* In whole per cents: a number that differs from run to run by nothing that matters would be news each time. */
static void write_cpu(struct plugin_source *s, int64_t wall_us)
{
    struct table *t;
    struct row *r = own_row(s, &t);
    if (r && wall_us > 0)
        table_set_real(t, r, PLUGINS_CPU, round(100.0 * (double)plugin_run_cpu_us(s->run) / (double)wall_us) / 100,
                       QUALITY_EXACT);
}

/* ---- the end of a round ---- */

static void end_round(struct plugin_source *s, enum source_outcome outcome, const struct error *err)
{
    const bool in_round = s->in_round;
    const char *odd = plugin_intake_odd(s->in);
    struct error oddly;
    if (outcome == SOURCE_OK && odd && !s->start.stays) {
        error_set(&oddly, ERR_PARTIAL, "%s", odd);
        outcome = SOURCE_PARTIAL;
        err = &oddly;
    }
    s->in_round = false;
    write_outcome(s, outcome);
    if (in_round)
        source_done(s->src, outcome, err, plugin_intake_rows(s->in));
    else if (s->src)
        source_progress(s->src, outcome, err, plugin_intake_rows(s->in));
    store_commit(s->store);
}

/* It cannot go on: it is ended, and the round with it once it has. */
static void give_up(struct plugin_source *s, const struct error *err)
{
    if (s->broken)
        return;
    s->broken = true;
    s->why = *err;
    plugin_intake_drop(s->in);
    plugin_run_stop(s->run);
    end_round(s, SOURCE_FAILED, err);
}

/* Applies what the round has sent, and ends it. */
static void complete_round(struct plugin_source *s)
{
    struct plugin_intake_done done = s->done;
    s->done = (struct plugin_intake_done){.outcome = SOURCE_OK};
    s->output = 0;
    if (done.outcome == SOURCE_FAILED)
        plugin_intake_drop(s->in);
    else if (plugin_intake_end(s->in, &done.err)) {
        if (s->start.stays) { /* it believes that its rows were taken, and would send only what changes */
            give_up(s, &done.err);
            return;
        }
        done.outcome = SOURCE_FAILED;
    }
    if (done.outcome == SOURCE_OK)
        plugin_intake_sweep(s->in, !s->start.stays);
    end_round(s, done.outcome, &done.err);
}

/* ---- its output ---- */

/* False: no more lines are to be looked at. */
static bool take_line(struct plugin_source *s, const char *line, size_t len)
{
    enum plugin_intake_said said;
    struct error err;
    s->line_number++;
    if (len == 0)
        return true;
    if (plugin_intake_line(s->in, line, len, &said, &s->done, &err)) {
        error_prefix(&err, "line %zu", s->line_number);
        give_up(s, &err);
        return false;
    }
    if (said == PLUGIN_INTAKE_MORE)
        return true;
    if (said == PLUGIN_INTAKE_END) {
        s->output = s->start.stays ? 0 : s->output;
        if (plugin_intake_end(s->in, &err))
            give_up(s, &err);
        else
            store_commit(s->store);
        return !s->broken;
    }
    if (s->start.stays)
        complete_round(s);
    return true;
}

static void take_lines(struct plugin_source *s)
{
    const char *p = str_text(&s->line), *end = p + s->line.len, *lf;
    while ((lf = memchr(p, '\n', (size_t)(end - p)))) {
        const size_t len = (size_t)(lf - p);
        if (!take_line(s, p, len && p[len - 1] == '\r' ? len - 1 : len))
            break;
        p = lf + 1;
    }
    const size_t rest = (size_t)(end - p);
    if (rest && p != s->line.s)
        memmove(s->line.s, p, rest);
    str_cut(&s->line, rest);
}

static void on_output(void *arg, const char *bytes, size_t len)
{
    struct plugin_source *s = arg;
    struct error err;
    if (s->broken)
        return;
    s->output += len;
    if (s->output > s->max_output) {
        error_set(&err, ERR_LIMIT, "%s writes more than %zu bytes %s, the limit (max_output)", s->start.path,
                  s->max_output, s->start.stays ? "in a change set" : "in a run");
        give_up(s, &err);
        return;
    }
    str_bytes(&s->line, bytes, len);
    if (s->format)
        return;
    take_lines(s);
    if (!s->broken && s->line.len > LIMITS_STREAM_LINE) {
        error_set(&err, ERR_LIMIT, "a line of more than %d bytes, the limit", LIMITS_STREAM_LINE);
        give_up(s, &err);
    }
}

static void on_complaint(void *arg, const char *line, size_t len)
{
    struct plugin_source *s = arg;
    struct str safe = {0};
    if (++s->complaints > COMPLAINTS)
        return;
    text_safe(&safe, line, len);
    log_warn("%s: %s%s", s->name, str_text(&safe),
             s->complaints == COMPLAINTS ? " (of this round no further lines are written here)" : "");
    str_done(&safe);
}

/* ---- the process ---- */

static void failed(struct plugin_source *s, int status)
{
    struct error err;
    struct str how = {0};
    process_how(status, &how);
    process_words_last(plugin_run_words(s->run), &how);
    error_set(&err, ERR_REMOTE, "%s %s", s->start.path, str_text(&how));
    str_done(&how);
    plugin_intake_drop(s->in);
    if (!s->in_round) /* else the scheduler tells of it */
        source_event(s->store, s->name, "error", s->name, "%s", err.text);
    end_round(s, SOURCE_FAILED, &err);
}

/* All of it is there. */
static void read_output(struct plugin_source *s, int code)
{
    const struct plugin_format_output o = {
        .bytes = str_text(&s->line), .len = s->line.len, .code = code, .key = (const char *const *)s->key};
    struct error err;
    if (s->format->read(s->in, &o, &s->done, &err)) {
        error_prefix(&err, "%s: %s", s->start.path, s->format->name);
        give_up(s, &err);
    }
    str_done(&s->line);
}

static void on_ended(void *arg, int status)
{
    struct plugin_source *s = arg;
    write_process(s);
    if (s->broken) {
        str_clear(&s->line);
        return;
    }
    if (s->start.stays) {
        failed(s, status);
        return;
    }
    write_cpu(s, (int64_t)s->interval_ms * 1000);
    const int codes = s->format ? s->format->codes : 1;
    if (!WIFEXITED(status) || WEXITSTATUS(status) >= codes) {
        failed(s, status);
        return;
    }
    if (s->format) {
        read_output(s, WEXITSTATUS(status));
    } else if (s->line.len) { /* a last line without its end */
        str_char(&s->line, '\n');
        take_lines(s);
    }
    if (!s->broken)
        complete_round(s);
}

static int start(struct plugin_source *s, struct error *err)
{
    struct process_options o;
    int rc = plugin_start_options(&s->start, &o, err);
    if (rc)
        return rc;
    plugin_intake_restart(s->in);
    str_clear(&s->line);
    s->broken = false;
    s->done = (struct plugin_intake_done){.outcome = SOURCE_OK};
    s->output = s->line_number = 0;
    rc = plugin_run_start(s->run, &o, err);
    if (rc)
        return error_prefix(err, "%s", s->start.path);
    s->starts++;
    write_process(s);
    plugin_run_send(s->run, &s->start.configure);
    if (!s->start.stays)
        plugin_run_finish_input(s->run);
    return 0;
}

/* ---- as a source ---- */

static void round_of(void *self, struct source *src)
{
    struct plugin_source *s = self;
    struct error err;
    s->src = src;
    s->in_round = true;
    s->complaints = 0;
    if (s->broken && plugin_run_running(s->run)) {
        error_set(&err, ERR_UNAVAILABLE, "%s has not ended yet, after: %.300s", s->start.path, s->why.text);
        end_round(s, SOURCE_FAILED, &err);
        return;
    }
    plugin_intake_begin(s->in);
    if (!plugin_run_running(s->run) && start(s, &err)) {
        end_round(s, SOURCE_FAILED, &err);
        return;
    }
    if (s->start.stays) {
        struct str refresh = {0};
        str_add(&refresh, "{\"t\":\"refresh\"}");
        plugin_run_send(s->run, &refresh);
        str_done(&refresh);
    }
}

static void deadline(void *self, struct source *src)
{
    struct plugin_source *s = self;
    struct error err;
    (void)src;
    if (!s->in_round)
        return;
    error_set(&err, ERR_TIMEOUT, "%s has not %s within its deadline, and is ended", s->start.path,
              s->start.stays ? "answered" : "ended");
    give_up(s, &err);
}

static void free_source(void *self)
{
    struct plugin_source *s = self;
    plugin_run_free(s->run);
    plugin_intake_free(s->in);
    plugin_start_done(&s->start);
    str_done(&s->line);
    free(s->name);
    free(s->instance);
    conf_lists_done(&s->key);
    free(s);
}

const struct source_ops plugin_source_ops = {
    .kind = "plugin",
    .round = round_of,
    .deadline = deadline,
    .free = free_source,
};

char *plugin_source_name_of(const struct conf_plugin *conf)
{
    return mem_printf("plugin:%s", conf->name);
}

const char *plugin_source_name(const struct plugin_source *s)
{
    return s->name;
}

struct source_settings plugin_source_settings(const struct conf_plugin *conf)
{
    return (struct source_settings){.interval_ms = conf->interval_ms,
                                    .deadline_ms = conf->deadline_ms,
                                    .max_interval_ms = conf->max_interval_ms,
                                    .spread = true};
}

struct plugin_source *plugin_source_new(struct plugin_runs *runs, struct plugin_book *book,
                                        const struct conf_plugin *conf)
{
    static const struct plugin_run_ops ops = {.output = on_output, .complaint = on_complaint, .ended = on_ended};
    struct plugin_source *s = mem_new(struct plugin_source);
    s->store = book->store;
    s->name = plugin_source_name_of(conf);
    s->instance = mem_strdup(conf->name);
    s->format = plugin_format_find(conf->format);
    for (size_t i = 0; conf->key && conf->key[i]; i++)
        conf_lists_add(&s->key, conf->key[i], NULL);
    s->interval_ms = conf->interval_ms;
    plugin_start_init(&s->start, conf);
    s->max_output = (size_t)conf->max_output;
    if (s->start.object && s->max_output < OBJECT_OUTPUT)
        s->max_output = OBJECT_OUTPUT;
    s->run = plugin_run_new(runs, &ops, s);
    s->in = plugin_intake_new(book, conf->name, s->name, conf->max_rows);
    write_facts(s);
    return s;
}
