/* What sources are tried on; see bench.h. */
#include "tests/unit/prom/bench.h"
#include "tests/unit/unit.h"

#include "base/mem.h"

enum { WAIT_S = 60 };

static int64_t wall(void *arg)
{
    return 1000000000000 + ((struct bench *)arg)->now_us / 1000;
}

static int64_t mono(void *arg)
{
    struct bench *b = arg;
    return b->now_us += b->step_us;
}

void bench_init(struct bench *b)
{
    *b = (struct bench){.base = event_base_new(), .now_us = 1000000};
    b->clock = (struct clock){.wall_ms = wall, .mono_us = mono, .arg = b};
    b->store = store_new(&b->clock);
    b->scheduler = scheduler_new(b->base, b->store);
}

void bench_done(struct bench *b)
{
    scheduler_free(b->scheduler);
    store_free(b->store);
    event_base_free(b->base);
    if (b->web)
        web_stop(b->web);
    for (size_t i = 0; i < b->bodies.n; i++)
        free(b->bodies.items[i]);
    for (size_t i = 0; i < b->served.n; i++)
        free(b->served.items[i]);
    vec_done(&b->bodies);
    vec_done(&b->served);
}

/* ---- the server ---- */

void bench_page(struct bench *b, const char *path, const char *status, const char *headers, const char *body)
{
    char *bytes = mem_printf("HTTP/1.1 %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s", status, headers,
                             strlen(body), body);
    assert_true(b->npages < BENCH_PAGES);
    b->pages[b->npages++] = (struct web_page){.path = path, .bytes = bytes};
    vec_push(&b->bodies, bytes);
}

void bench_serve(struct bench *b)
{
    struct web_page *pages = mem_calloc(b->npages + 1, sizeof *pages);
    memcpy(pages, b->pages, b->npages * sizeof *pages);
    vec_push(&b->served, pages);
    b->npages = 0;
    if (b->web)
        web_set(b->web, pages);
    else
        b->web = web_start(pages);
}

/* ---- the source ---- */

struct row *bench_source(struct bench *b, const char *name)
{
    return bench_find(b, "sources", (const char *const[4]){name});
}

const char *bench_said(struct bench *b, const char *name, size_t column)
{
    struct row *r = bench_source(b, name);
    assert_non_null(r);
    struct value v = row_get(r, column);
    return v.quality == QUALITY_UNKNOWN ? "" : v.s->raw;
}

int64_t bench_rounds(struct bench *b, const char *name)
{
    struct row *r = bench_source(b, name);
    struct value v = r ? row_get(r, SOURCES_ROUNDS) : value_unknown();
    return v.quality == QUALITY_UNKNOWN ? 0 : v.i;
}

int64_t bench_deadline(void)
{
    return clock_mono_us(&clock_system) + WAIT_S * INT64_C(1000000);
}

void bench_turn(struct bench *b, int64_t deadline)
{
    if (clock_mono_us(&clock_system) > deadline)
        fail_msg("it does not come");
    event_base_loopexit(b->base, &(struct timeval){.tv_usec = 10000});
    event_base_loop(b->base, EVLOOP_ONCE);
    scheduler_turn(b->scheduler);
}

void bench_round(struct bench *b, const char *name, int64_t before)
{
    int64_t deadline = bench_deadline();
    while (bench_rounds(b, name) == before)
        bench_turn(b, deadline);
}

struct row *bench_find(struct bench *b, const char *table, const char *const key[4])
{
    const struct table *t = store_find(b->store, table);
    struct value values[4];
    size_t n = 0;
    for (; n < 4 && key[n]; n++)
        values[n] = value_text(name_intern(store_names(b->store), key[n], strlen(key[n])));
    struct row *r = t ? table_find(t, values) : NULL;
    for (size_t i = 0; i < n; i++)
        name_unref(values[i].s);
    return r;
}
