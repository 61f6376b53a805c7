/* The codec of the journal. */
#include "history/journal.h"
#include "base/vec.h"
#include "history/pack.h"
#include "history/schema.h"

#include <stdlib.h>

enum { QUALITY_MASK = 7, REAL = 1 << 3, TEXT = 1 << 4, FRESH = 1 << 5, FORM_SHIFT = 6 };

void history_journal_done(struct history_journal *j)
{
    str_done(&j->data);
    *j = (struct history_journal){0};
}

void history_journal_clear(struct history_journal *j)
{
    str_clear(&j->data);
    *j = (struct history_journal){.data = j->data};
}

void history_journal_add(struct history_journal *j, int64_t series, const struct history_sample *s, bool text)
{
    bool known = s->quality != QUALITY_UNKNOWN;
    history_pack_int(&j->data, (int64_t)((uint64_t)series - (uint64_t)j->series));
    history_pack_int(&j->data, (int64_t)((uint64_t)s->time_ms - (uint64_t)j->time_ms));
    size_t at = j->data.len;
    unsigned byte = s->quality | (s->real && known ? REAL : 0) | (text ? TEXT : 0) | (s->fresh ? FRESH : 0);
    str_char(&j->data, 0);
    if (known && s->real)
        byte |= (unsigned)history_pack_real(&j->data, s->d) << FORM_SHIFT;
    else if (known)
        history_pack_int(&j->data, s->i);
    j->data.s[at] = (char)byte;
    if (!j->n || s->time_ms < j->first_ms)
        j->first_ms = s->time_ms;
    if (!j->n || s->time_ms > j->last_ms)
        j->last_ms = s->time_ms;
    j->series = series;
    j->time_ms = s->time_ms;
    j->n++;
}

static bool wanted(const struct history_filter *f, int64_t series)
{
    if (series < f->low || series > f->high)
        return false;
    int64_t item = series / HISTORY_SCHEMA_SLOTS, slot = series % HISTORY_SCHEMA_SLOTS;
    return (f->slot < 0 || slot == f->slot) && item % f->of == f->rest;
}

int history_journal_decode(const void *bytes, size_t len, const struct history_filter *f, struct history_entries *out)
{
    struct history_unpack u = history_unpack(bytes, len);
    size_t before = out->n;
    uint64_t series = 0, time = 0;
    while (u.at != u.end && !u.bad) {
        series += (uint64_t)history_unpack_int(&u);
        time += (uint64_t)history_unpack_int(&u);
        unsigned byte = history_unpack_byte(&u);
        unsigned form = byte >> FORM_SHIFT;
        struct history_entry e = {.series = (int64_t)series, .text = (byte & TEXT) != 0};
        e.sample = (struct history_sample){.time_ms = (int64_t)time,
                                           .quality = byte & QUALITY_MASK,
                                           .real = (byte & REAL) != 0,
                                           .fresh = (byte & FRESH) != 0};
        bool known = e.sample.quality != QUALITY_UNKNOWN;
        if (e.sample.quality > QUALITY_STALE || (e.sample.real && (e.text || !known || !form)) ||
            (!e.sample.real && form) || e.series < 0)
            u.bad = true;
        else if (known && e.sample.real)
            e.sample.d = history_unpack_real(&u, (enum history_real_form)form);
        else if (known)
            e.sample.i = history_unpack_int(&u);
        if (!u.bad && wanted(f, e.series)) {
            e.order = (uint32_t)out->n;
            vec_push(out, e);
        }
    }
    if (u.bad)
        out->n = before;
    return u.bad ? ERR_INVALID : 0;
}

static int compare(const void *a, const void *b)
{
    const struct history_entry *x = a, *y = b;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    if (x->sample.time_ms != y->sample.time_ms)
        return x->sample.time_ms < y->sample.time_ms ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Of entries of one series and time the last one counts: a clock that was set back, or a run that ended before it could say
 * what it had written, makes moments come twice. */
static void unite(struct history_entries *e)
{
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        struct history_entry entry = e->items[i];
        const struct history_entry *last = n ? &e->items[n - 1] : NULL;
        if (last && last->series == entry.series && last->sample.time_ms == entry.sample.time_ms) {
            entry.sample.fresh |= last->sample.fresh;
            n--;
        }
        e->items[n++] = entry;
    }
    e->n = n;
}

void history_journal_sort(struct history_entries *e)
{
    if (e->n)
        qsort(e->items, e->n, sizeof *e->items, compare);
    unite(e);
}
