/* The ring of events: rows that are added once and that go when they are the oldest of too many. */
#include "base/limits.h"
#include "base/str.h"
#include "source/source.h"

#include <stdarg.h>

/* A number that no event has and that is higher than all: the store's own count of writes has
 * passed them all. */
static struct row *add_row(struct table *t)
{
    uint64_t id = store_seq(table_store(t)) + 1;
    struct value key = value_int((int64_t)id);
    while (table_find(t, &key))
        key.i++;
    return table_upsert(t, &key, 0);
}

void source_event(struct store *store, const char *source, const char *severity, const char *subject, const char *fmt,
                  ...)
{
    struct table *t = store_find(store, "events");
    struct row *r = t ? add_row(t) : NULL;
    if (!r)
        return;
    struct str text;
    str_init(&text, LIMITS_NAME_BYTES);
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    table_set_int(t, r, EVENTS_TIME, clock_wall_ms(store_clock(store)), QUALITY_EXACT);
    table_set_text(t, r, EVENTS_SEVERITY, severity);
    table_set_text(t, r, EVENTS_SOURCE, source);
    table_set_text(t, r, EVENTS_SUBJECT, subject);
    table_set_bytes(t, r, EVENTS_TEXT, str_text(&text), text.len);
    str_done(&text);
    /* Nobody writes an event twice, so that the table's order is the events' own. */
    while (table_nrows(t) > SOURCE_EVENTS_KEPT)
        table_remove(t, table_first(t));
}
