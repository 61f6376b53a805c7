/* The past of queries in the history. */
#include "cmd/past.h"

#include "base/mem.h"
#include "base/vec.h"
#include "history/history.h"

#include <stdlib.h>

static const char column[] = "value";

static int keep(void *arg, const struct table *t, const struct value *key, const struct prom_api_point *points,
                size_t n, struct error *err)
{
    struct history *const *history = arg;
    VEC(struct stream_point) past = {0};
    if (!*history)
        return error_set(err, ERR_NOT_FOUND, "no history is kept");
    for (size_t i = 0; i < n; i++)
        vec_push(&past, (struct stream_point){.time_ms = points[i].time_ms, .value = points[i].value});
    int rc = history_backfill(*history, t, key, column, past.items, past.n, err);
    vec_done(&past);
    return rc;
}

/* A series that is being read, step by step. */
struct reading {
    int64_t from_ms, to_ms, step_ms;
    prom_server_fill_known *done;
    void *arg;
};

/* Too many gaps are one, from the last of them on. */
static void add_gap(struct prom_server_fill_gap *gaps, size_t *n, int64_t from_ms, int64_t to_ms)
{
    if (from_ms >= to_ms)
        return;
    if (*n == PROM_SERVER_FILL_GAPS)
        gaps[*n - 1].to_ms = to_ms;
    else
        gaps[(*n)++] = (struct prom_server_fill_gap){from_ms, to_ms};
}

/* A step without a point is one in which nothing was known. */
static void on_read(void *arg, const struct stream_point *points, size_t n, const struct error *err)
{
    struct reading *r = arg;
    struct prom_server_fill_gap gaps[PROM_SERVER_FILL_GAPS];
    size_t ngaps = 0;
    int64_t at = r->from_ms; /* up to here it is looked through */
    for (size_t i = 0; !err && i < n; i++) {
        int64_t step = r->from_ms + (points[i].time_ms - r->from_ms) / r->step_ms * r->step_ms;
        add_gap(gaps, &ngaps, at, step);
        at = step + r->step_ms;
    }
    add_gap(gaps, &ngaps, at, r->to_ms);
    r->done(r->arg, gaps, ngaps);
    free(r);
}

static void look(void *arg, const struct table *t, const struct value *key, int64_t from_ms, int64_t to_ms,
                 int64_t step_ms, prom_server_fill_known *done, void *done_arg)
{
    struct history *const *history = arg;
    if (!*history) {
        done(done_arg, &(struct prom_server_fill_gap){from_ms, to_ms}, 1);
        return;
    }
    struct reading *r = mem_new(struct reading);
    *r = (struct reading){.from_ms = from_ms, .to_ms = to_ms, .step_ms = step_ms, .done = done, .arg = done_arg};
    history_read(*history, t, key, column, from_ms, to_ms, step_ms, on_read, r);
}

struct prom_server_fill_past cmd_past(struct history **history)
{
    return (struct prom_server_fill_past){.keep = keep, .known = look, .arg = history};
}
