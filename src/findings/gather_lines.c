/* Lines of workers' logs by connector: of each kind the newest. */
#include "findings/gather_internal.h"

#include "base/str.h"
#include "connect/tables.h"

#include <stdlib.h>
#include <string.h>

static void free_lines(struct gather_lines_of *of)
{
    for (size_t k = 0; k < CONNECT_LINE_KINDS; k++)
        vec_done(&of->ids[k]);
    vec_done(&of->lines);
    free(of);
}

void gather_lines_done(struct gather_lines *l)
{
    void *value;
    for (size_t at = 0; map_next(&l->all, &at, NULL, NULL, &value);)
        free_lines(value);
    map_done(&l->all);
}

static struct gather_lines_of *find(const struct gather_lines *l, const char *connect, const char *connector,
                                    struct str *key)
{
    str_add(key, connect);
    str_char(key, '\0');
    str_add(key, connector);
    return map_get(&l->all, key->s, key->len);
}

static void add(struct gather_lines *l, const struct row *r)
{
    const char *connect = derive_cells_raw(r, LOG_EVENTS_CONNECT),
               *connector = derive_cells_raw(r, LOG_EVENTS_CONNECTOR), *kind = derive_cells_raw(r, LOG_EVENTS_KIND);
    size_t k = 0;
    if (!connector)
        return;
    while (k < CONNECT_LINE_KINDS && (!kind || strcmp(kind, connect_line_kind_name((enum connect_line_kind)k)) != 0))
        k++;
    k = k < CONNECT_LINE_KINDS ? k : CONNECT_LINE_OTHER;
    struct str key = {0};
    struct gather_lines_of *of = find(l, connect, connector, &key);
    if (!of) {
        of = mem_new(struct gather_lines_of);
        map_put(&l->all, key.s, key.len, of);
    }
    str_done(&key);
    if (of->ids[k].n == GATHER_LINES_OF_KIND)
        memmove(&of->ids[k].items[0], &of->ids[k].items[1], --of->ids[k].n * sizeof of->ids[k].items[0]);
    vec_push(&of->ids[k], row_id(r));
}

static int newest_first(const void *va, const void *vb)
{
    const struct findings_line *a = va, *b = vb;
    if (a->time_ms != b->time_ms)
        return a->time_ms > b->time_ms ? -1 : 1;
    return a->line != b->line ? (a->line > b->line ? -1 : 1) : 0;
}

/* Rows may have gone since. */
static void make(struct gather_lines_of *of, const struct table *t)
{
    of->lines.n = 0;
    for (size_t k = 0; k < CONNECT_LINE_KINDS; k++)
        for (size_t i = 0; i < of->ids[k].n; i++) {
            const struct row *r = table_by_id(t, of->ids[k].items[i]);
            if (!r)
                continue;
            vec_push(&of->lines, ((struct findings_line){.kind = derive_cells_raw(r, LOG_EVENTS_KIND),
                                                         .text = derive_cells_raw(r, LOG_EVENTS_TEXT),
                                                         .origin = derive_cells_raw(r, LOG_EVENTS_ORIGIN),
                                                         .time_ms = derive_cells_number(r, LOG_EVENTS_TIME),
                                                         .task = derive_cells_number(r, LOG_EVENTS_TASK),
                                                         .line = derive_cells_number(r, LOG_EVENTS_LINE),
                                                         .row = r}));
        }
    if (of->lines.n)
        qsort(of->lines.items, of->lines.n, sizeof *of->lines.items, newest_first);
}

void gather_lines_read(struct gather_lines *l, const struct store *store)
{
    const struct table *t = store_find(store, connect_table_log_events.name);
    if (!t || table_seq(t) == l->seq)
        return;
    for (const struct row *r = table_changed_after(t, l->seq); r; r = row_next(r))
        add(l, r);
    l->seq = table_seq(t);
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&l->all, &at, &key, &len, &value);) {
        struct gather_lines_of *of = value;
        make(of, t);
        if (of->lines.n)
            continue;
        map_del(&l->all, key, len);
        free_lines(of);
    }
}

const struct gather_lines_of *gather_lines_find(const struct gather_lines *l, const char *connect,
                                                const char *connector)
{
    struct str key = {0};
    const struct gather_lines_of *of = find(l, connect, connector, &key);
    str_done(&key);
    return of;
}

const struct gather_lines_of *gather_lines_called(const struct gather_lines *l, const char *connector)
{
    const struct gather_lines_of *found = NULL;
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&l->all, &at, &key, &len, &value);) {
        const char *name = (const char *)memchr(key, '\0', len) + 1;
        size_t left = len - (size_t)(name - (const char *)key);
        if (left != strlen(connector) || memcmp(name, connector, left) != 0)
            continue;
        if (found)
            return NULL;
        found = value;
    }
    return found;
}
