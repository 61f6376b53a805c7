/* The source's partitions: what their group has committed, and where they end. */
#include "connect/backlog_internal.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static const struct backlog_point no_point = {
    .offset = BACKLOG_NONE, .time_ms = BACKLOG_NONE, .known_ms = BACKLOG_NONE, .record_ms = BACKLOG_NONE};

struct backlog_source *connect_backlog_source_get(struct connect_backlog_group_internal *g, const char *topic,
                                                  size_t len, int32_t partition)
{
    struct {
        struct name *topic;
        int64_t partition;
    } key = {name_intern(g->backlog->names, topic, len), partition};
    struct backlog_source *s = map_get(&g->by_source, &key, sizeof key);
    if (s || g->sources.n >= CONNECT_BACKLOG_PARTITIONS || g->targets.n * (g->sources.n + 1) > BACKLOG_CELLS) {
        name_unref(key.topic);
        return s;
    }
    s = mem_new(struct backlog_source);
    s->group = g;
    s->start = s->source_ms = s->moved = s->moved_ms = BACKLOG_NONE;
    s->settled = s->base = s->now = no_point;
    s->pub.topic = key.topic;
    s->pub.partition = partition;
    s->pub.committed = s->pub.end = s->pub.answered = s->pub.lag = BACKLOG_NONE;
    s->pub.holder = SIZE_MAX;
    for (size_t i = 0; i < g->targets.n; i++)
        vec_push(&s->cells, (struct backlog_cell){.pub.lag = BACKLOG_NONE});
    map_put(&g->by_source, &key, sizeof key, s);
    vec_push(&g->sources, s);
    g->unsorted = true;
    return s;
}

void connect_backlog_source_free(struct backlog_source *s)
{
    name_unref(s->pub.topic);
    vec_done(&s->pub.tables);
    vec_done(&s->cells);
    free(s);
}

bool connect_backlog_later(const struct backlog_point *a, const struct backlog_point *b)
{
    return b->offset == BACKLOG_NONE || a->lane == b->lane || a->record_ms >= b->record_ms;
}

/* The commit was seen so soon after the last answer was that it may be the one before. */
bool connect_backlog_source_early(const struct backlog_source *s)
{
    int64_t known_ms = s->now.known_ms;
    return known_ms == BACKLOG_NONE || s->moved_ms < known_ms + CONNECT_BACKLOG_CLOCKS_MS;
}

void connect_backlog_source(struct connect_backlog *b, const char *group, const char *topic, int32_t partition,
                            int64_t committed, int64_t start, int64_t end, int64_t time_ms)
{
    struct connect_backlog_group_internal *g = connect_backlog_group_get(b, group, strlen(group));
    struct backlog_source *s = g ? connect_backlog_source_get(g, topic, strlen(topic), partition) : NULL;
    if (!s || (s->source_ms != BACKLOG_NONE && time_ms < s->source_ms))
        return;
    bool more = !s->shown || s->pub.committed != committed || s->start != start || s->pub.end != end || s->waits;
    s->told = s->shown = true;
    s->pub.committed = committed;
    s->pub.end = end;
    s->start = start;
    s->source_ms = time_ms;
    if (committed == BACKLOG_NONE || s->pub.answered == BACKLOG_NONE || committed == s->pub.answered) {
        s->moved = s->moved_ms = BACKLOG_NONE;
    } else if (s->moved != committed || connect_backlog_source_early(s)) {
        s->moved = committed;
        s->moved_ms = time_ms;
    }
    if (more)
        connect_backlog_dirty(g, false);
}

void connect_backlog_source_gone(struct connect_backlog *b, const char *group, const char *topic, int32_t partition)
{
    struct connect_backlog_group_internal *g = map_get(&b->groups, group, strlen(group));
    if (!g)
        return;
    struct {
        struct name *topic;
        int64_t partition;
    } key = {name_intern(b->names, topic, strlen(topic)), partition};
    struct backlog_source *s = map_get(&g->by_source, &key, sizeof key);
    name_unref(key.topic);
    if (!s)
        return;
    s->told = s->shown = false;
    s->pub.committed = s->pub.end = s->start = s->source_ms = s->moved = s->moved_ms = BACKLOG_NONE;
    g->unsorted = true;
    connect_backlog_dirty(g, false);
    if (s->refs)
        return;
    size_t at = 0;
    while (g->sources.items[at] != s)
        at++;
    memmove(&g->sources.items[at], &g->sources.items[at + 1], (--g->sources.n - at) * sizeof *g->sources.items);
    map_del(&g->by_source, &key, sizeof key);
    connect_backlog_source_free(s);
}
