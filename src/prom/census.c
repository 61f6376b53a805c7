/* Counts of series by family and label. */
#include "prom/census.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "prom/distinct.h"
#include "prom/explorer_tables.h"
#include "prom/parts.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_S = 1, MINUTE_S = 60, SLICE_US = 2000, FAMILIES = 16 /* between two looks at the clock */, AT_ONCE = 8 };

struct label {
    struct name *name, *example;
    struct prom_distinct values;
    int64_t series;
    uint64_t row; /* of `metric_labels`; 0: none yet */
};

/* What came and went in each of the last minutes. */
struct churn {
    uint32_t came[PROM_CENSUS_MINUTES], went[PROM_CENSUS_MINUTES];
};

struct sample {
    struct name *name;
    int64_t series;
};

struct family {
    struct job *job;
    struct name *name, *help, *unit;
    enum prom_text_type type;
    int64_t series;
    uint32_t number; /* no other one has it; from 1 */
    uint32_t targets;
    bool dirty; /* its rows are to be written */
    uint64_t row;
    struct churn *churn;    /* NULL: none */
    struct sample *samples; /* few: they grow one by one, as the next do */
    struct label *labels;
    size_t nsamples, nlabels;
};

struct job {
    struct name *name;
    struct map families; /* by the address of their name */
    size_t targets;
};

struct prom_census {
    struct store *store;
    struct table *families, *labels;
    uint16_t owner;
    struct map jobs; /* likewise */
    VEC(struct family *) dirty, restless;
    uint32_t last_number;
    size_t minute; /* of the rings: the one that runs */
    struct event *writing, *minutes;
};

struct prom_census_target {
    struct prom_census *census;
    struct job *job;
    struct prom_parts parts; /* how many of a family's series are this target's, by its number */
    bool settled;
};

/* ---- families ---- */

static struct family *family_of(const struct job *j, const struct name *name)
{
    return map_get(&j->families, &name, sizeof name);
}

static void free_label(struct label *l)
{
    prom_distinct_done(&l->values);
    name_unref(l->name);
    name_unref(l->example);
}

static void free_family(struct family *f)
{
    for (size_t i = 0; i < f->nlabels; i++)
        free_label(&f->labels[i]);
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

static void touch(struct prom_census *c, struct family *f)
{
    if (f->dirty)
        return;
    f->dirty = true;
    vec_push(&c->dirty, f);
    wait(c);
}

static struct family *learn(struct prom_census_target *t, const struct prom_census_series *s)
{
    struct family *f = family_of(t->job, s->family);
    if (f)
        return f;
    f = mem_new(struct family);
    *f = (struct family){.job = t->job, .name = name_ref(s->family), .number = ++t->census->last_number};
    map_put(&t->job->families, &s->family, sizeof s->family, f);
    return f;
}

static void count_sample(struct family *f, struct name *name, int n)
{
    size_t i = 0;
    while (i < f->nsamples && f->samples[i].name != name)
        i++;
    if (i == f->nsamples) {
        f->samples = mem_realloc(f->samples, ++f->nsamples, sizeof *f->samples);
        f->samples[i] = (struct sample){.name = name_ref(name)};
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

static struct label *label_of(struct prom_census *c, struct family *f, struct prom_text_span name)
{
    for (size_t i = 0; i < f->nlabels; i++) {
        const struct name *n = f->labels[i].name;
        if (n->len == name.len && memcmp(n->raw, name.s, name.len) == 0)
            return &f->labels[i];
    }
    f->labels = mem_realloc(f->labels, ++f->nlabels, sizeof *f->labels);
    f->labels[f->nlabels - 1] = (struct label){.name = name_intern(store_names(c->store), name.s, name.len)};
    return &f->labels[f->nlabels - 1];
}

static void count_value(struct prom_census *c, struct family *f, struct prom_text_span name,
                        struct prom_text_span value, int n)
{
    struct label *l = label_of(c, f, name);
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

static void count_churn(struct prom_census *c, struct family *f, int n)
{
    if (!f->churn) {
        f->churn = mem_new(struct churn);
        *f->churn = (struct churn){0};
        vec_push(&c->restless, f);
    }
    if (n > 0)
        f->churn->came[c->minute] += (uint32_t)n;
    else
        f->churn->went[c->minute] += (uint32_t)-n;
}

/* How many of the family's series are this target's. */
static void count_part(struct prom_census_target *t, struct family *f, int n)
{
    uint32_t now, had = prom_parts_add(&t->parts, f->number, n, &now);
    if (!had && now)
        f->targets++;
    else if (had && !now)
        f->targets--;
}

void prom_census_tell(struct prom_census_target *t, const struct prom_census_series *s)
{
    struct family *f = family_of(t->job, s->family);
    if (!f || (f->type == s->type && f->help == s->help && f->unit == s->unit))
        return;
    f->type = s->type;
    name_replace(&f->help, s->help);
    name_replace(&f->unit, s->unit);
    touch(t->census, f);
}

void prom_census_count(struct prom_census_target *t, const struct prom_census_series *s, int n)
{
    struct family *f = learn(t, s);
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
    struct family *f = learn(t, s);
    count_value(t->census, f, (struct prom_text_span){"le", 2}, (struct prom_text_span){text, strlen(text)}, n);
    touch(t->census, f);
}

/* ---- rows ---- */

static struct row *row_of(const struct prom_census *c, struct table *t, const struct family *f, struct name *label,
                          uint64_t *id)
{
    struct row *row = *id ? table_by_id(t, *id) : NULL;
    const struct value key[] = {value_text(f->job->name), value_text(f->name), value_text(label)};
    if (!row)
        row = table_upsert(t, key, c->owner);
    *id = row ? row_id(row) : 0;
    return row;
}

/* Writes the rows of labels, and removes those of labels that no series has; the one with the most values in *worst. */
static void write_labels(struct prom_census *c, struct family *f, struct name **worst, struct value *most)
{
    *worst = NULL;
    *most = value_unknown();
    for (size_t i = f->nlabels; i-- > 0;) {
        struct label *l = &f->labels[i];
        if (l->series <= 0) {
            table_remove_id(c->labels, l->row);
            free_label(l);
            f->labels[i] = f->labels[--f->nlabels];
            continue;
        }
        struct value values = {0};
        values.i = prom_distinct_count(&l->values, &values.quality);
        if (!*worst || values.i > most->i) {
            *worst = l->name;
            *most = values;
        }
        struct row *row = row_of(c, c->labels, f, l->name, &l->row);
        if (!row)
            continue;
        table_set(c->labels, row, LABELS_VALUES, values);
        table_set_int(c->labels, row, LABELS_SERIES, l->series, QUALITY_EXACT);
        table_set(c->labels, row, LABELS_EXAMPLE, value_text(l->example));
    }
}

/* "^(a_sum|a_count)$"; without any, what no name matches. */
static void write_samples(const struct prom_census *c, const struct family *f, struct row *row)
{
    struct str s = {0};
    str_add(&s, "^(");
    for (size_t i = 0; i < f->nsamples; i++) {
        const struct name *n = f->samples[i].name;
        str_add(&s, i ? "|" : "");
        for (size_t k = 0; k < n->len; k++) {
            if (strchr(".\\+*?()[]{}^$|-#/ ", n->raw[k]))
                str_char(&s, '\\');
            str_char(&s, n->raw[k]);
        }
    }
    str_add(&s, f->nsamples ? ")$" : "(?!))$");
    table_set_bytes(c->families, row, FAMILIES_SAMPLES, str_text(&s), s.len);
    str_done(&s);
}

static void write_churn(const struct prom_census *c, const struct family *f, struct row *row)
{
    int64_t came = 0, went = 0;
    for (int i = 0; i < PROM_CENSUS_MINUTES && f->churn; i++) {
        came += f->churn->came[i];
        went += f->churn->went[i];
    }
    table_set_int(c->families, row, FAMILIES_CAME, came, QUALITY_EXACT);
    table_set_int(c->families, row, FAMILIES_WENT, went, QUALITY_EXACT);
}

static void drop_family(struct prom_census *c, struct family *f)
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

static void drop_job(struct prom_census *c, struct job *j)
{
    if (j->targets || j->families.n)
        return;
    map_del(&c->jobs, &j->name, sizeof j->name);
    map_done(&j->families);
    name_unref(j->name);
    free(j);
}

static void write_family(struct prom_census *c, struct family *f)
{
    struct name *worst;
    struct value most;
    f->dirty = false;
    write_labels(c, f, &worst, &most);
    if (f->series <= 0) {
        struct job *j = f->job;
        drop_family(c, f);
        drop_job(c, j);
        return;
    }
    struct table *t = c->families;
    struct row *row = row_of(c, t, f, NULL, &f->row);
    if (!row)
        return;
    table_set_text(t, row, FAMILIES_TYPE, prom_text_type_name(f->type));
    table_set_int(t, row, FAMILIES_SERIES, f->series, QUALITY_EXACT);
    table_set_int(t, row, FAMILIES_TARGETS, f->targets, QUALITY_EXACT);
    table_set(t, row, FAMILIES_WORST_LABEL, value_text(worst));
    table_set(t, row, FAMILIES_WORST_VALUES, most);
    table_set(t, row, FAMILIES_UNIT, value_text(f->unit));
    table_set(t, row, FAMILIES_HELP, value_text(f->help));
    write_churn(c, f, row);
    write_samples(c, f, row);
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

static bool is_quiet(const struct churn *churn)
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
        struct family *f = c->restless.items[i];
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
        struct job *j = job;
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
    struct job *j = map_get(&c->jobs, &name, sizeof name);
    if (!j) {
        j = mem_new(struct job);
        *j = (struct job){.name = name_ref(name)};
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
