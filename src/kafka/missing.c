/* Words for what a round lacks. */
#include "kafka/missing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char and_more[] = "; and more";
static const char dots[] = "...";

/* The longest length up to max that does not end within a character. */
static size_t whole(const char *s, size_t max)
{
    size_t n = max;
    while (n && max - n < 3 && ((unsigned char)s[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void append(struct kafka_missing *m, const char *s, size_t len)
{
    memcpy(m->text + m->len, s, len);
    m->len += len;
    m->text[m->len] = '\0';
}

void kafka_missing_add(struct kafka_missing *m, const char *fmt, ...)
{
    char cause[KAFKA_MISSING_BYTES * 2];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(cause, sizeof cause, fmt, ap);
    va_end(ap);
    size_t len = strlen(cause), room = KAFKA_MISSING_BYTES - (sizeof and_more - 1);
    if (m->full)
        return;
    if (m->len == 0 && len > room) {
        append(m, cause, whole(cause, room - (sizeof dots - 1)));
        append(m, dots, sizeof dots - 1);
    } else if (m->len == 0) {
        append(m, cause, len);
    } else if (m->len + 2 + len <= room) {
        append(m, "; ", 2);
        append(m, cause, len);
    } else {
        append(m, and_more, sizeof and_more - 1);
        m->full = true;
    }
}

const char *kafka_missing_name(const char *name, char buf[KAFKA_MISSING_NAME])
{
    size_t len = strlen(name), max = KAFKA_MISSING_NAME - 1;
    if (len <= max)
        snprintf(buf, KAFKA_MISSING_NAME, "%s", name);
    else
        snprintf(buf, KAFKA_MISSING_NAME, "%.*s%s", (int)whole(name, max - (sizeof dots - 1)), name, dots);
    return buf;
}

void kafka_missing_count(struct kafka_missing_tally *t, enum kafka_fault fault, size_t index, const char *name)
{
    if (fault == KAFKA_FAULT_DENIED) {
        if (t->last_denied && strcmp(t->last_denied, name) == 0)
            return;
        t->last_denied = name;
        if (t->denied++ == 0)
            t->first_denied = name;
    } else if (fault && t->failed++ == 0) {
        t->first = index;
        t->fault = fault;
    }
}

void kafka_missing_permission(struct kafka_missing *m, const struct kafka_missing_tally *t, const char *what,
                              const char *kind)
{
    char name[KAFKA_MISSING_NAME];
    if (t->denied == 0)
        return;
    kafka_missing_name(t->first_denied, name);
    if (t->denied == 1)
        kafka_missing_add(m, "missing to %s: DESCRIBE on %s %s", what, kind, name);
    else
        kafka_missing_add(m, "missing to %s: DESCRIBE on %s %s and %zu more", what, kind, name, t->denied - 1);
}
