/* What is known of a Connect cluster's connectors from round to round. */
#include "connect/known.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { SPREAD_S = 15 /* so much earlier some are asked again than others */ };

/* Moves what the list itself does not tell. */
static void inherit(struct connect_rest_connector *now, struct connect_rest_connector *was)
{
    now->tracked = was->tracked;
    now->topics.items = was->topics.items;
    now->topics.n = was->topics.n;
    now->topics.room = was->topics.room;
    memset(&was->topics, 0, sizeof was->topics);
    if (now->config != was->config) /* suffixes are drawn anew with each configuration */
        return;
    for (size_t i = 0, k = 0; i < now->tasks.n; i++) {
        while (k < was->tasks.n && was->tasks.items[k].task < now->tasks.items[i].task)
            k++;
        if (k == was->tasks.n || was->tasks.items[k].task != now->tasks.items[i].task)
            continue;
        now->tasks.items[i].suffix = was->tasks.items[k].suffix;
        was->tasks.items[k].suffix = NULL;
    }
}

void connect_known_take(struct connect_known *k, struct connect_rest_connectors *list)
{
    struct connect_known_detail *details = mem_calloc(list->list.n + 1, sizeof *details);
    for (size_t i = 0, o = 0; i < list->list.n; i++) {
        struct connect_rest_connector *now = &list->list.items[i], *was = NULL;
        while (o < k->list.list.n && strcmp(k->list.list.items[o].name, now->name) < 0)
            o++;
        was = o < k->list.list.n ? &k->list.list.items[o] : NULL;
        if (!was || strcmp(was->name, now->name) != 0)
            continue;
        details[i] = k->details[o];
        inherit(now, was);
    }
    connect_known_done(k);
    *k = (struct connect_known){.list = *list, .details = details, .read = true};
    *list = (struct connect_rest_connectors){0};
}

void connect_known_done(struct connect_known *k)
{
    connect_rest_connectors_done(&k->list);
    free(k->details);
    *k = (struct connect_known){0};
}

static int by_name(const void *name, const void *connector)
{
    return strcmp(name, ((const struct connect_rest_connector *)connector)->name);
}

struct connect_rest_connector *connect_known_find(const struct connect_known *k, const char *name)
{
    if (!k->list.list.n)
        return NULL;
    return bsearch(name, k->list.list.items, k->list.list.n, sizeof *k->list.list.items, by_name);
}

bool connect_known_due(const struct connect_known *k, size_t i, int64_t now_us)
{
    const struct connect_rest_connector *c = &k->list.list.items[i];
    const struct connect_known_detail *d = &k->details[i];
    if (c->settings.sink == CONNECT_SETTINGS_OTHER)
        return false;
    if (!d->asked || d->config != c->config)
        return true;
    int64_t early = (int64_t)(map_hash(c->name, strlen(c->name)) % (SPREAD_S * 1000)) * 1000;
    return now_us - d->asked_us >= CONNECT_KNOWN_AGAIN_S * INT64_C(1000000) - early;
}

void connect_known_asked(struct connect_known *k, const char *name, uint64_t config, int64_t now_us)
{
    const struct connect_rest_connector *c = connect_known_find(k, name);
    if (c)
        k->details[c - k->list.list.items] =
            (struct connect_known_detail){.asked = true, .config = config, .asked_us = now_us};
}

void connect_known_tasks(struct connect_known *k, const char *name, struct connect_rest_task_configs *tasks)
{
    struct connect_rest_connector *c = connect_known_find(k, name);
    for (size_t i = 0; c && i < c->tasks.n; i++) {
        struct connect_rest_task *t = &c->tasks.items[i];
        free(t->suffix);
        t->suffix = NULL;
        for (size_t o = 0; o < tasks->list.n; o++) {
            size_t at = (i + o) % tasks->list.n; /* both stand in the same order nearly always */
            if (tasks->list.items[at].task != t->task || !tasks->list.items[at].suffix)
                continue;
            t->suffix = tasks->list.items[at].suffix;
            tasks->list.items[at].suffix = NULL;
            break;
        }
    }
}

void connect_known_topics(struct connect_known *k, const char *name, struct connect_rest_topics *topics)
{
    struct connect_rest_connector *c = connect_known_find(k, name);
    if (!c)
        return;
    for (size_t i = 0; i < c->topics.n; i++)
        free(c->topics.items[i]);
    c->topics.n = 0;
    c->tracked = topics;
    for (size_t i = 0; topics && i < topics->list.n; i++)
        vec_push(&c->topics, topics->list.items[i]);
    if (topics)
        topics->list.n = 0;
}
