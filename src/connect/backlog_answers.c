/* What the control topic tells of files and answers. */
#include "connect/backlog_internal.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---- announced files ---- */

static struct connect_backlog_sums sums_of(const struct connect_event *e, size_t *nonempty)
{
    struct connect_backlog_sums sums = {0};
    *nonempty = 0;
    for (size_t i = 0; i < e->nfiles; i++) {
        const struct connect_event_file *file = &e->files[i];
        if (file->rows <= 0)
            continue; /* the sink passes it over */
        ++*nonempty;
        sums.files += !file->deletes;
        sums.delete_files += file->deletes;
        sums.rows = connect_backlog_plus(sums.rows, file->deletes ? 0 : file->rows);
        sums.bytes = connect_backlog_plus(sums.bytes, file->bytes < 0 ? 0 : file->bytes);
    }
    return sums;
}

static void remember_paths(struct connect_backlog *b, struct backlog_written *w, const struct connect_event *e)
{
    if (b->paths + w->npaths > CONNECT_BACKLOG_FILES)
        return;
    w->paths = mem_calloc(w->npaths, sizeof *w->paths);
    b->paths += w->npaths;
    for (size_t i = 0, n = 0; i < e->nfiles; i++) {
        const struct connect_event_file *file = &e->files[i];
        if (file->rows <= 0)
            continue;
        XXH128_hash_t hash = XXH3_128bits(file->path.s ? file->path.s : "", file->path.len);
        w->paths[n++] = (struct backlog_path){{hash.low64, hash.high64}, file->rows, file->bytes < 0 ? 0 : file->bytes};
    }
}

/* Those that have nothing announced; they are kept, for most will have soon, until there are many. */
static void forget_idle(struct connect_backlog_group_internal *g)
{
    struct map kept = {0};
    const void *key;
    size_t len;
    void *value;
    for (size_t at = 0; map_next(&g->senders, &at, &key, &len, &value);) {
        struct backlog_sender *s = value;
        if (s->first) {
            map_put(&kept, key, len, s);
            continue;
        }
        name_unref(s->key);
        free(s);
    }
    map_done(&g->senders);
    g->senders = kept;
    g->many = 2 * kept.n + BACKLOG_SENDERS;
}

static struct backlog_sender *sender_of(struct backlog_lane *lane, const struct connect_cycles_record *r, bool make)
{
    struct connect_backlog_group_internal *g = lane->group;
    struct {
        struct backlog_lane *lane;
        struct name *key;
    } at = {lane, name_intern(g->backlog->names, r->key ? r->key : "", r->key_len)};
    struct backlog_sender *s = map_get(&g->senders, &at, sizeof at);
    if (s || !make) {
        name_unref(at.key);
        return s;
    }
    if (g->senders.n >= g->many)
        forget_idle(g);
    s = mem_new(struct backlog_sender);
    s->key = at.key;
    map_put(&g->senders, &at, sizeof at, s);
    return s;
}

static void wrote(struct backlog_lane *lane, const struct connect_cycles_record *r)
{
    struct connect_backlog_group_internal *g = lane->group;
    struct connect_backlog *b = g->backlog;
    const struct connect_event *e = r->event;
    size_t nonempty;
    struct connect_backlog_sums sums = sums_of(e, &nonempty);
    if (!nonempty)
        return;
    struct backlog_site *site = g->targets.n < CONNECT_BACKLOG_TABLES
                                    ? connect_backlog_site_get(b, e->table.s ? e->table.s : "", e->table.len)
                                    : map_get(&b->sites, e->table.s ? e->table.s : "", e->table.len);
    struct backlog_target *t = site ? connect_backlog_target_get(g, site) : NULL;
    if (!t || b->weight > 2 * CONNECT_BACKLOG_ANSWERS) {
        g->pub.ignored_answers++;
        return;
    }
    struct backlog_sender *s = sender_of(lane, r, true);
    struct backlog_written *w = mem_new(struct backlog_written);
    *w = (struct backlog_written){.target = t,
                                  .lane = lane,
                                  .commit = name_intern(b->names, e->commit_id, strlen(e->commit_id)),
                                  .offset = r->offset,
                                  .time_ms = r->time_ms,
                                  .sums = sums,
                                  .npaths = nonempty};
    if (e->table_uuid[0])
        w->uuid = name_intern(b->names, e->table_uuid, strlen(e->table_uuid));
    remember_paths(b, w, e);
    while (t->lanes.n <= lane->index)
        vec_push(&t->lanes, (struct backlog_target_lane){.floor = BACKLOG_NONE});
    t->lanes.items[lane->index].ever = true;
    vec_push(&t->lanes.items[lane->index].written, w);
    vec_push(&t->open, w);
    if (s->last)
        s->last->next = w;
    else
        s->first = w;
    s->last = w;
    b->weight++;
    g->weight++;
    connect_backlog_dirty(g, true);
}

/* ---- answers ---- */

/* Takes what the sender announced since its last answer; its rows. */
static int64_t take_written(struct backlog_lane *lane, const struct connect_cycles_record *r, struct backlog_answer *a)
{
    struct backlog_sender *s = sender_of(lane, r, false);
    int64_t rows = 0;
    if (!s)
        return 0;
    a->written = s->first;
    for (struct backlog_written *w = s->first; w; w = w->next) {
        w->answer = a;
        rows = connect_backlog_plus(rows, w->sums.rows);
    }
    s->first = s->last = NULL;
    return rows;
}

/* Notes that a partition answered; how many records it went on. */
static int64_t answered(struct backlog_source *s, int64_t offset)
{
    int64_t records = 0;
    if (s->pub.answered != BACKLOG_NONE && offset > s->pub.answered)
        records = offset - s->pub.answered;
    s->pub.answered = offset;
    s->moved = BACKLOG_NONE; /* judged anew by the next commit that is read */
    return records;
}

static void remember_recent(struct connect_backlog_group_internal *g, struct backlog_recent recent)
{
    if (!recent.has_rows && !recent.has_offset)
        return;
    if (g->nrecent == BACKLOG_RECENT)
        memmove(g->recent, g->recent + 1, --g->nrecent * sizeof *g->recent);
    g->recent[g->nrecent++] = recent;
}

static void complete(struct backlog_lane *lane, const struct connect_cycles_record *r)
{
    struct connect_backlog_group_internal *g = lane->group;
    const struct connect_event *e = r->event;
    struct backlog_answer *a = mem_alloc(sizeof *a + e->nassignments * sizeof *a->items);
    *a = (struct backlog_answer){
        .lane = lane, .offset = r->offset, .time_ms = r->time_ms, .known_ms = CONNECT_EVENT_UNKNOWN};
    struct backlog_recent recent = {0};
    for (size_t i = 0; i < e->nassignments; i++) {
        const struct connect_event_assignment *from = &e->assignments[i];
        struct backlog_source *s =
            connect_backlog_source_get(g, from->topic.s ? from->topic.s : "", from->topic.len, from->partition);
        if (!s)
            continue;
        s->shown = true;
        if (from->offset == CONNECT_EVENT_UNKNOWN || from->offset < 0)
            continue;
        a->items[a->n++] = (struct backlog_answered){s, from->offset, from->time_ms};
        s->refs++;
        recent.has_offset = true;
        recent.records = connect_backlog_plus(recent.records, answered(s, from->offset));
    }
    recent.rows = take_written(lane, r, a);
    recent.has_rows = recent.rows > 0;
    remember_recent(g, recent);
    connect_backlog_dirty(g, true);
    if (!a->n && !a->written) {
        free(a);
        return;
    }
    vec_push(&lane->answers, a);
    g->weight += 1 + a->n;
    g->backlog->weight += 1 + a->n;
}

void connect_backlog_silence(struct connect_backlog_group_internal *g)
{
    bool rows = false, offsets = false;
    g->pub.silent_rows = g->pub.silent_records = 0;
    for (size_t i = 0; i < g->nrecent; i++) {
        const struct backlog_recent *r = &g->recent[i];
        rows |= r->has_rows;
        offsets |= r->has_rows && r->has_offset;
        g->pub.silent_rows = connect_backlog_plus(g->pub.silent_rows, r->rows);
        g->pub.silent_records = connect_backlog_plus(g->pub.silent_records, r->records);
    }
    g->pub.offsets_null = rows && !offsets;
}

/* ---- the topic ---- */

/* Its offsets begin anew: it was removed and made again. */
static void begin_anew(struct backlog_place *place)
{
    for (size_t i = 0; i < place->lanes.n; i++)
        connect_backlog_lane_reset(place->lanes.items[i]);
    place->start = place->cut = place->end = place->read_ms = place->before_ms = BACKLOG_NONE;
    place->next = 0;
}

void connect_backlog_record(struct connect_backlog *b, const struct connect_cycles_record *r)
{
    struct connect_backlog_group_internal *g =
        connect_backlog_group_get(b, r->event->group.s ? r->event->group.s : "", r->event->group.len);
    struct backlog_place *place = connect_backlog_place_get(b, r->topic, r->partition);
    if (!place)
        return;
    if (r->offset < place->next && r->time_ms > place->last_ms &&
        r->time_ms - place->last_ms > CONNECT_BACKLOG_CLOCKS_MS)
        begin_anew(place);
    struct backlog_lane *lane = g ? connect_backlog_lane_get(g, place) : NULL;
    if (r->offset < place->next)
        return; /* it came before */
    place->next = r->offset + 1;
    place->last_ms = r->time_ms > place->last_ms ? r->time_ms : place->last_ms;
    if (!lane)
        return;
    if (r->event->type == CONNECT_EVENT_DATA_WRITTEN)
        wrote(lane, r);
    else if (r->event->type == CONNECT_EVENT_DATA_COMPLETE)
        complete(lane, r);
    if (b->weight > CONNECT_BACKLOG_ANSWERS)
        connect_backlog_trim(b);
}

static void known_to(struct backlog_lane *lane, int64_t end, int64_t time_ms)
{
    while (lane->known < lane->answers.n && lane->answers.items[lane->known]->offset < end)
        lane->answers.items[lane->known++]->known_ms = time_ms;
}

void connect_backlog_control(struct connect_backlog *b, const char *topic, int32_t partition, int64_t start,
                             int64_t end, int64_t time_ms)
{
    struct backlog_place *place = connect_backlog_place_get(b, topic, partition);
    if (!place)
        return;
    if (place->read_ms != BACKLOG_NONE && time_ms < place->read_ms)
        return;
    if (end < place->next && place->end != BACKLOG_NONE && end < place->end)
        begin_anew(place);
    bool first = place->read_ms == BACKLOG_NONE, more = first || place->end != end || place->cut != start;
    for (size_t i = 0; i < place->lanes.n; i++) {
        struct backlog_lane *lane = place->lanes.items[i];
        if (first || start > place->cut)
            connect_backlog_lane_cut(lane, start);
        known_to(lane, end, time_ms);
        if (more || lane->group->round)
            connect_backlog_dirty(lane->group, true);
    }
    place->before_ms = place->read_ms;
    place->read_ms = time_ms;
    place->start = place->start == BACKLOG_NONE ? start : place->start;
    place->cut = start;
    place->end = end;
}

/* ---- the coordinator ---- */

void connect_backlog_coordinator(struct connect_backlog *b, const char *group, const char *topic, int32_t partition,
                                 int64_t committed, int64_t time_ms)
{
    struct connect_backlog_group_internal *g = connect_backlog_group_get(b, group, strlen(group));
    struct backlog_lane *lane = g ? connect_backlog_lane_get(g, connect_backlog_place_get(b, topic, partition)) : NULL;
    if (!lane || committed == CONNECT_EVENT_UNKNOWN || committed < 0)
        return;
    const struct backlog_commit *last = lane->commits.n ? &lane->commits.items[lane->commits.n - 1] : NULL;
    if (last && (last->offset == committed || last->time_ms > time_ms))
        return;
    bool back = last && committed < last->offset;
    if (lane->commits.n == BACKLOG_POINTS)
        memmove(lane->commits.items, lane->commits.items + 1, --lane->commits.n * sizeof *lane->commits.items);
    vec_push(&lane->commits, (struct backlog_commit){committed, time_ms});
    if (back)
        connect_backlog_reopen(g);
    connect_backlog_dirty(g, true);
}
