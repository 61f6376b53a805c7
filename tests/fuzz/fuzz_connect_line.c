/* Any bytes as a log: taken apart into entries as the tail does it, each read in a zone; texts must lie within
 * what they are borrowed from. */
#include "base/str.h"
#include "connect/entries.h"
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

static void on_entry(void *arg, const char *entry, size_t len, int64_t line)
{
    (void)line;
    if (len > CONNECT_ENTRIES_BYTES)
        abort();
    read(entry, len, arg);
}

/* The first byte says how long the pieces are in which the log comes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct connect_entries e;
    struct str held = {0};
    connect_entries_init(&e, on_entry, &held);
    const size_t piece = size ? *data + 1 : 1;
    for (size_t at = 0; at < size; at += piece)
        connect_entries_feed(&e, (const char *)data + at, piece < size - at ? piece : size - at);
    connect_entries_end(&e, false);
    connect_entries_done(&e);
    read((const char *)data, size, &held); /* and as it is: exact ends, so that a sanitizer sees what goes beyond */
    if (connect_line_prefix((const char *)data, size) > size)
        abort();
    connect_line_begins((const char *)data, size);
    str_done(&held);
    return 0;
}
