/* The services for words: log, events, findings, and what went wrong. */
#include "base/mem.h"
#include "plugin/host_internal.h"
#include "plugin/message.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 2000 };

static const char *const levels[] = {
    [ICETOP_ERROR] = "error", [ICETOP_WARN] = "warn", [ICETOP_INFO] = "info", [ICETOP_DEBUG] = "debug"};
static const char *const severities[] = {
    [ICETOP_FINDING_INFO] = "info", [ICETOP_FINDING_WARNING] = "warning", [ICETOP_FINDING_CRITICAL] = "critical"};

static const char *level_name(enum icetop_level level)
{
    return (unsigned)level <= ICETOP_DEBUG ? levels[level] : levels[ICETOP_INFO];
}

void plugin_host_trouble(struct plugin_host *h, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    if (!h->counts.troubles++)
        vsnprintf(h->trouble, sizeof h->trouble, fmt, ap);
    va_end(ap);
}

__attribute__((format(printf, 2, 3))) static void trouble(const struct icetop_host *face, const char *format, ...)
{
    struct plugin_host *h = plugin_host_of(face);
    va_list ap;
    va_start(ap, format);
    if (!h->counts.troubles++)
        vsnprintf(h->trouble, sizeof h->trouble, format, ap);
    va_end(ap);
}

static void add_log(struct plugin_host *h, const char *level, const char *text)
{
    json_t *m = json_pack("{s:s, s:s}", "t", "log", "level", level);
    plugin_message_text(m, "text", text);
    plugin_message_add(&h->out, m);
}

__attribute__((format(printf, 3, 4))) static void say(const struct icetop_host *face, enum icetop_level level,
                                                      const char *format, ...)
{
    struct plugin_host *h = plugin_host_of(face);
    if (h->counts.lines++ >= PLUGIN_HOST_LOG)
        return;
    char text[LINE_BYTES];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    add_log(h, level_name(level), text);
    if (!h->round)
        plugin_host_send(h);
}

__attribute__((format(printf, 4, 5))) static void event(const struct icetop_host *face, enum icetop_level level,
                                                        const char *subject, const char *format, ...)
{
    struct plugin_host *h = plugin_host_of(face);
    if (h->counts.events++ >= PLUGIN_HOST_EVENTS)
        return;
    char text[LINE_BYTES];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    json_t *m = json_pack("{s:s, s:s}", "t", "event", "severity", level == ICETOP_DEBUG ? "info" : level_name(level));
    plugin_message_text(m, "subject", subject ? subject : "");
    plugin_message_text(m, "text", text);
    plugin_message_add(&h->out, m);
}

/* ---- findings ---- */

static const struct icetop_page *find_page(const struct plugin_host *h, const char *id)
{
    for (size_t i = 0; id && i < h->d->npages; i++)
        if (strcmp(h->d->pages[i].id, id) == 0)
            return &h->d->pages[i];
    return NULL;
}

static void finding(const struct icetop_host *face, const struct icetop_finding *given)
{
    struct plugin_host *h = plugin_host_of(face);
    struct icetop_finding f = {0};
    size_t first = offsetof(struct icetop_finding, connector) + sizeof f.connector;
    if (given->struct_size < first) {
        plugin_host_trouble(h, "a finding of %zu bytes, where there are %zu", given->struct_size, first);
        return;
    }
    memcpy(&f, given, given->struct_size < sizeof f ? given->struct_size : sizeof f);
    const struct icetop_page *page = find_page(h, f.id);
    if (!page || !f.subject || !f.text) {
        plugin_host_trouble(h, "finding %.32s: %s", f.id ? f.id : "",
                            page ? "no subject or no text" : "it has no page");
        return;
    }
    if (h->counts.findings++ >= PLUGIN_HOST_FINDINGS)
        return;
    json_t *m = json_pack("{s:s, s:s, s:s}", "t", "finding", "id", f.id, "severity", severities[page->severity]);
    const struct {
        const char *name, *text;
    } texts[] = {{"cluster", f.cluster}, {"subject", f.subject}, {"text", f.text},
                 {"do", f.todo},         {"topic", f.topic},     {"group", f.group},
                 {"catalog", f.catalog}, {"table", f.table},     {"connector", f.connector}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        plugin_message_text(m, texts[i].name, texts[i].text);
    if (f.since_ms)
        json_object_set_new(m, "since", json_integer(f.since_ms));
    plugin_message_add(&h->out, m);
}

void plugin_host_words_pages(const struct plugin_descriptor *d, struct str *out)
{
    for (size_t i = 0; i < d->npages; i++) {
        const struct icetop_page *p = &d->pages[i];
        json_t *m = json_pack("{s:s, s:s, s:s}", "t", "page", "id", p->id, "severity", severities[p->severity]);
        plugin_message_text(m, "title", p->title);
        plugin_message_text(m, "seen", p->seen);
        plugin_message_text(m, "means", p->means);
        plugin_message_text(m, "do", p->todo);
        plugin_message_text(m, "unlike", p->unlike);
        plugin_message_add(out, m);
    }
}

void plugin_host_words_rest(struct plugin_host *h)
{
    const struct {
        const char *what;
        size_t n, most;
    } counts[] = {{"log lines", h->counts.lines, PLUGIN_HOST_LOG},
                  {"events", h->counts.events, PLUGIN_HOST_EVENTS},
                  {"findings", h->counts.findings, PLUGIN_HOST_FINDINGS}};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].n > counts[i].most)
            plugin_host_trouble(h, "%zu %s in one round; those after the first %zu were left out", counts[i].n,
                                counts[i].what, counts[i].most);
}

void plugin_host_words_serve(struct icetop_host *face)
{
    face->trouble = trouble;
    face->log = say;
    face->event = event;
    face->finding = finding;
}
