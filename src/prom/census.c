/* Counts of series by family and label. */
#include "prom/census_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "prom/explorer_tables.h"
#include "prom/parts.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_S = 1, MINUTE_S = 60, SLICE_US = 2000, FAMILIES = 16 /* between two looks at the clock */, AT_ONCE = 8 };

struct prom_census_target {
    struct prom_census *census;
    struct census_job *job;
    struct prom_parts parts; /* how many of a family's series are this target's, by its number */
    bool settled;
};

/* ---- families ---- */

static struct census_family *family_of(const struct census_job *j, const struct name *name)
{
    return map_get(&j->families, &name, sizeof name);
}

void prom_census_free_label(struct census_label *l)
{
    prom_distinct_done(&l->values);
    name_unref(l->name);
    name_unref(l->example);
}

static void free_family(struct census_family *f)
{
    for (size_t i = 0; i < f->nlabels; i++)
        prom_census_free_label(&f->labels[i]);
    for (size_t i = 0; i < f->nsamples; i++)
        name_unref(f->samples[i].name);
    free(f->labels);
    free(f->samples);
    name_unref(f->name);
    name_unref(f->help);
    name_unref(f->unit);
    free(f->churn);
    free(f);
}

static void wait(struct prom_census *c)
{
    const struct timeval second = {.tv_sec = WAIT_S};
    if (c->writing && !evtimer_pending(c->writing, NULL))
        evtimer_add(c->writing, &second);
}

static void touch(struct prom_census *c, struct census_family *f)
{
    if (f->dirty)
        return;
    f->dirty = true;
    vec_push(&c->dirty, f);
    wait(c);
}

static struct census_family *learn(struct prom_census_target *t, const struct prom_census_series *s)
{
    struct census_family *f = family_of(t->job, s->family);
    if (f)
        return f;
    f = mem_new(struct census_family);
    *f = (struct census_family){.job = t->job, .name = name_ref(s->family), .number = ++t->census->last_number};
    map_put(&t->job->families, &s->family, sizeof s->family, f);
    return f;
}

static void count_sample(struct census_family *f, struct name *name, int n)
{
    size_t i = 0;
    while (i < f->nsamples && f->samples[i].name != name)
        i++;
    if (i == f->nsamples) {
        f->samples = mem_realloc(f->samples, ++f->nsamples, sizeof *f->samples);
        f->samples[i] = (struct census_sample){.name = name_ref(name)};
    }
    f->samples[i].series += n;
    if (f->samples[i].series > 0)
        return;
    name_unref(f->samples[i].name);
    f->samples[i] = f->samples[--f->nsamples];
}

/* ---- labels ---- */

/* The next pair of a text as prom/labels.h writes it; false at the end. The value is as it is written, escapes in place. */
static bool next_pair(const char **at, struct prom_text_span *name, struct prom_text_span *value)
{
    const char *s = *at;
    bool quoted = *s == '"';
    s += quoted;
    name->s = s;
    while (*s && *s != (quoted ? '"' : '='))
        s += *s == '\\' && s[1] ? 2 : 1;
    name->len = (size_t)(s - name->s);
    s += quoted && *s;
    if (s[0] != '=' || s[1] != '"')
        return false;
    s += 2;
    value->s = s;
    while (*s && *s != '"')
        s += *s == '\\' && s[1] ? 2 : 1;
    value->len = (size_t)(s - value->s);
    s += *s == '"';
    *at = s + (*s == ',');
    return true;
}

static struct census_label *label_of(struct prom_census *c, struct census_family *f, struct prom_text_span name)
{
    for (size_t i = 0; i < f->nlabels; i++) {
        const struct name *n = f->labels[i].name;
        if (n->len == name.len && memcmp(n->raw, name.s, name.len) == 0)
            return &f->labels[i];
    }
    f->labels = mem_realloc(f->labels, ++f->nlabels, sizeof *f->labels);
    f->labels[f->nlabels - 1] = (struct census_label){.name = name_intern(store_names(c->store), name.s, name.len)};
    return &f->labels[f->nlabels - 1];
}

static void count_value(struct prom_census *c, struct census_family *f, struct prom_text_span name,
                        struct prom_text_span value, int n)
{
    struct census_label *l = label_of(c, f, name);
    l->series += n;
    prom_distinct_add(&l->values, map_hash(value.s, value.len), n);
    if (!l->example && n > 0) {
        size_t len = value.len < PROM_CENSUS_EXAMPLE ? value.len : PROM_CENSUS_EXAMPLE;
        while (len < value.len && len > 0 && ((unsigned char)value.s[len] & 0xC0) == 0x80)
            len--; /* not within a character */
        l->example = name_intern(store_names(c->store), value.s, len);
    }
}

/* ---- counting ---- */

static void count_churn(struct prom_census *c, struct census_family *f, int n)
{
    if (!f->churn) {
        f->churn = mem_new(struct census_churn);
        *f->churn = (struct census_churn){0};
        vec_push(&c->restless, f);
    }
    if (n > 0)
        f->churn->came[c->minute] += (uint32_t)n;
    else
        f->churn->went[c->minute] += (uint32_t)-n;
}

/* How many of the family's series are this target's. */
static void count_part(struct prom_census_target *t, struct census_family *f, int n)
{
    uint32_t now, had = prom_parts_add(&t->parts, f->number, n, &now);
    if (!had && now)
        f->targets++;
    else if (had && !now)
        f->targets--;
}

void prom_census_tell(struct prom_census_target *t, const struct prom_census_series *s)
{
    struct census_family *f = family_of(t->job, s->family);
    if (!f || (f->type == s->type && f->help == s->help && f->unit == s->unit))
        return;
    f->type = s->type;
    name_replace(&f->help, s->help);
    name_replace(&f->unit, s->unit);
    touch(t->census, f);
}

void prom_census_count(struct prom_census_target *t, const struct prom_census_series *s, int n)
{
    struct census_family *f = learn(t, s);
    struct prom_text_span name, value;
    const char *at = s->labels->raw;
    if (n == 0)
        return;
    f->series += n;
    if (n > 0)
        prom_census_tell(t, s);
    count_part(t, f, n);
    if (s->sample)
        count_sample(f, s->sample, n);
    while (next_pair(&at, &name, &value))
        count_value(t->census, f, name, value, n);
    if (t->settled)
        count_churn(t->census, f, n);
    touch(t->census, f);
}

void prom_census_bound(struct prom_census_target *t, const struct prom_census_series *s, double le, int n)
{
    char text[32];
    snprintf(text, sizeof text, le > 1e308 ? "+Inf" : "%.15g", le);
    struct census_family *f = learn(t, s);
    count_value(t->census, f, (struct prom_text_span){"le", 2}, (struct prom_text_span){text, strlen(text)}, n);
    touch(t->census, f);
}

/* ---- rows ---- */

static void drop_family(struct prom_census *c, struct census_family *f)
{
    table_remove_id(c->families, f->row);
    for (size_t i = 0; i < c->restless.n; i++)
        if (c->restless.items[i] == f) {
            c->restless.items[i] = c->restless.items[--c->restless.n];
            break;
        }
    map_del(&f->job->families, &f->name, sizeof f->name);
    free_family(f);
}

static void drop_job(struct prom_census *c, struct census_job *j)
{
    if (j->targets || j->families.n)
        return;
    map_del(&c->jobs, &j->name, sizeof j->name);
    map_done(&j->families);
    name_unref(j->name);
    free(j);
}

static void write_family(struct prom_census *c, struct census_family *f)
{
    f->dirty = false;
    prom_census_write_rows(c, f);
    if (f->series <= 0) {
        struct census_job *j = f->job;
        drop_family(c, f);
        drop_job(c, j);
    }
}

/* Some of those that are to be written; false once there is none. */
static bool write_some(struct prom_census *c)
{
    for (int i = 0; i < FAMILIES && c->dirty.n; i++)
        write_family(c, c->dirty.items[--c->dirty.n]);
    return c->dirty.n > 0;
}

void prom_census_write(struct prom_census *c)
{
    while (write_some(c)) {
    }
    store_commit(c->store);
}

static void on_write(evutil_socket_t fd, short what, void *arg)
{
    struct prom_census *c = arg;
    const struct clock *clock = store_clock(c->store);
    int64_t end = clock_mono_us(clock) + SLICE_US;
    bool more = true;
    (void)fd, (void)what;
    while (more && clock_mono_us(clock) < end)
        more = write_some(c);
    store_commit(c->store);
    if (more)
        event_active(c->writing, 0, 0);
}

/* ---- time ---- */

static bool is_quiet(const struct census_churn *churn)
{
    bool quiet = true;
    for (int i = 0; i < PROM_CENSUS_MINUTES; i++)
        quiet &= !churn->came[i] && !churn->went[i];
    return quiet;
}

void prom_census_minute(struct prom_census *c)
{
    c->minute = (c->minute + 1) % PROM_CENSUS_MINUTES;
    for (size_t i = c->restless.n; i-- > 0;) {
        struct census_family *f = c->restless.items[i];
        f->churn->came[c->minute] = f->churn->went[c->minute] = 0;
        if (is_quiet(f->churn)) {
            free(f->churn);
            f->churn = NULL;
            c->restless.items[i] = c->restless.items[--c->restless.n];
        }
        touch(c, f);
    }
}

static void on_minute(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    prom_census_minute(arg);
}

/* ---- all ---- */

struct prom_census *prom_census_new(struct event_base *base, struct store *store)
{
    const struct timeval minute = {.tv_sec = MINUTE_S};
    struct prom_census *c = mem_new(struct prom_census);
    *c = (struct prom_census){.store = store,
                              .families = store_find(store, prom_table_families.name),
                              .labels = store_find(store, prom_table_labels.name),
                              .owner = store_owner(store, "prom")};
    c->writing = evtimer_new(base, on_write, c);
    c->minutes = event_new(base, -1, EV_PERSIST, on_minute, c);
    event_add(c->minutes, &minute);
    return c;
}

void prom_census_free(struct prom_census *c)
{
    void *job, *family;
    if (!c)
        return;
    for (size_t at = 0; map_next(&c->jobs, &at, NULL, NULL, &job);) {
        struct census_job *j = job;
        for (size_t i = 0; map_next(&j->families, &i, NULL, NULL, &family);)
            free_family(family);
        map_done(&j->families);
        name_unref(j->name);
        free(j);
    }
    map_done(&c->jobs);
    vec_done(&c->dirty);
    vec_done(&c->restless);
    event_free(c->writing);
    event_free(c->minutes);
    free(c);
}

struct prom_census_target *prom_census_target_new(struct prom_census *c, const char *job)
{
    struct prom_census_target *t = mem_new(struct prom_census_target);
    struct name *name = name_intern(store_names(c->store), job, strlen(job));
    struct census_job *j = map_get(&c->jobs, &name, sizeof name);
    if (!j) {
        j = mem_new(struct census_job);
        *j = (struct census_job){.name = name_ref(name)};
        map_put(&c->jobs, &name, sizeof name, j);
    }
    name_unref(name);
    j->targets++;
    *t = (struct prom_census_target){.census = c, .job = j};
    return t;
}

void prom_census_target_free(struct prom_census_target *t)
{
    if (!t)
        return;
    prom_parts_done(&t->parts);
    t->job->targets--;
    drop_job(t->census, t->job);
    free(t);
}

void prom_census_target_settle(struct prom_census_target *t)
{
    for (int i = 0; i < AT_ONCE && !t->settled; i++) /* who asks once for what is there sees it */
        write_some(t->census);
    t->settled = true;
}
