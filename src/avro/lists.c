/* The instructions for lists: the general ones, whose body is a part of the program, and loops of their own for the pairs
 * that Iceberg is full of. */
#include "avro/lists.h"

#include "base/mem.h"
#include "base/vec.h"

/* How many items the next block of a list has, 0 at its end; *bytes gets the block's length, -1 if it does not tell. */
static bool block(struct avro_run *r, uint32_t least, uint64_t *count, int64_t *bytes)
{
    int64_t n;
    *bytes = -1;
    if (!avro_run_varint(r, &n))
        return false;
    *count = n < 0 ? -(uint64_t)n : (uint64_t)n;
    if (n < 0) {
        if (!avro_run_varint(r, bytes))
            return false;
        if (*bytes < 0 || (uint64_t)*bytes > avro_run_left(r))
            return avro_run_fail(r, ERR_INVALID, "a block of %lld bytes, %zu are left", (long long)*bytes,
                                 avro_run_left(r));
    }
    if (least && *count > avro_run_left(r) / least)
        return avro_run_fail(r, ERR_INVALID, "%llu items, %zu bytes are left", (unsigned long long)*count,
                             avro_run_left(r));
    if (*count > UINT32_MAX)
        return avro_run_fail(r, ERR_LIMIT, "%llu items, more than %u", (unsigned long long)*count, UINT32_MAX);
    return true;
}

/* Counts a block's items into a list's cell. */
static bool add_items(struct avro_run *r, struct avro_datum_cell *list, uint64_t count)
{
    if (count > UINT32_MAX - list->n)
        return avro_run_fail(r, ERR_LIMIT, "a list of more than %u items", UINT32_MAX);
    list->n += (uint32_t)count;
    return true;
}

/* Makes `count` more rows of a store, whose cells the caller sets; returns the first. */
static struct avro_datum_cell *add_rows(struct avro_run *r, uint16_t store, uint64_t count)
{
    struct avro_datum_store *s = &r->d->stores[store];
    uint32_t width = r->d->plan->widths[store];
    if (count * width > AVRO_DATUM_CELLS - r->cells) {
        avro_run_blame(r, ERR_LIMIT, "lists of more than %d cells", AVRO_DATUM_CELLS);
        return NULL;
    }
    size_t have = s->rows * width, more = count * width;
    r->cells += more;
    if (have + more > s->room) {
        s->room = vec_room(s->room, have + more);
        s->cells = mem_realloc(s->cells, s->room, sizeof *s->cells);
    }
    s->rows += count;
    return s->cells + have;
}

static void begin_list(struct avro_run *r, const struct avro_plan_op *o)
{
    r->row[o->column] = (struct avro_datum_cell){.first = r->d->stores[o->store].rows, .is = AVRO_DATUM_LIST};
}

/* Reads the head of a list's next block into the topmost frame; at the list's end takes the frame away and goes on behind. */
static bool next_block(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_run_frame *f = &r->frames[r->depth - 1];
    int64_t bytes;
    if (!block(r, o->a, &f->left, &bytes))
        return false;
    if (f->left == 0) {
        r->row = f->row;
        r->at = o->b;
        r->depth--;
        return true;
    }
    if (o->a == 0 && f->left > AVRO_DATUM_EMPTY_ITEMS)
        return avro_run_fail(r, ERR_LIMIT, "%llu items of no bytes", (unsigned long long)f->left);
    if (!add_items(r, &f->row[f->column], f->left) || !(r->row = add_rows(r, o->store, f->left)))
        return false;
    memset(r->row, 0, f->left * r->d->plan->widths[o->store] * sizeof *r->row);
    r->at = f->at + 1;
    return true;
}

bool avro_lists_begin(struct avro_run *r, const struct avro_plan_op *o)
{
    begin_list(r, o);
    return avro_run_push(r, (struct avro_run_frame){.row = r->row, .column = o->column, .at = (uint32_t)r->at - 1}) &&
           next_block(r, o);
}

bool avro_lists_next(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_run_frame *f = &r->frames[r->depth - 1];
    if (--f->left == 0)
        return next_block(r, &r->ops[f->at]);
    r->row += r->d->plan->widths[o->store];
    r->at = o->a;
    return true;
}

/* The next number of a pair: what is behind it, NULL where it is none. */
static inline const unsigned char *pair_number(struct avro_run *r, const unsigned char *p, struct avro_datum_cell *cell,
                                               bool is_int)
{
    uint64_t v;
    r->p = p;
    if (r->end - p >= AVRO_RUN_VARINT_BYTES) {
        if (!(p = avro_run_varint_unchecked(p, &v))) {
            avro_run_blame(r, ERR_INVALID, "a number of more than 64 bits");
            return NULL;
        }
    } else if (!avro_run_varint_slow(r, &v)) {
        return NULL;
    } else {
        p = r->p;
    }
    if (is_int && (v >> 32)) {
        avro_run_blame(r, ERR_INVALID, "an int of more than 32 bits");
        return NULL;
    }
    avro_run_set_long(cell, avro_run_zigzag(v));
    return p;
}

bool avro_lists_longs(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = &r->row[o->column];
    uint64_t count;
    int64_t bytes;
    begin_list(r, o);
    while (block(r, 2, &count, &bytes)) {
        if (count == 0)
            return true;
        struct avro_datum_cell *row = add_items(r, list, count) ? add_rows(r, o->store, count) : NULL;
        const unsigned char *p = row ? r->p : NULL;
        for (uint64_t i = 0; i < count && p; i++, row += 2) {
            if ((p = pair_number(r, p, &row[o->a], o->flags & PROGRAM_FIRST_INT)))
                p = pair_number(r, p, &row[o->b], o->flags & PROGRAM_SECOND_INT);
        }
        if (!p)
            return false;
        r->p = p;
    }
    return false;
}

bool avro_lists_texts(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = &r->row[o->column];
    uint64_t count;
    int64_t bytes, len;
    begin_list(r, o);
    while (block(r, 2, &count, &bytes)) {
        if (count == 0)
            return true;
        struct avro_datum_cell *row = add_items(r, list, count) ? add_rows(r, o->store, count) : NULL;
        if (!row)
            return false;
        for (uint64_t i = 0; i < count; i++, row += 2) {
            const unsigned char *p = pair_number(r, r->p, &row[o->a], o->flags & PROGRAM_FIRST_INT);
            if (!p)
                return false;
            r->p = p;
            if (!avro_run_text_length(r, &len))
                return false;
            avro_run_set_text(&row[o->b], r->p, (size_t)len);
            r->p += len;
        }
    }
    return false;
}

/* The next block of a list that is skipped: what it tells the length of is skipped at once. *count becomes 0 at the end. */
static bool skip_block(struct avro_run *r, struct avro_datum_cell *list, uint32_t least, uint64_t *count)
{
    int64_t bytes;
    for (;;) {
        if (!block(r, least, count, &bytes) || (list && !add_items(r, list, *count)))
            return false;
        if (bytes < 0 || *count == 0)
            return true;
        r->p += bytes;
    }
}

static struct avro_datum_cell *begin_skipped(struct avro_run *r, const struct avro_plan_op *o)
{
    if (o->column == PROGRAM_NOWHERE)
        return NULL;
    r->row[o->column] = (struct avro_datum_cell){.is = AVRO_DATUM_LIST};
    return &r->row[o->column];
}

static bool next_skipped(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_run_frame *f = &r->frames[r->depth - 1];
    struct avro_datum_cell *list = f->column == PROGRAM_NOWHERE ? NULL : &r->row[f->column];
    if (!skip_block(r, list, o->a, &f->left))
        return false;
    if (f->left == 0) {
        r->at = o->b;
        r->depth--;
    } else {
        r->at = f->at + 1;
    }
    return true;
}

bool avro_lists_skip(struct avro_run *r, const struct avro_plan_op *o)
{
    begin_skipped(r, o);
    return avro_run_push(r, (struct avro_run_frame){.row = r->row, .column = o->column, .at = (uint32_t)r->at - 1}) &&
           next_skipped(r, o);
}

bool avro_lists_skip_next(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_run_frame *f = &r->frames[r->depth - 1];
    if (--f->left == 0)
        return next_skipped(r, &r->ops[f->at]);
    r->at = o->a;
    return true;
}

bool avro_lists_skip_bytes(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = begin_skipped(r, o);
    uint64_t count;
    do {
        if (!skip_block(r, list, o->a, &count) || !avro_run_skip_bytes(r, count * o->a))
            return false;
    } while (count);
    return true;
}

bool avro_lists_skip_varints(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = begin_skipped(r, o);
    uint64_t count;
    do {
        if (!skip_block(r, list, o->a, &count) || !avro_run_skip_varints(r, count * o->a))
            return false;
    } while (count);
    return true;
}

bool avro_lists_skip_pairs(struct avro_run *r, const struct avro_plan_op *o)
{
    struct avro_datum_cell *list = begin_skipped(r, o);
    uint64_t count;
    do {
        if (!skip_block(r, list, 2, &count))
            return false;
        for (uint64_t i = 0; i < count; i++)
            if (!avro_run_skip_varints(r, 1) || !avro_run_skip_text(r))
                return false;
    } while (count);
    return true;
}
