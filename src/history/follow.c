/* Rows lie in pages of one table each, so that a page says what all of them have in common. */
#include "history/follow.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROWS = 128, /* of a page */
    NO_BUCKET = 254,
    UNUSED = 255,
    LOW_BITS = 24, /* of the time */
};

struct record {
    uint64_t id : 40, sampled_low : LOW_BITS; /* id: of an unused one, as history_follow_table.free_row has it */
    uint64_t seq : 48, sampled_high : 16;
};

struct history_follow_page {
    uint32_t table;
    uint32_t size;        /* of a row's sets, in bytes */
    uint8_t bucket[ROWS]; /* or NO_BUCKET, UNUSED */
    struct record rows[ROWS];
    uint8_t *sets; /* both, one after the other; a row's begin with a byte */
};

void history_follow_done(struct history_follow *f)
{
    for (uint32_t i = 0; i < f->tables.n; i++)
        history_follow_forget(f, i);
    vec_done(&f->pages);
    vec_done(&f->tables);
    *f = (struct history_follow){0};
}

static struct history_follow_page *page_of(const struct history_follow *f, uint32_t row)
{
    return f->pages.items[row / ROWS];
}

static struct record *record_of(const struct history_follow *f, uint32_t row)
{
    return &page_of(f, row)->rows[row % ROWS];
}

static uint8_t *bucket_of(const struct history_follow *f, uint32_t row)
{
    return &page_of(f, row)->bucket[row % ROWS];
}

/* ---- sets ---- */

static uint32_t size_of_sets(size_t columns)
{
    return (uint32_t)(2 * columns + 7) / 8;
}

/* The bits of a row, and in *first where the set's begin. */
static uint8_t *bits_of(const struct history_follow *f, uint32_t row, enum history_follow_set set, size_t *first,
                        size_t *columns)
{
    const struct history_follow_page *p = page_of(f, row);
    *columns = f->tables.items[p->table].columns;
    *first = set == HISTORY_FOLLOW_SEEN ? 0 : *columns;
    return p->sets + (size_t)(row % ROWS) * p->size;
}

static bool has_bit(const uint8_t *bits, size_t i)
{
    return bits[i / 8] >> i % 8 & 1;
}

bool history_follow_has(const struct history_follow *f, uint32_t row, enum history_follow_set set, size_t column)
{
    size_t first, columns;
    const uint8_t *bits = bits_of(f, row, set, &first, &columns);
    return has_bit(bits, first + column);
}

void history_follow_put(struct history_follow *f, uint32_t row, enum history_follow_set set, size_t column)
{
    size_t first, columns;
    uint8_t *bits = bits_of(f, row, set, &first, &columns);
    bits[(first + column) / 8] |= (uint8_t)(1u << (first + column) % 8);
}

void history_follow_clear(struct history_follow *f, uint32_t row, enum history_follow_set set)
{
    size_t first, columns;
    uint8_t *bits = bits_of(f, row, set, &first, &columns);
    for (size_t i = first; i < first + columns; i++)
        bits[i / 8] &= (uint8_t) ~(1u << i % 8);
}

bool history_follow_any(const struct history_follow *f, uint32_t row, enum history_follow_set set)
{
    size_t first, columns;
    const uint8_t *bits = bits_of(f, row, set, &first, &columns);
    bool any = false;
    for (size_t i = first; i < first + columns && !any; i++)
        any = has_bit(bits, i);
    return any;
}

/* Brings the sets of a page to other columns. */
static void move_sets(struct history_follow_page *p, size_t old, size_t n, const size_t *from)
{
    uint32_t size = size_of_sets(n);
    uint8_t *sets = mem_calloc(ROWS, size + !size);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < 2 * n; i++) {
            size_t was = from[i % n];
            if (was < old && has_bit(p->sets + row * p->size, was + (i < n ? 0 : old)))
                sets[row * size + i / 8] |= (uint8_t)(1u << i % 8);
        }
    free(p->sets);
    p->sets = sets;
    p->size = size;
}

/* ---- tables ---- */

void history_follow_columns(struct history_follow *f, uint32_t table, size_t n, const size_t *from)
{
    while (f->tables.n <= table)
        vec_push(&f->tables, (struct history_follow_table){0});
    struct history_follow_table *t = &f->tables.items[table];
    for (size_t i = 0; i < f->pages.n; i++)
        if (f->pages.items[i] && f->pages.items[i]->table == table)
            move_sets(f->pages.items[i], t->columns, n, from);
    t->columns = (uint32_t)n;
}

void history_follow_forget(struct history_follow *f, uint32_t table)
{
    if (table >= f->tables.n)
        return;
    for (size_t i = 0; i < f->pages.n; i++) {
        struct history_follow_page *p = f->pages.items[i];
        if (!p || p->table != table)
            continue;
        for (size_t k = 0; k < ROWS; k++)
            if (p->bucket[k] < HISTORY_FOLLOW_BUCKETS)
                f->waiting[p->bucket[k]]--;
        free(p->sets);
        free(p);
        f->pages.items[i] = NULL;
    }
    f->n -= f->tables.items[table].n;
    free(f->tables.items[table].slots);
    f->tables.items[table] = (struct history_follow_table){0};
}

/* ---- by id: open addressing with linear probing, and no tombstones ---- */

/* Ids count up: a multiplicative hash spreads them, whatever their stride. */
static uint32_t home(const struct history_follow_table *t, uint64_t id)
{
    uint64_t h = id * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(((h ^ h >> 32) & UINT32_MAX) * t->room >> 32);
}

static uint32_t after(const struct history_follow_table *t, uint32_t slot)
{
    return slot + 1 < t->room ? slot + 1 : 0;
}

static uint32_t distance(const struct history_follow_table *t, uint32_t from, uint32_t to)
{
    return to >= from ? to - from : to + t->room - from;
}

/* The slot of a row, or the free one where it would be. */
static uint32_t find_slot(const struct history_follow *f, const struct history_follow_table *t, uint64_t id)
{
    uint32_t at = home(t, id);
    while (t->slots[at] && record_of(f, t->slots[at] - 1)->id != id)
        at = after(t, at);
    return at;
}

static void grow(const struct history_follow *f, struct history_follow_table *t)
{
    struct history_follow_table old = *t;
    t->room = old.room ? old.room + old.room / 2 : 16;
    t->slots = mem_calloc(t->room, sizeof *t->slots);
    for (uint32_t i = 0; i < old.room; i++)
        if (old.slots[i])
            t->slots[find_slot(f, t, record_of(f, old.slots[i] - 1)->id)] = old.slots[i];
    free(old.slots);
}

static void take_out(const struct history_follow *f, struct history_follow_table *t, uint32_t hole)
{
    for (uint32_t i = after(t, hole); t->slots[i]; i = after(t, i)) {
        /* An entry may fill the hole unless its home lies between the hole and itself. */
        if (distance(t, home(t, record_of(f, t->slots[i] - 1)->id), i) >= distance(t, hole, i)) {
            t->slots[hole] = t->slots[i];
            hole = i;
        }
    }
    t->slots[hole] = 0;
}

uint32_t history_follow_find(const struct history_follow *f, uint32_t table, uint64_t id)
{
    const struct history_follow_table *t = &f->tables.items[table];
    return t->n ? t->slots[find_slot(f, t, id)] - 1 : HISTORY_FOLLOW_NONE; /* 0, free, becomes NONE */
}

/* ---- rows ---- */

static void add_page(struct history_follow *f, uint32_t table)
{
    size_t at = 0;
    struct history_follow_table *t = &f->tables.items[table];
    while (at < f->pages.n && f->pages.items[at])
        at++;
    if (at == f->pages.n)
        vec_push(&f->pages, NULL);
    struct history_follow_page *p = mem_new(struct history_follow_page);
    p->table = table;
    p->size = size_of_sets(t->columns);
    p->sets = mem_calloc(ROWS, p->size + !p->size);
    f->pages.items[at] = p;
    for (uint32_t i = ROWS; i-- > 0;) {
        p->bucket[i] = UNUSED;
        p->rows[i].id = t->free_row;
        t->free_row = (uint32_t)at * ROWS + i + 1;
    }
}

uint32_t history_follow_add(struct history_follow *f, uint32_t table, uint64_t id)
{
    struct history_follow_table *t = &f->tables.items[table];
    if (!t->free_row)
        add_page(f, table);
    if ((t->n + UINT64_C(1)) * 8 > t->room * UINT64_C(7))
        grow(f, t);
    uint32_t row = t->free_row - 1;
    struct record *r = record_of(f, row);
    t->free_row = (uint32_t)r->id;
    *r = (struct record){.id = id};
    *bucket_of(f, row) = NO_BUCKET;
    history_follow_clear(f, row, HISTORY_FOLLOW_SEEN);
    history_follow_clear(f, row, HISTORY_FOLLOW_WRITTEN);
    t->slots[find_slot(f, t, id)] = row + 1;
    t->n++;
    f->n++;
    return row;
}

void history_follow_del(struct history_follow *f, uint32_t row)
{
    struct history_follow_table *t = &f->tables.items[page_of(f, row)->table];
    struct record *r = record_of(f, row);
    take_out(f, t, find_slot(f, t, r->id));
    history_follow_rest(f, row);
    *bucket_of(f, row) = UNUSED;
    *r = (struct record){.id = t->free_row};
    t->free_row = row + 1;
    t->n--;
    f->n--;
}

uint32_t history_follow_next(const struct history_follow *f, uint32_t table, uint32_t *at)
{
    for (; *at / ROWS < f->pages.n; ++*at) {
        const struct history_follow_page *p = page_of(f, *at);
        if (!p || p->table != table)
            *at |= ROWS - 1; /* its last one */
        else if (p->bucket[*at % ROWS] != UNUSED)
            return (*at)++;
    }
    return HISTORY_FOLLOW_NONE;
}

uint32_t history_follow_table_of(const struct history_follow *f, uint32_t row)
{
    return page_of(f, row)->table;
}

uint64_t history_follow_id(const struct history_follow *f, uint32_t row)
{
    return record_of(f, row)->id;
}

uint64_t history_follow_seq(const struct history_follow *f, uint32_t row)
{
    return record_of(f, row)->seq;
}

void history_follow_set_seq(struct history_follow *f, uint32_t row, uint64_t seq)
{
    record_of(f, row)->seq = seq;
}

int64_t history_follow_sampled_ms(const struct history_follow *f, uint32_t row)
{
    const struct record *r = record_of(f, row);
    return (int64_t)((uint64_t)r->sampled_high << LOW_BITS | r->sampled_low);
}

void history_follow_set_sampled_ms(struct history_follow *f, uint32_t row, int64_t ms)
{
    struct record *r = record_of(f, row);
    r->sampled_low = (uint64_t)ms & ((1u << LOW_BITS) - 1);
    r->sampled_high = (uint64_t)ms >> LOW_BITS & UINT16_MAX;
}

/* ---- buckets ---- */

void history_follow_wait(struct history_follow *f, uint32_t row, size_t bucket)
{
    uint8_t *b = bucket_of(f, row);
    if (*b != NO_BUCKET)
        return;
    *b = (uint8_t)bucket;
    f->waiting[bucket]++;
}

void history_follow_rest(struct history_follow *f, uint32_t row)
{
    uint8_t *b = bucket_of(f, row);
    if (*b < HISTORY_FOLLOW_BUCKETS)
        f->waiting[*b]--;
    *b = NO_BUCKET;
}

/* Looking through all pages costs a byte a row, which is less than lists would cost in memory. */
uint32_t history_follow_waiting(const struct history_follow *f, size_t bucket, size_t *page)
{
    for (; *page < f->pages.n && f->waiting[bucket]; ++*page) {
        const struct history_follow_page *p = f->pages.items[*page];
        const uint8_t *found = p ? memchr(p->bucket, (int)bucket, ROWS) : NULL;
        if (found)
            return (uint32_t)(*page * ROWS) + (uint32_t)(found - p->bucket);
    }
    return HISTORY_FOLLOW_NONE;
}
