/* Lines are cut from pieces; one that is too long is an event that cannot be read. */
#include "cmd/events.h"

#include "base/text.h"
#include "cmd/packed.h"
#include "drift/event_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void end_line(struct cmd_events *e)
{
    const char *text = str_text(&e->line);
    if (text[strspn(text, " \t\r")] || memchr(text, '\0', e->line.len))
        drift_setup_feed(e->setup, 0, e->lines, e->now_ms, text, e->line.len);
    e->lines++;
    str_clear(&e->line);
    if (e->fed)
        e->fed(e->arg);
}

/* Of a line that is longer than an event may be, one byte too much is kept: by that it is refused. */
void cmd_events_piece(struct cmd_events *e, const char *bytes, size_t len)
{
    while (len) {
        const char *end = memchr(bytes, '\n', len);
        size_t n = end ? (size_t)(end - bytes) : len, room = DRIFT_EVENT_JSON_BYTES + 1 - e->line.len;
        if (n && room)
            str_bytes(&e->line, bytes, n < room ? n : room);
        if (end)
            end_line(e);
        n += end != NULL;
        bytes += n;
        len -= n;
    }
}

int cmd_events_end(struct cmd_events *e, struct error *err)
{
    if (e->line.len)
        end_line(e);
    drift_setup_close(e->setup);
    if (e->fed)
        e->fed(e->arg);
    if (e->lines > CMD_EVENTS_LINES)
        return error_set(err, ERR_LIMIT, "more than %d lines", CMD_EVENTS_LINES);
    if (!e->setup->dataset && !e->setup->holding)
        return error_set(err, e->setup->error.code, "%s", e->setup->error.text);
    return 0;
}

static void on_piece(void *arg, const char *bytes, size_t len)
{
    cmd_events_piece(arg, bytes, len);
}

int cmd_events_read(struct cmd_events *e, struct error *err)
{
    int rc = cmd_packed_read(e->path, on_piece, e, err);
    return rc ? rc : cmd_events_end(e, err);
}

void cmd_events_done(struct cmd_events *e)
{
    str_done(&e->line);
}

/* ---- what is said ---- */

void cmd_events_say(const char *path, const char *text)
{
    struct str s = {0};
    const char *name = path ? cmd_packed_name(path) : "";
    text_safe(&s, name, strlen(name));
    str_add(&s, path ? ": " : "");
    text_safe(&s, text, strlen(text));
    fprintf(stderr, "icetop: %s\n", str_text(&s));
    str_done(&s);
}

bool cmd_events_tell(const struct cmd_events *e)
{
    const struct drift_setup *u = e->setup;
    struct drift_dataset_counts counts = {0};
    const char *why = u->error.text;
    struct str s = {0};
    if (u->dataset) {
        drift_dataset_counts(u->dataset, &counts);
        why = *drift_dataset_why(u->dataset) ? drift_dataset_why(u->dataset) : why;
    }
    const uint64_t bad = counts.bad + u->unread, events = counts.events + u->unread;
    if (bad)
        str_printf(&s, "%" PRIu64 " of %" PRIu64 " lines could not be read: %s", bad, events, why);
    else if (!events)
        str_add(&s, "there are no events");
    if (s.len)
        cmd_events_say(e->path, str_text(&s));
    str_clear(&s);
    if (counts.late)
        str_printf(&s, "%" PRIu64 " events were left out, as they came after their windows were closed", counts.late);
    if (s.len)
        cmd_events_say(e->path, str_text(&s));
    if (u->note.len)
        cmd_events_say(e->path, str_text(&u->note));
    str_done(&s);
    return !bad;
}
