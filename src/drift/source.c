/* The stream of a dataset's topic, or the file of its report, and how both stand. */
#include "drift/source.h"

#include "base/text.h"
#include "base/workers.h"
#include "conf/file.h"
#include "drift/foreign.h"
#include "drift/rows.h"
#include "drift/setup.h"
#include "drift/writers.h"
#include "kafka/plan.h"
#include "kafka/records.h"

#include <event2/event.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    INTERVAL_MS = 10000, /* between two rounds, and two looks at a report's file */
    DEADLINE_MS = 60000,
    LINGER_MS = 20,
    OPEN_MS = 15000,
    WATCH_MS = 100, /* between two looks at a stream that is on its way out */
    AGAIN_MS = 5000,
    DENIED_AGAIN_MS = 60000,
    FETCH_BYTES =
        32 * 1024 * 1024, /* the library fetches so much a second at most: with all of it there it waits for one */
    BAD_MS = 300000,
    RATE_MS = 5000,    /* what rates are measured over, at least */
    SCHEMAS_MS = 5000, /* between two looks for schemas that are missing */
    FREE_WAIT_MS = 3000,
};

struct drift_source {
    char *name;
    struct event_base *base;
    struct store *store;
    const struct clock *clock;
    struct kafka_plan *plan; /* NULL: a report */
    struct workers *workers; /* for files; NULL: there is none to read */
    struct event *timer;     /* opens the stream, and looks after one that is closing */
    struct kafka_records *records;
    bool closing, reading;        /* reading: a job reads the file */
    struct drift_keep *keep;      /* NULL: nothing is kept */
    bool asked;                   /* for what was kept */
    bool has_schema;              /* the decoder has that of the file, or those of the directory */
    struct drift_writers writers; /* that were read since, for the next turn */
    bool caught;                  /* what was in the topic at the beginning has been read */
    int64_t backlog;              /* how many records that were, when it was first known; -1: not yet */
    struct stat looked;           /* the report's file as it was when it was read */
    VEC(struct kafka_records_known) known;
    /* The stream's thread's while it collects, the loop's in a turn. */
    struct drift_setup *setup;
    struct drift_verdicts *verdicts; /* format: detector: of the last record; NULL: none since the last turn */
    uint64_t answers, unread;        /* format: detector: records, and those that are no answer */
    struct error unread_error;
    /* The loop's. */
    struct source *source; /* NULL: no round yet */
    bool in_round;
    enum source_outcome outcome;
    struct error error;
    size_t rows;
    uint64_t told_bad, rate_events;
    int64_t bad_us; /* when there was another bad one */
    int64_t rate_us, schemas_us;
    double rate;
    struct drift_reference *in_force; /* as of the last turn; NULL: none yet */
};

static struct drift_rows rows_of(const struct drift_source *s)
{
    return (struct drift_rows){s->store, store_owner(s->store, s->name), s->setup->conf.name};
}

/* ---- how it stands ---- */

static void tell(struct drift_source *s)
{
    if (!s->source)
        return;
    if (s->in_round) {
        s->in_round = false;
        source_done(s->source, s->outcome, &s->error, s->rows);
    } else {
        source_progress(s->source, s->outcome, &s->error, s->rows);
    }
}

__attribute__((format(printf, 4, 5))) static void stand(struct drift_source *s, enum source_outcome outcome, int code,
                                                        const char *fmt, ...)
{
    struct error e = {0};
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (outcome != SOURCE_OK)
        error_set(&e, code, "%s", text);
    bool same = outcome == s->outcome && strcmp(e.text, s->error.text) == 0;
    s->outcome = outcome;
    s->error = e;
    if (!same || s->in_round)
        tell(s);
}

/* ---- on the stream's thread ---- */

static void on_answer(struct drift_source *s, const struct kafka_record *r)
{
    struct drift_verdicts *v;
    char what[64];
    snprintf(what, sizeof what, "partition %" PRId32 " offset %" PRId64, r->partition, r->offset);
    s->answers++;
    if (drift_foreign_read(what, r->value, r->value_len, &v, &s->unread_error)) {
        s->unread++;
        return;
    }
    if (r->time_ms > 0 && !v->time_ms)
        v->time_ms = r->time_ms;
    drift_verdict_free(s->verdicts);
    s->verdicts = v;
}

static void on_record(void *arg, const struct kafka_record *r)
{
    struct drift_source *s = arg;
    if (!r->value)
        return; /* deletes a key: no event */
    if (strcmp(s->setup->conf.format, "detector") == 0)
        on_answer(s, r);
    else
        drift_setup_feed(s->setup, r->partition, r->offset, r->time_ms, r->value, r->value_len);
}

/* ---- turns ---- */

static void wake_after(struct drift_source *s, int64_t ms)
{
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    evtimer_add(s->timer, &tv);
}

static void close_stream(struct drift_source *s, int64_t again_ms)
{
    if (s->records && !s->closing) {
        s->closing = true;
        kafka_records_stop(s->records);
    }
    wake_after(s, again_ms);
}

static void write_results(struct drift_source *s, bool at_end)
{
    struct drift_rows rows = rows_of(s);
    struct drift_dataset_result result;
    if (s->verdicts) {
        s->rows = drift_rows_verdicts(&rows, s->verdicts, s->setup->conf.topic);
        drift_verdict_free(s->verdicts);
        s->verdicts = NULL;
    }
    if (at_end)
        drift_setup_pause(s->setup, s->clock);
    if (!s->setup->dataset)
        return;
    while (drift_dataset_take(s->setup->dataset, &result))
        s->rows = drift_rows_result(&rows, &result);
    struct drift_reference *r = drift_dataset_in_force(s->setup->dataset);
    if (r == s->in_force)
        return;
    drift_reference_unref(s->in_force);
    s->in_force = drift_reference_ref(r);
    if (s->keep)
        drift_keep_offer(s->keep, r);
}

static void measure(struct drift_source *s, uint64_t events)
{
    int64_t now = clock_mono_us(s->clock), passed = now - s->rate_us;
    if (s->rate_us && passed < RATE_MS * INT64_C(1000))
        return;
    s->rate = s->rate_us ? (double)(events - s->rate_events) * 1e6 / (double)passed : NAN;
    s->rate_us = now;
    s->rate_events = events;
}

/* Returns how many events could not be read. */
static uint64_t write_progress(struct drift_source *s, int64_t lag)
{
    const struct drift_setup *u = s->setup;
    const struct drift_rows rows = rows_of(s);
    struct drift_rows_progress p = {.lag = lag};
    struct str note = {0};
    if (u->dataset) {
        drift_dataset_counts(u->dataset, &p.counts);
        if (u->inferred)
            str_add(&note, "features were found out from the first events");
        if (u->note.len)
            str_printf(&note, "%s%s", note.len ? "; " : "", str_text(&u->note));
        drift_dataset_absent(u->dataset, &note);
        if (p.counts.dropped)
            str_printf(&note, "%s%" PRIu64 " windows were not taken in time", note.len ? "; " : "", p.counts.dropped);
        if (p.counts.forced)
            str_printf(&note,
                       "%s%" PRIu64 " windows were closed before all partitions came to their end: too many were open",
                       note.len ? "; " : "", p.counts.forced);
    } else if (s->answers == 0) {
        str_printf(&note, "waits for %d events to find out what they hold", DRIFT_DATASET_INFER_EVENTS);
    }
    p.counts.bad += u->unread + s->unread;
    measure(s, s->answers + p.counts.events);
    p.rate = s->rate;
    p.note = str_text(&note);
    drift_rows_progress(&rows, &p);
    str_done(&note);
    return p.counts.bad;
}

/* The last event that could not be read: where it lies, and why. */
static void add_why(const struct drift_source *s, struct str *out)
{
    const struct drift_setup *u = s->setup;
    struct drift_dataset_counts counts = {.bad_partition = u->unread_partition, .bad_offset = u->unread_offset};
    const char *text = s->unread ? s->unread_error.text : u->error.text;
    bool is_event = u->unread && u->error.code != ERR_NOT_FOUND;
    if (u->dataset && *drift_dataset_why(u->dataset)) {
        drift_dataset_counts(u->dataset, &counts);
        text = drift_dataset_why(u->dataset);
        is_event = true;
    }
    if (is_event)
        str_printf(out, "partition %" PRId32 " offset %" PRId64 ": ", counts.bad_partition, counts.bad_offset);
    text_safe_line(out, text, strlen(text));
}

/* A part is missing for as long as something bad came not long ago; their number stays in the dataset's row. */
static bool is_bad_now(struct drift_source *s, uint64_t bad)
{
    const int64_t now_us = clock_mono_us(s->clock);
    if (bad != s->told_bad)
        s->bad_us = now_us;
    s->told_bad = bad;
    return bad && now_us - s->bad_us < BAD_MS * INT64_C(1000);
}

/* What is wrong with the partitions; true if the stream was given up. */
static bool judge_places(struct drift_source *s, const struct kafka_records_state *state)
{
    size_t bad = 0;
    const struct kafka_records_place *first = NULL;
    for (size_t i = 0; i < state->nplaces; i++) {
        bad += state->places[i].fault != KAFKA_FAULT_NONE;
        first = first || !state->places[i].fault ? first : &state->places[i];
    }
    if (state->down)
        stand(s, SOURCE_FAILED, ERR_UNAVAILABLE, "no broker can be reached%s%s", *state->reason ? ": " : "",
              state->reason);
    else if (first && first->fault == KAFKA_FAULT_GONE && bad == state->nplaces)
        stand(s, SOURCE_FAILED, ERR_UNAVAILABLE, "topic %s does not exist, or is not to be seen", s->setup->conf.topic);
    else if (first && first->fault == KAFKA_FAULT_DENIED)
        stand(s, SOURCE_FAILED, ERR_REMOTE, "no permission to read topic %s", s->setup->conf.topic);
    else if (first)
        stand(s, bad == state->nplaces ? SOURCE_FAILED : SOURCE_PARTIAL, ERR_PARTIAL, "partition %" PRId32 ": %s",
              first->partition, first->fault_text ? first->fault_text : kafka_fault_text(first->fault));
    if (first && first->fault == KAFKA_FAULT_DENIED)
        close_stream(s, DENIED_AGAIN_MS);
    return first || state->down;
}

/* Which partitions windows wait for. While no broker can be reached nothing is told: none is idle by that. */
static void tell_places(struct drift_source *s, const struct kafka_records_state *state)
{
    for (size_t i = 0; i < state->nplaces && !state->down; i++) {
        const struct kafka_records_place *p = &state->places[i];
        drift_setup_tell(s->setup, p->partition, !p->at_end && !p->fault);
    }
}

/* Where reading is: kept for a stream that follows. */
static int64_t note_places(struct drift_source *s, const struct kafka_records_state *state, bool *at_end)
{
    int64_t lag = 0;
    *at_end = state->nplaces > 0 && !state->down;
    s->known.n = 0;
    for (size_t i = 0; i < state->nplaces; i++) {
        const struct kafka_records_place *p = &state->places[i];
        *at_end &= p->at_end && !p->fault;
        if (p->position >= 0)
            vec_push(&s->known, (struct kafka_records_known){s->setup->conf.topic, p->partition, p->position});
        lag = lag < 0 || p->end < 0 || p->position < 0 ? -1 : lag + (p->end > p->position ? p->end - p->position : 0);
    }
    return lag;
}

/* Until it is, what the tables say is not what there is to be said. A topic that is written faster than it is read has no end. */
static void note_caught(struct drift_source *s, const struct kafka_records_state *state, int64_t lag, bool at_end)
{
    if (s->backlog < 0 && lag >= 0)
        s->backlog = lag + (int64_t)state->records;
    s->caught = s->caught || at_end || (s->backlog >= 0 && state->records >= (uint64_t)s->backlog);
}

static void judge(struct drift_source *s, const struct kafka_records_state *state, uint64_t bad, int64_t lag)
{
    struct str why = {0};
    const bool is_bad = is_bad_now(s, bad);
    add_why(s, &why);
    if (judge_places(s, state))
        ;
    else if (!s->setup->dataset && !s->setup->holding)
        stand(s, SOURCE_FAILED, ERR_INVALID, "%s", str_text(&why));
    else if (!s->caught && lag > 0)
        stand(s, SOURCE_STARTING, ERR_PARTIAL, "%" PRId64 " records of the topic are still to be read", lag);
    else if (!s->caught)
        stand(s, SOURCE_STARTING, ERR_PARTIAL, "the topic is being opened");
    else if (!s->setup->dataset && s->setup->error.code == ERR_NOT_FOUND)
        stand(s, SOURCE_PARTIAL, ERR_PARTIAL, "%s", str_text(&why));
    else if (is_bad)
        stand(s, SOURCE_PARTIAL, ERR_PARTIAL, "%" PRIu64 " %s could not be read, the last: %s", bad,
              bad == 1 ? "event" : "events", str_text(&why));
    else
        stand(s, SOURCE_OK, 0, "%s", "");
    str_done(&why);
}

static void look_for_schemas(struct drift_source *s);

static void on_turn(void *arg, const struct kafka_records_state *state)
{
    struct drift_source *s = arg;
    bool at_end;
    if (state->code) {
        if (state->fault == KAFKA_FAULT_GONE)
            stand(s, SOURCE_FAILED, ERR_UNAVAILABLE, "topic %s does not exist, or is not to be seen",
                  s->setup->conf.topic);
        else if (state->fault == KAFKA_FAULT_DENIED)
            stand(s, SOURCE_FAILED, ERR_REMOTE, "no permission to read topic %s", s->setup->conf.topic);
        else
            stand(s, SOURCE_FAILED, ERR_UNAVAILABLE, "%s", state->error.text);
        close_stream(s, state->fault == KAFKA_FAULT_DENIED ? DENIED_AGAIN_MS : AGAIN_MS);
        store_commit(s->store);
        return;
    }
    look_for_schemas(s);
    int64_t lag = note_places(s, state, &at_end);
    note_caught(s, state, lag, at_end);
    tell_places(s, state);
    write_results(s, at_end);
    judge(s, state, write_progress(s, lag), lag);
    if (state->grown)
        close_stream(s, WATCH_MS);
    store_commit(s->store);
}

static const struct kafka_records_ops stream_ops = {.record = on_record, .turn = on_turn};

static void open_stream(struct drift_source *s)
{
    const struct conf_dataset *c = &s->setup->conf;
    const struct kafka_records_what what = {.topic = c->topic,
                                            .partition = -1,
                                            .from = c->back_ms ? KAFKA_RECORDS_TIME : KAFKA_RECORDS_END,
                                            .at = clock_wall_ms(s->clock) - c->back_ms};
    s->records = kafka_records_new(s->base, &(struct kafka_records_settings){.admin = &s->plan->round.settings,
                                                                             .what = &what,
                                                                             .nwhat = 1,
                                                                             .known = s->known.items,
                                                                             .nknown = s->known.n,
                                                                             .max_bytes = FETCH_BYTES,
                                                                             .linger_ms = LINGER_MS,
                                                                             .gap_to = KAFKA_RECORDS_START,
                                                                             .open_ms = OPEN_MS,
                                                                             .ops = &stream_ops,
                                                                             .arg = s});
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct drift_source *s = arg;
    if (s->records && !s->closing)
        return;
    if (s->records && !kafka_records_stopped(s->records)) {
        wake_after(s, WATCH_MS);
        return;
    }
    kafka_records_free(s->records, 0);
    s->records = NULL;
    s->closing = false;
    open_stream(s);
}

/* ---- files ---- */

enum job_file { JOB_REPORT, JOB_REFERENCE, JOB_SCHEMA };

struct job {
    struct drift_source *s; /* NULL: it has gone */
    char *path;
    enum job_file file;
    bool same;
    struct stat looked;
    struct drift_verdicts *verdicts;
    struct drift_reference *reference;
    struct drift_writers writers;
    int code;
    struct error error;
};

static void run_file(void *arg)
{
    struct job *j = arg;
    struct conf_file f = {0};
    struct stat st;
    bool seen = stat(j->path, &st) == 0;
    j->same = seen && st.st_mtim.tv_sec == j->looked.st_mtim.tv_sec &&
              st.st_mtim.tv_nsec == j->looked.st_mtim.tv_nsec && st.st_size == j->looked.st_size &&
              st.st_ino == j->looked.st_ino;
    if (j->same)
        return;
    if (seen)
        j->looked = st;
    if (j->file == JOB_SCHEMA) {
        j->code = drift_writers_read(j->path, &j->writers, &j->error);
        return;
    }
    j->code =
        conf_file_read(j->path, j->file == JOB_REPORT ? DRIFT_VERDICT_BYTES : DRIFT_REFERENCE_BYTES, &f, &j->error);
    if (j->code == 0 && j->file == JOB_REPORT)
        j->code = drift_foreign_read(j->path, f.bytes, f.len, &j->verdicts, &j->error);
    else if (j->code == 0 && (j->code = drift_reference_read(f.bytes, f.len, &j->reference, &j->error)) != 0)
        error_prefix(&j->error, "%s", j->path);
    conf_file_done(&f);
}

static void take_report(struct drift_source *s, struct job *j)
{
    const struct drift_rows rows = rows_of(s);
    if (j->same && !s->in_round)
        return;
    if (!j->same)
        s->looked = j->looked;
    if (j->verdicts)
        s->rows = drift_rows_verdicts(&rows, j->verdicts, s->setup->conf.report);
    if (j->code)
        stand(s, s->rows ? SOURCE_PARTIAL : SOURCE_FAILED, j->code, "%s", j->error.text);
    else if (!j->same)
        stand(s, SOURCE_OK, 0, "%s", "");
    else
        tell(s); /* as it was */
}

static void begin_stream(struct drift_source *s);

/* While the stream is there the decoder is its thread's but in a turn. */
static void take_schemas(struct drift_source *s, struct job *j)
{
    if (!s->records)
        drift_writers_give(&j->writers, s->setup->decoder);
    if (!j->writers.items.n)
        return;
    drift_writers_done(&s->writers);
    s->writers = j->writers;
    j->writers = (struct drift_writers){0};
}

static void take_setting(struct drift_source *s, struct job *j)
{
    if (j->code && !s->records) {
        stand(s, SOURCE_FAILED, j->code, "%s", j->error.text);
        return;
    }
    if (j->file == JOB_REFERENCE) {
        s->setup->reference = j->reference;
        j->reference = NULL;
    } else {
        take_schemas(s, j);
        s->has_schema = true;
    }
    if (!s->records)
        begin_stream(s);
}

static void end_file(void *arg)
{
    struct job *j = arg;
    struct drift_source *s = j->s;
    s->reading = false;
    if (s->source && j->file == JOB_REPORT)
        take_report(s, j);
    else if (s->source)
        take_setting(s, j);
    if (s->source)
        store_commit(s->store);
    drift_verdict_free(j->verdicts);
    drift_reference_unref(j->reference);
    drift_writers_done(&j->writers);
    free(j->path);
    free(j);
}

static void read_file(struct drift_source *s, enum job_file file, const char *path)
{
    struct job *j = mem_new(struct job);
    *j = (struct job){.s = s, .path = mem_strdup(path), .file = file, .looked = s->looked};
    s->reading = true;
    workers_submit(s->workers, run_file, end_file, j);
}

/* Schemas of ids that nobody had when the files were read: the directory is looked through again. */
static void look_for_schemas(struct drift_source *s)
{
    drift_writers_give(&s->writers, s->setup->decoder);
    const int64_t now = clock_mono_us(s->clock);
    if (!s->setup->conf.schema || s->reading || now - s->schemas_us < SCHEMAS_MS * INT64_C(1000) ||
        !drift_decoder_misses(s->setup->decoder))
        return;
    s->schemas_us = now;
    read_file(s, JOB_SCHEMA, s->setup->conf.schema);
}

static void ask_for_kept(struct drift_source *s)
{
    s->asked = s->reading = true;
    drift_keep_load(s->keep);
}

/* Opens the stream, once all files that it needs were read. */
static void begin_stream(struct drift_source *s)
{
    const struct conf_dataset *c = &s->setup->conf;
    if (c->reference_file && !s->setup->reference)
        read_file(s, JOB_REFERENCE, c->reference_file);
    else if (c->schema && !s->has_schema)
        read_file(s, JOB_SCHEMA, c->schema);
    else if (s->keep && !s->asked)
        ask_for_kept(s);
    else
        open_stream(s);
}

/* ---- the reference that is kept ---- */

static void on_loaded(void *arg, struct drift_reference *r, const struct error *err)
{
    struct drift_source *s = arg;
    s->reading = false;
    s->setup->reference = r;
    if (err->code)
        source_event(s->store, s->name, "warn", s->setup->conf.name, "the reference that was kept: %s", err->text);
    begin_stream(s);
    store_commit(s->store);
}

static void on_not_kept(void *arg, const struct error *err)
{
    struct drift_source *s = arg;
    source_event(s->store, s->name, "warn", s->setup->conf.name, "the reference could not be kept: %s", err->text);
    store_commit(s->store);
}

struct drift_reference *drift_source_reference(const struct drift_source *s)
{
    return s->in_force;
}

void drift_source_keep(struct drift_source *s, const struct drift_keep_ops *ops, void *arg)
{
    static const struct drift_keep_calls calls = {on_loaded, on_not_kept};
    if (s->plan && !s->setup->conf.reference_file && strcmp(s->setup->conf.format, "detector") != 0)
        s->keep = drift_keep_new(s->base, s->clock, ops, arg, &calls, s);
    else
        ops->free(arg);
}

/* ---- the source ---- */

struct drift_source *drift_source_new(struct event_base *base, struct store *store, const struct conf_dataset *conf,
                                      const struct conf_cluster *cluster)
{
    struct drift_source *s = mem_new(struct drift_source);
    s->name = drift_source_name_of(conf);
    s->base = base;
    s->store = store;
    s->clock = store_clock(store);
    s->plan = cluster ? kafka_plan_new(cluster, NULL, s->clock, NULL, NULL) : NULL;
    s->workers = conf->report || conf->reference_file || conf->schema ? workers_new(base, "drift", 1) : NULL;
    s->timer = evtimer_new(base, on_timer, s);
    s->setup = drift_setup_new(conf);
    s->outcome = SOURCE_STARTING;
    error_set(&s->error, ERR_PARTIAL, "nothing was read yet");
    s->rate = NAN;
    s->backlog = -1;
    return s;
}

char *drift_source_name_of(const struct conf_dataset *conf)
{
    return mem_printf("drift:%s", conf->name);
}

const char *drift_source_name(const struct drift_source *s)
{
    return s->name;
}

struct source_settings drift_source_settings(void)
{
    return (struct source_settings){
        .interval_ms = INTERVAL_MS, .deadline_ms = DEADLINE_MS, .max_interval_ms = INTERVAL_MS};
}

static void write_about(struct drift_source *s)
{
    const struct conf_dataset *c = &s->setup->conf;
    const struct drift_rows rows = rows_of(s);
    const struct drift_rows_about about = {.cluster = c->cluster,
                                           .topic = c->topic,
                                           .foreign = strcmp(c->format, "detector") == 0,
                                           .window = drift_setup_window(c),
                                           .from = drift_setup_from(c),
                                           .reference_file = c->reference_file,
                                           .trailing_ms = c->trailing_ms,
                                           .sample = drift_setup_sample(c)};
    drift_rows_about(&rows, &about);
}

/* The first round of a topic opens it; the others only tell how it stands. */
static void begin_topic(struct drift_source *s)
{
    const struct conf_dataset *c = &s->setup->conf;
    if (s->plan->no_records)
        stand(s, SOURCE_FAILED, ERR_UNAVAILABLE, "records of cluster %s are not to be looked at (records: deny)",
              c->cluster);
    else if (s->records)
        tell(s);
    else if (!s->reading)
        begin_stream(s);
}

static void round_begin(void *self, struct source *src)
{
    struct drift_source *s = self;
    bool first = s->source == NULL;
    s->source = src;
    s->in_round = true;
    if (!s->plan) {
        if (!s->reading)
            read_file(s, JOB_REPORT, s->setup->conf.report);
        return;
    }
    if (first)
        write_about(s);
    begin_topic(s);
    store_commit(s->store);
}

static void round_late(void *self, struct source *src)
{
    (void)src;
    struct drift_source *s = self;
    if (s->in_round)
        tell(s);
    store_commit(s->store);
}

static void free_all(void *self)
{
    struct drift_source *s = self;
    s->source = NULL;
    event_free(s->timer);
    s->timer = NULL;
    drift_keep_free(s->keep, FREE_WAIT_MS);
    bool out = workers_free(s->workers, FREE_WAIT_MS);
    if (!kafka_records_free(s->records, FREE_WAIT_MS) || !out) {
        mem_abandon(s); /* a thread still has it */
        return;
    }
    kafka_plan_unref(s->plan);
    drift_setup_free(s->setup);
    drift_verdict_free(s->verdicts);
    drift_writers_done(&s->writers);
    drift_reference_unref(s->in_force);
    vec_done(&s->known);
    free(s->name);
    free(s);
}

const struct source_ops drift_source_ops = {
    .kind = "drift",
    .round = round_begin,
    .deadline = round_late,
    .free = free_all,
};
