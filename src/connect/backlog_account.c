/* Does a snapshot say that it added what was announced since the one before it? Less: files were lost. More: a file was added
 * twice, or another's. */
#include "connect/backlog_internal.h"

#include <stdlib.h>
#include <string.h>

struct account_sums {
    int64_t files, rows, bytes;
};

/* One announcement, without paths that one before it has. */
struct account_item {
    struct backlog_written *w;
    struct account_sums sums;
};

/* What is said to be added in a snapshot's range of offsets. */
struct account {
    VEC(struct account_item) items;
    struct account_sums all, kept;    /* kept: without what was lost before */
    const struct backlog_path **seen; /* by hash */
    size_t room;
    bool less; /* lost ones have been let go: more may have been added than is known */
};

/* ---- distinct paths ---- */

/* True for one that was not there before. */
static bool see(struct account *a, const struct backlog_path *path)
{
    size_t i = path->hash[0] & (a->room - 1);
    for (; a->seen[i]; i = (i + 1) & (a->room - 1))
        if (memcmp(a->seen[i]->hash, path->hash, sizeof path->hash) == 0)
            return false;
    a->seen[i] = path;
    return true;
}

static void add_to(struct account_sums *to, struct account_sums more)
{
    to->files += more.files;
    to->rows = connect_backlog_plus(to->rows, more.rows);
    to->bytes = connect_backlog_plus(to->bytes, more.bytes);
}

static void sum_up(struct account *a)
{
    size_t n = 0;
    for (size_t i = 0; i < a->items.n; i++)
        n += a->items.items[i].w->npaths;
    for (a->room = 16; a->room < 2 * n;)
        a->room *= 2;
    a->seen = mem_calloc(a->room, sizeof *a->seen);
    for (size_t i = 0; i < a->items.n; i++) {
        struct account_item *item = &a->items.items[i];
        for (size_t k = 0; k < item->w->npaths; k++) {
            const struct backlog_path *path = &item->w->paths[k];
            if (see(a, path))
                add_to(&item->sums, (struct account_sums){1, path->rows, path->bytes});
        }
        add_to(&a->all, item->sums);
        if (item->w->state != BACKLOG_LOST)
            add_to(&a->kept, item->sums);
    }
    free(a->seen);
    a->seen = NULL;
}

/* ---- what was announced ---- */

static size_t first_from(const struct backlog_target_lane *l, int64_t offset)
{
    size_t low = 0, high = l->written.n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->written.items[mid]->offset >= offset)
            high = mid;
        else
            low = mid + 1;
    }
    return low;
}

/* Adds what was announced by one lane from an offset on, and below another. */
static enum backlog_accounting gather_lane(const struct backlog_target *t, const struct backlog_lane *lane,
                                           int64_t from, int64_t to, struct account *a)
{
    const struct backlog_place *place = lane->place;
    const struct backlog_target_lane *l = &t->lanes.items[lane->index];
    int64_t read = place->end != BACKLOG_NONE && place->end > place->next ? place->end : place->next;
    if (place->start == BACKLOG_NONE || read < to)
        return BACKLOG_WAITING;
    bool same = !l->of || !t->table->uuid || l->of == t->table->uuid->hash;
    if (place->start > from || (same && l->dropped > from))
        return BACKLOG_NEVER;
    a->less |= same && l->loosened > from;
    for (size_t i = first_from(l, from); i < l->written.n && l->written.items[i]->offset < to; i++) {
        struct backlog_written *w = l->written.items[i];
        if (w->state == BACKLOG_DEAD || w->late)
            continue;
        if (!w->paths)
            return BACKLOG_NEVER;
        vec_push(&a->items, (struct account_item){.w = w});
    }
    return BACKLOG_DONE;
}

static enum backlog_accounting gather(const struct backlog_target *t, size_t view, struct account *a)
{
    const struct connect_backlog_group_internal *g = t->group;
    enum backlog_accounting worst = BACKLOG_DONE;
    for (size_t i = 0; i < g->lanes.n; i++) {
        int64_t from = t->before[view * g->lanes.n + i], to = t->after[view * g->lanes.n + i];
        if (to == BACKLOG_NONE || to == from)
            continue;
        if (from == BACKLOG_NONE && !t->views.items[view].rooted)
            return BACKLOG_NEVER;
        enum backlog_accounting one = gather_lane(t, g->lanes.items[i], from == BACKLOG_NONE ? 0 : from, to, a);
        if (one == BACKLOG_NEVER)
            return one;
        if (one == BACKLOG_WAITING)
            worst = one;
    }
    return worst;
}

/* ---- comparing ---- */

static bool differs(int64_t said, int64_t announced)
{
    return said != BACKLOG_NONE && said != announced;
}

static bool equals(const struct backlog_view *v, struct account_sums sums)
{
    return !differs(v->files, sums.files) && !differs(v->rows, sums.rows) && !differs(v->bytes, sums.bytes);
}

/* Of what it may have added, counting snapshots that may be of the same commit. */
static int64_t at_most(int64_t added, int64_t more)
{
    return added == BACKLOG_NONE || more == BACKLOG_NONE ? BACKLOG_NONE : connect_backlog_plus(added, more);
}

static int64_t missing(int64_t added, int64_t announced)
{
    if (added == BACKLOG_NONE)
        return BACKLOG_NONE;
    return announced > added ? announced - added : 0;
}

/* Those before `from` and from `to` on were not taken. */
static void miss(const struct account *a, size_t from, size_t to)
{
    for (size_t i = 0; i < a->items.n; i++)
        if (i < from || i >= to)
            a->items.items[i].w->missed = true;
}

/* What it says is exactly what it covers from some announcement on, or up to some. */
static bool find_run(const struct backlog_view *v, const struct account *a)
{
    struct account_sums sums = {0};
    for (size_t i = a->items.n; i-- > 0;) {
        if (equals(v, sums)) {
            miss(a, i + 1, a->items.n);
            return true;
        }
        add_to(&sums, a->items.items[i].sums);
    }
    sums = (struct account_sums){0};
    for (size_t i = 0; i < a->items.n; i++) {
        add_to(&sums, a->items.items[i].sums);
        if (equals(v, sums)) {
            miss(a, 0, i + 1);
            return true;
        }
    }
    return false;
}

static int64_t take(int64_t *left, int64_t of)
{
    int64_t taken = *left == BACKLOG_NONE || *left > of ? of : *left;
    if (*left != BACKLOG_NONE)
        *left -= taken;
    return taken;
}

/* Which are missing is not told: as many as are, of the oldest. */
static void miss_some(const struct backlog_view *v, const struct account *a)
{
    struct account_sums left = {v->missing_files, v->missing_rows,
                                missing(at_most(v->bytes, v->more_bytes), a->all.bytes)};
    for (size_t i = 0; i < a->items.n && (left.files != 0 || left.rows > 0); i++) {
        struct backlog_written *w = a->items.items[i].w;
        int64_t files = take(&left.files, w->sums.files + w->sums.delete_files);
        w->missed = true;
        w->sums.delete_files = files < w->sums.delete_files ? files : w->sums.delete_files;
        w->sums.files = files - w->sums.delete_files;
        w->sums.rows = take(&left.rows, w->sums.rows);
        w->sums.bytes = take(&left.bytes, w->sums.bytes);
    }
}

static void compare(struct backlog_view *v, const struct account *a)
{
    if (equals(v, a->all))
        return;
    v->missing_files = missing(at_most(v->files, v->more_files), a->all.files);
    v->missing_rows = missing(at_most(v->rows, v->more_rows), a->all.rows);
    int64_t bytes = missing(at_most(v->bytes, v->more_bytes), a->all.bytes);
    bool is_short = v->missing_files > 0 || v->missing_rows > 0 || bytes > 0;
    if (is_short && equals(v, a->kept)) { /* it lacks just what was lost before it was made */
        for (size_t i = 0; i < a->items.n; i++)
            a->items.items[i].w->missed |= a->items.items[i].w->state == BACKLOG_LOST;
        v->missing_files = v->missing_rows = 0;
        return;
    }
    if (is_short) {
        if (!find_run(v, a))
            miss_some(v, a);
    } else if (!a->less) {
        v->surplus_files = v->files == BACKLOG_NONE ? BACKLOG_NONE : v->files - a->all.files;
        v->surplus_rows = v->rows == BACKLOG_NONE ? BACKLOG_NONE : v->rows - a->all.rows;
        v->surplus_files = v->surplus_files == BACKLOG_NONE || v->surplus_files > 0 ? v->surplus_files : 0;
        v->surplus_rows = v->surplus_rows == BACKLOG_NONE || v->surplus_rows > 0 ? v->surplus_rows : 0;
    }
    v->odd = is_short || v->surplus_files > 0 || v->surplus_rows > 0;
}

bool connect_backlog_account(struct backlog_target *t)
{
    bool any = false;
    for (size_t i = 0; t->waiting && i < t->views.n; i++) {
        struct backlog_view *v = &t->views.items[i];
        if (v->accounting != BACKLOG_WAITING)
            continue;
        struct account a = {0};
        v->accounting = gather(t, i, &a);
        if (v->accounting == BACKLOG_DONE) {
            sum_up(&a);
            compare(v, &a);
        }
        any |= v->accounting != BACKLOG_WAITING;
        t->waiting -= v->accounting != BACKLOG_WAITING;
        vec_done(&a.items);
    }
    t->group->round |= t->waiting > 0;
    return any;
}
