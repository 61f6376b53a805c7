/* Lines are gathered only where a piece ends within one: all others go from the piece to their entry. */
#include "connect/entries.h"
#include "connect/line.h"

#include <string.h>

void connect_entries_init(struct connect_entries *e, connect_entries_fn *fn, void *arg)
{
    *e = (struct connect_entries){.fn = fn, .arg = arg};
    str_init(&e->entry, CONNECT_ENTRIES_BYTES);
    str_init(&e->line, CONNECT_ENTRIES_BYTES);
}

void connect_entries_done(struct connect_entries *e)
{
    str_done(&e->entry);
    str_done(&e->line);
}

bool connect_entries_open(const struct connect_entries *e)
{
    return e->open;
}

void connect_entries_pause(struct connect_entries *e)
{
    if (!e->open)
        return;
    e->open = false;
    e->counts.entries++;
    if (e->cut) {
        e->counts.cut++;
        e->counts.cut_bytes += e->cut;
    }
    e->fn(e->arg, str_text(&e->entry), e->entry.len, e->begin);
    str_clear(&e->entry);
}

static void append(struct connect_entries *e, const char *bytes, size_t len)
{
    const size_t room = CONNECT_ENTRIES_BYTES - e->entry.len;
    if (len > room)
        e->cut += (int64_t)(len - room);
    str_bytes(&e->entry, bytes, len < room ? len : room);
}

/* A whole line, of which `lost` further bytes were not kept. */
static void take_line(struct connect_entries *e, const char *line, size_t len, int64_t lost)
{
    if (len && line[len - 1] == '\r')
        len--;
    e->counts.lines++;
    e->at++;
    if (connect_line_begins(line, len)) {
        connect_entries_pause(e);
        e->open = true;
        e->begin = e->at;
        e->cut = lost;
        append(e, line, len);
    } else if (e->open) {
        const size_t prefix = connect_line_prefix(line, len);
        append(e, "\n", 1);
        append(e, line + prefix, len - prefix);
        e->cut += lost;
    } else {
        e->counts.orphans++;
    }
}

/* Part of a line whose end is not there yet. */
static void keep(struct connect_entries *e, const char *bytes, size_t len)
{
    const size_t room = CONNECT_ENTRIES_BYTES - e->line.len;
    if (len > room)
        e->lost += (int64_t)(len - room);
    str_bytes(&e->line, bytes, len < room ? len : room);
}

static void take_kept(struct connect_entries *e)
{
    take_line(e, str_text(&e->line), e->line.len, e->lost);
    str_clear(&e->line);
    e->lost = 0;
}

void connect_entries_feed(struct connect_entries *e, const char *bytes, size_t len)
{
    const char *p = bytes, *end = bytes + len;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline) {
            keep(e, p, (size_t)(end - p));
            return;
        }
        if (e->line.len) {
            keep(e, p, (size_t)(newline - p));
            take_kept(e);
        } else {
            take_line(e, p, (size_t)(newline - p), 0);
        }
        p = newline + 1;
    }
}

void connect_entries_end(struct connect_entries *e, bool anew)
{
    if (e->line.len)
        take_kept(e);
    connect_entries_pause(e);
    if (anew)
        e->at = 0;
}
