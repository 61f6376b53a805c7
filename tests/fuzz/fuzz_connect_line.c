/* Any bytes as a log: taken apart into entries as the tail does it, each read in a zone; texts must lie within what they are
 * borrowed from. */
#include "base/str.h"
#include "connect/line.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(struct connect_event_text t, const char *entry, size_t len, const struct str *held)
{
    if (!t.len)
        return;
    if (!(t.s >= entry && t.s + t.len <= entry + len) &&
        !(held->s && t.s >= held->s && t.s + t.len <= held->s + held->room))
        abort();
}

static void read(const char *entry, size_t len, struct str *held)
{
    struct connect_line line;
    struct error err;
    if (connect_line_read_held(entry, len, 3600, held, &line, &err))
        return;
    const struct connect_event_text texts[] = {line.level, line.connector,     line.logger, line.text, line.trace,
                                               line.cause, line.control_topic, line.group,  line.table};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        within(texts[i], entry, len, held);
    if (!connect_line_kind_name(line.kind) || strlen(line.commit_id) % (CONNECT_EVENT_ID - 1))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *begin = NULL, *end = (const char *)data + size;
    struct str held = {0};
    for (const char *p = (const char *)data; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p)), *line_end = newline ? newline : end;
        if (connect_line_prefix(p, (size_t)(line_end - p)) > (size_t)(line_end - p))
            abort();
        if (connect_line_begins(p, (size_t)(line_end - p))) {
            if (begin)
                read(begin, (size_t)(p - begin), &held);
            begin = p;
        }
        p = newline ? newline + 1 : end;
    }
    if (begin)
        read(begin, (size_t)(end - begin), &held);
    str_done(&held);
    return 0;
}
