/* Offsets: what groups have committed, and where logs begin, end, or reached a time. */
#include "demo/api_call.h"

#include <string.h>

/* What stands for an offset in a ListOffsets request. */
enum { LATEST = -1, EARLIEST = -2 };

static bool is_hidden_topic(const struct demo_world *w, const char *topic, size_t len)
{
    const struct demo_topic *t = demo_world_topic_n(w, topic, len);
    return t && t->hidden;
}

/* commit NULL: there is none. */
static void put_commit(struct demo_api_call *c, int32_t partition, const struct demo_commit *commit, int16_t error)
{
    if (!error && commit)
        error = commit->error;
    bool known = commit && !error;
    demo_wire_i32(c->out, partition);
    demo_wire_i64(c->out, known ? commit->offset : -1);
    if (c->version >= 5)
        demo_wire_i32(c->out, known ? commit->leader_epoch : -1);
    demo_wire_string(c->out, known && commit->metadata ? commit->metadata : "");
    demo_wire_i16(c->out, error);
    demo_wire_tags(c->out);
}

/* A commit that is answered when all are asked for. */
static bool is_kept(const struct demo_commit *commit)
{
    return commit->offset >= 0 || commit->error;
}

static int32_t kept_commits(const struct demo_api_call *c, const struct demo_offsets *o)
{
    int32_t n = 0;
    if (is_hidden_topic(c->world, o->topic, strlen(o->topic)))
        return 0;
    for (size_t i = 0; i < o->commits.n; i++)
        n += is_kept(&o->commits.items[i]);
    return n;
}

/* g may be NULL. */
static void put_all_commits(struct demo_api_call *c, const struct demo_group *g, int16_t error)
{
    size_t topics = g && !error ? g->offsets.n : 0;
    int32_t n = 0;
    for (size_t i = 0; i < topics; i++)
        n += kept_commits(c, &g->offsets.items[i]) > 0;
    demo_wire_array(c->out, n);
    for (size_t i = 0; i < topics; i++) {
        const struct demo_offsets *o = &g->offsets.items[i];
        int32_t kept = kept_commits(c, o);
        if (!kept)
            continue;
        demo_wire_string(c->out, o->topic);
        demo_wire_array(c->out, kept);
        for (size_t k = 0; k < o->commits.n; k++)
            if (is_kept(&o->commits.items[k]))
                put_commit(c, o->commits.items[k].partition, &o->commits.items[k], 0);
        demo_wire_tags(c->out);
    }
}

static const struct demo_offsets *find_offsets(const struct demo_group *g, struct demo_wire_text topic)
{
    for (size_t i = 0; g && topic.s && i < g->offsets.n; i++) {
        const struct demo_offsets *o = &g->offsets.items[i];
        if (strlen(o->topic) == topic.len && memcmp(o->topic, topic.s, topic.len) == 0)
            return o;
    }
    return NULL;
}

static void put_asked_commits(struct demo_api_call *c, const struct demo_group *g, int32_t topics, int16_t group_error)
{
    demo_wire_array(c->out, topics);
    for (int32_t i = 0; i < topics && !c->in->bad; i++) {
        struct demo_wire_text topic = demo_wire_read_string(c->in);
        const struct demo_offsets *o = find_offsets(g, topic);
        int16_t error = group_error;
        if (!error && is_hidden_topic(c->world, topic.s ? topic.s : "", topic.len))
            error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
        int32_t n = demo_wire_read_array(c->in, 4);
        demo_wire_text(c->out, topic);
        demo_wire_array(c->out, n < 0 ? 0 : n);
        for (int32_t k = 0; k < n; k++) {
            int32_t partition = demo_wire_read_i32(c->in);
            put_commit(c, partition, o ? demo_group_committed_in(o, partition) : NULL, error);
        }
        demo_wire_read_tags(c->in);
        demo_wire_tags(c->out);
    }
}

static int16_t group_error(const struct demo_api_call *c, const struct demo_group *g, struct demo_wire_text name)
{
    if (c->error)
        return c->error;
    if (g && g->hidden)
        return DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    if (g && g->offsets_error)
        return g->offsets_error;
    if (demo_world_coordinator(c->world, name.s, name.len) != c->node)
        return DEMO_ERROR_NOT_COORDINATOR;
    return 0;
}

void demo_api_offset_fetch(struct demo_api_call *c)
{
    struct demo_wire_text name = demo_wire_read_string(c->in);
    int32_t topics = demo_wire_read_array(c->in, 2);
    if (!name.s || (topics < 0 && c->version < 2))
        c->in->bad = true;
    if (c->in->bad)
        return;
    const struct demo_group *g = demo_world_group_n(c->world, name.s, name.len);
    int16_t error = group_error(c, g, name);
    if (c->version >= 3)
        demo_wire_i32(c->out, c->throttle_ms);
    if (topics < 0)
        put_all_commits(c, g, error);
    else
        put_asked_commits(c, g, topics, error);
    if (c->version >= 2)
        demo_wire_i16(c->out, error);
    if (c->version >= 7)
        demo_wire_read_i8(c->in); /* wait for open transactions: commits of one carry their error */
    demo_wire_read_tags(c->in);
    demo_wire_tags(c->out);
}

struct found {
    int16_t error;
    int64_t time_ms, offset;
};

/* committed: transactions that are open end the log. */
static struct found find_offset(const struct demo_partition *p, int64_t time_ms, bool committed)
{
    struct found f = {.time_ms = -1, .offset = -1};
    int64_t end = committed ? p->lso : p->end;
    if (time_ms == LATEST)
        f.offset = end;
    else if (time_ms == EARLIEST)
        f.offset = p->start;
    else if (time_ms >= 0)
        f.offset = demo_partition_offset_at(p, time_ms, end, &f.time_ms);
    return f;
}

static struct found answer_partition(const struct demo_api_call *c, const struct demo_topic *t, int32_t partition,
                                     int64_t time_ms, bool committed)
{
    struct found f = {.time_ms = -1, .offset = -1};
    const struct demo_partition *p = NULL;
    if (t && partition >= 0 && (size_t)partition < t->partitions.n)
        p = &t->partitions.items[partition];
    if (c->error)
        f.error = c->error;
    else if (t && t->hidden)
        f.error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
    else if (!p)
        f.error = DEMO_ERROR_UNKNOWN_TOPIC_OR_PARTITION;
    else if (p->offsets_error)
        f.error = p->offsets_error;
    else if (committed && p->stable_error)
        f.error = p->stable_error;
    else if (p->leader != c->node)
        f.error = DEMO_ERROR_NOT_LEADER;
    else
        f = find_offset(p, time_ms, committed);
    return f;
}

void demo_api_list_offsets(struct demo_api_call *c)
{
    demo_wire_read_i32(c->in); /* replica id */
    bool committed = c->version >= 2 && demo_wire_read_i8(c->in) == 1;
    if (c->version >= 2)
        demo_wire_i32(c->out, c->throttle_ms);
    int32_t topics = demo_wire_read_array(c->in, 6);
    demo_wire_array(c->out, topics < 0 ? 0 : topics);
    for (int32_t i = 0; i < topics && !c->in->bad; i++) {
        struct demo_wire_text topic = demo_wire_read_string(c->in);
        const struct demo_topic *t = demo_world_topic_n(c->world, topic.s ? topic.s : "", topic.len);
        int32_t n = demo_wire_read_array(c->in, 12);
        demo_wire_text(c->out, topic);
        demo_wire_array(c->out, n < 0 ? 0 : n);
        for (int32_t k = 0; k < n; k++) {
            int32_t partition = demo_wire_read_i32(c->in);
            int64_t time_ms = demo_wire_read_i64(c->in);
            struct found f = answer_partition(c, t, partition, time_ms, committed);
            demo_wire_i32(c->out, partition);
            demo_wire_i16(c->out, f.error);
            demo_wire_i64(c->out, f.time_ms);
            demo_wire_i64(c->out, f.offset);
        }
    }
}
