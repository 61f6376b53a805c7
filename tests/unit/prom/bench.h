/* A store, a scheduler and a web server in one loop, with a clock that the test moves: what sources are tried on. */
#ifndef TESTS_UNIT_PROM_BENCH_H
#define TESTS_UNIT_PROM_BENCH_H

#include "base/clock.h"
#include "base/vec.h"
#include "source/source.h"
#include "table/table.h"
#include "tests/unit/net/web.h"

#include <event2/event.h>

enum { BENCH_PAGES = 16 };

struct bench {
    struct event_base *base;
    int64_t now_us, step_us; /* stands still but for what a test adds, and a step with each look at it */
    struct clock clock;
    struct store *store;
    struct scheduler *scheduler;
    struct web *web;                    /* from the first bench_serve on */
    struct web_page pages[BENCH_PAGES]; /* what the next bench_serve is to serve */
    size_t npages;
    VEC(char *) bodies;
    VEC(struct web_page *) served;
};

/* Stays where it is until bench_done. */
void bench_init(struct bench *b);
void bench_done(struct bench *b);

/* Adds a page: "200 OK", "Content-Type: text/plain\r\n", its body. path is borrowed; NULL: any. */
void bench_page(struct bench *b, const char *path, const char *status, const char *headers, const char *body);
/* What the server has from now on is what was added since the last time. */
void bench_serve(struct bench *b);

/* The row of `sources` of this name; NULL: there is none. */
struct row *bench_source(struct bench *b, const char *name);
/* The source's text; "" where it is unknown. */
const char *bench_said(struct bench *b, const char *name, size_t column);
/* How many rounds it had. */
int64_t bench_rounds(struct bench *b, const char *name);

/* A minute from now, in real time. */
int64_t bench_deadline(void);
/* Lets the loop go on a little; fails the test past the deadline. */
void bench_turn(struct bench *b, int64_t deadline);
/* Until the source had more than so many rounds. */
void bench_round(struct bench *b, const char *name, int64_t before);

/* The row with these texts as its key; those from the first NULL on are no part of it. */
struct row *bench_find(struct bench *b, const char *table, const char *const key[4]);

#endif
