/* Requests of history: read on the writer's thread, answered on the loop's. */
#include "base/vec.h"
#include "base/workers.h"
#include "history/history_internal.h"

#include <stdlib.h>

/* A request for one series (exact or as points), or for those of all rows. */
struct read_job {
    struct history *h;
    struct history_archive *archive;
    char *table, *column;
    enum column_type type;
    int64_t from_ms, to_ms, step_ms;
    int rc;
    struct error err;
    void *arg;
    void (*points_done)(void *arg, const struct stream_point *points, size_t n, const struct error *err);
    void (*exact_done)(void *arg, const struct history_point *points, size_t n, const struct error *err);
    void (*row)(void *arg, const char *key, size_t key_len, const struct history_span *spans, size_t n);
    void (*all_done)(void *arg, const struct error *err);
    struct str key;               /* of one series */
    struct history_points points; /* for points_done */
    struct history_spans spans;   /* for row */
    struct {
        struct history_point *items;
        size_t n, room;
    } exact;                  /* for exact_done */
    struct str texts;         /* of exact, NUL after each */
    struct history_walk walk; /* for all rows */
    bool end;
};

static void free_read(struct read_job *j)
{
    free(j->table);
    free(j->column);
    str_done(&j->key);
    vec_done(&j->points);
    vec_done(&j->spans);
    vec_done(&j->exact);
    str_done(&j->texts);
    history_walk_clear(&j->walk);
    free(j);
}

static int add_exact(struct read_job *j, const struct history_sample *s)
{
    struct history_point p = {.time_ms = s->time_ms, .quality = (enum quality)s->quality, .i = s->i};
    int rc = 0;
    if (j->type == COLUMN_TEXT && p.quality != QUALITY_UNKNOWN) {
        size_t at = j->texts.len;
        rc = history_archive_text(j->archive, s->i, &j->texts, &j->err);
        p.i = (int64_t)at; /* a pointer once the texts do not move any more */
        p.text_len = j->texts.len - at;
        str_char(&j->texts, '\0');
    }
    vec_push(&j->exact, p);
    return rc;
}

/* Samples as they are, and unknown where what was seen of a row ends. */
static int make_exact(struct read_job *j, const struct history_series *s)
{
    int rc = 0;
    for (size_t i = 0; i < s->samples.n && !rc; i++) {
        const struct history_sample *sample = &s->samples.items[i];
        int64_t until = history_series_holds_until(s, i);
        bool known = sample->quality != QUALITY_UNKNOWN;
        if (sample->time_ms < j->from_ms && (!known || until <= j->from_ms))
            continue;
        rc = add_exact(j, sample);
        bool ends = i + 1 == s->samples.n || until < s->samples.items[i + 1].time_ms;
        if (!rc && known && ends && until <= j->to_ms)
            rc = add_exact(j, &(struct history_sample){.time_ms = until});
    }
    for (size_t i = 0; i < j->exact.n && j->type == COLUMN_TEXT; i++) {
        struct history_point *p = &j->exact.items[i];
        if (p->quality != QUALITY_UNKNOWN)
            p->text = j->texts.s + p->i;
    }
    return rc;
}

static void run_read(void *arg)
{
    struct read_job *j = arg;
    struct history_series series = {0};
    j->rc = history_archive_read(j->archive, j->table, j->key.s, j->key.len, j->column, j->type, j->from_ms, j->to_ms,
                                 &series, &j->err);
    if (!j->rc)
        j->rc = j->exact_done ? make_exact(j, &series)
                              : history_series_points(&series, j->from_ms, j->to_ms, j->step_ms, &j->points, &j->err);
    history_series_done(&series);
}

/* A job that was dropped has no result: its walk has not ended and its rc is what it was made with.
 */
static void done_read(void *arg)
{
    struct read_job *j = arg;
    const struct error *err = j->rc ? &j->err : NULL;
    if (j->exact_done)
        j->exact_done(j->arg, err ? NULL : j->exact.items, err ? 0 : j->exact.n, err);
    else
        j->points_done(j->arg, err ? NULL : j->points.items, err ? 0 : j->points.n, err);
    free_read(j);
}

static void run_walk(void *arg)
{
    struct read_job *j = arg;
    j->rc = history_archive_read_next(j->archive, &j->walk, &j->end, &j->err);
}

static void done_walk(void *arg)
{
    struct read_job *j = arg;
    for (size_t i = 0; i < j->walk.rows.n && !j->rc; i++) {
        const struct history_row_series *r = &j->walk.rows.items[i];
        j->spans.n = 0;
        history_series_spans(&r->series, j->from_ms, j->to_ms, &j->spans);
        if (j->spans.n)
            j->row(j->arg, r->key.s, r->key.len, j->spans.items, j->spans.n);
    }
    if (!j->rc && !j->end && !j->h->closing) {
        j->rc = error_set(&j->err, ERR_CLOSED, "history: icetop ends");
        workers_submit(j->h->workers, run_walk, done_walk, j);
        return;
    }
    if (!j->rc && !j->end)
        j->rc = error_set(&j->err, ERR_CLOSED, "history: icetop ends");
    j->all_done(j->arg, j->rc ? &j->err : NULL);
    free_read(j);
}

static struct read_job *new_read(struct history *h, const struct table *t, const char *column, int64_t from_ms,
                                 int64_t to_ms, void *arg)
{
    struct read_job *j = mem_new(struct read_job);
    int i = table_column_index(t, column);
    j->h = h;
    j->archive = h->archive;
    j->table = mem_strdup(table_name(t));
    j->column = mem_strdup(column);
    j->type = i >= 0 ? table_column(t, (size_t)i)->type : COLUMN_INT;
    j->from_ms = from_ms;
    j->to_ms = to_ms;
    j->arg = arg;
    /* What is found if the job is dropped before it has run. */
    j->rc = error_set(&j->err, ERR_CLOSED, "history: icetop ends");
    return j;
}

/* A request that cannot be read is answered as late as any other. */
static void refuse(struct read_job *j, int code, const char *why)
{
    j->rc = error_set(&j->err, code, "history: column %s of table %s %s", j->column, j->table, why);
}

static void run_nothing(void *arg)
{
    (void)arg;
}

static void submit_read(struct read_job *j, const struct table *t, const struct value *key)
{
    struct history *h = j->h;
    void (*run)(void *arg) = run_read;
    if (table_column_index(t, j->column) < 0)
        refuse(j, ERR_NOT_FOUND, "does not exist");
    else if (j->type == COLUMN_TEXT && !j->exact_done)
        refuse(j, ERR_INVALID, "is a text and has no points");
    else if (!table_key_encode(t, key, &j->key))
        refuse(j, ERR_INVALID, "was asked for with an unknown key");
    if (j->rc != ERR_CLOSED)
        run = run_nothing;
    else
        history_send_pending(h);
    workers_submit(h->workers, run, done_read, j);
}

void history_read(struct history *h, const struct table *t, const struct value *key, const char *column,
                  int64_t from_ms, int64_t to_ms, int64_t step_ms,
                  void (*done)(void *arg, const struct stream_point *points, size_t n, const struct error *err),
                  void *arg)
{
    struct read_job *j = new_read(h, t, column, from_ms, to_ms, arg);
    j->step_ms = step_ms;
    j->points_done = done;
    submit_read(j, t, key);
}

void history_read_exact(struct history *h, const struct table *t, const struct value *key, const char *column,
                        int64_t from_ms, int64_t to_ms,
                        void (*done)(void *arg, const struct history_point *points, size_t n, const struct error *err),
                        void *arg)
{
    struct read_job *j = new_read(h, t, column, from_ms, to_ms, arg);
    j->exact_done = done;
    submit_read(j, t, key);
}

void history_read_all(struct history *h, const struct table *t, const char *column, int64_t from_ms, int64_t to_ms,
                      void (*row)(void *arg, const char *key, size_t key_len, const struct history_span *spans,
                                  size_t n),
                      void (*done)(void *arg, const struct error *err), void *arg)
{
    struct read_job *j = new_read(h, t, column, from_ms, to_ms, arg);
    void (*run)(void *arg) = run_walk;
    j->row = row;
    j->all_done = done;
    j->walk = (struct history_walk){
        .table = j->table, .column = j->column, .type = j->type, .from_ms = from_ms, .to_ms = to_ms};
    if (table_column_index(t, column) < 0)
        refuse(j, ERR_NOT_FOUND, "does not exist");
    else if (j->type == COLUMN_TEXT)
        refuse(j, ERR_INVALID, "is a text and has no points");
    if (j->rc != ERR_CLOSED)
        run = run_nothing;
    else
        history_send_pending(h);
    workers_submit(h->workers, run, done_walk, j);
}
