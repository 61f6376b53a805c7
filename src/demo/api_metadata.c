/* Where things are: brokers, topics with their partitions, and the coordinators of groups. */
#include "demo/api_call.h"

#include <string.h>

static bool is_up(const struct demo_world *w, int32_t node)
{
    const struct demo_node *n = demo_world_node(w, node);
    return n && !n->gone;
}

static void put_nodes(struct demo_api_call *c)
{
    const struct demo_world *w = c->world;
    int32_t up = 0;
    for (size_t i = 0; i < w->nodes.n; i++)
        up += !w->nodes.items[i].gone;
    demo_wire_array(c->out, up);
    for (size_t i = 0; i < w->nodes.n; i++) {
        const struct demo_node *n = &w->nodes.items[i];
        if (n->gone)
            continue;
        demo_wire_i32(c->out, n->id);
        demo_wire_string(c->out, "127.0.0.1");
        demo_wire_i32(c->out, n->port);
        if (c->version >= 1)
            demo_wire_string(c->out, n->rack);
    }
}

static void put_partition(struct demo_api_call *c, int32_t index, const struct demo_partition *p)
{
    int32_t leader = is_up(c->world, p->leader) ? p->leader : -1;
    int16_t error = leader < 0 ? DEMO_ERROR_LEADER_NOT_AVAILABLE : 0;
    demo_wire_i16(c->out, p->metadata_error ? p->metadata_error : error);
    demo_wire_i32(c->out, index);
    demo_wire_i32(c->out, leader);
    demo_wire_array(c->out, p->replica_n);
    for (int i = 0; i < p->replica_n; i++)
        demo_wire_i32(c->out, p->replicas[i]);
    int32_t in_sync = 0;
    for (int i = 0; i < p->isr_n; i++)
        in_sync += is_up(c->world, p->isr[i]);
    demo_wire_array(c->out, in_sync);
    for (int i = 0; i < p->isr_n; i++)
        if (is_up(c->world, p->isr[i]))
            demo_wire_i32(c->out, p->isr[i]);
}

/* t NULL: no such topic, which is an error of its own. */
static void put_topic(struct demo_api_call *c, struct demo_wire_text name, const struct demo_topic *t)
{
    int16_t error = c->error;
    if (!error && !t)
        error = DEMO_ERROR_UNKNOWN_TOPIC_OR_PARTITION;
    if (!error && t->hidden)
        error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
    if (!error)
        error = t->error;
    demo_wire_i16(c->out, error);
    demo_wire_text(c->out, name);
    if (c->version >= 1)
        demo_wire_i8(c->out, !error && t->internal);
    demo_wire_array(c->out, error ? 0 : (int32_t)t->partitions.n);
    for (size_t i = 0; !error && i < t->partitions.n; i++)
        put_partition(c, (int32_t)i, &t->partitions.items[i]);
}

static void put_all_topics(struct demo_api_call *c)
{
    const struct demo_world *w = c->world;
    int32_t n = 0;
    for (size_t i = 0; i < w->topics.n; i++)
        n += !w->topics.items[i]->hidden;
    demo_wire_array(c->out, n);
    for (size_t i = 0; i < w->topics.n; i++) {
        const struct demo_topic *t = w->topics.items[i];
        if (!t->hidden)
            put_topic(c, (struct demo_wire_text){.s = t->name, .len = strlen(t->name)}, t);
    }
}

void demo_api_metadata(struct demo_api_call *c)
{
    if (c->version >= 3)
        demo_wire_i32(c->out, c->throttle_ms);
    put_nodes(c);
    if (c->version >= 2)
        demo_wire_string(c->out, c->world->cluster_id);
    if (c->version >= 1)
        demo_wire_i32(c->out, is_up(c->world, c->world->controller) ? c->world->controller : -1);
    int32_t n = demo_wire_read_array(c->in, 2);
    if (n < 0 || (n == 0 && c->version == 0)) {
        put_all_topics(c);
    } else {
        demo_wire_array(c->out, n);
        for (int32_t i = 0; i < n && !c->in->bad; i++) {
            struct demo_wire_text name = demo_wire_read_string(c->in);
            put_topic(c, name, demo_world_topic_n(c->world, name.s ? name.s : "", name.len));
        }
    }
    if (c->version >= 4)
        demo_wire_read_i8(c->in); /* may topics be created: none ever is */
}

void demo_api_find_coordinator(struct demo_api_call *c)
{
    struct demo_wire_text key = demo_wire_read_string(c->in);
    if (c->version >= 1)
        demo_wire_read_i8(c->in); /* group or transaction: both by name */
    const struct demo_group *g = demo_world_group_n(c->world, key.s ? key.s : "", key.len);
    int32_t id = demo_world_coordinator(c->world, key.s ? key.s : "", key.len);
    int16_t error = c->error;
    if (!error && g && g->hidden)
        error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    if (!error && !is_up(c->world, id))
        error = DEMO_ERROR_COORDINATOR_NOT_AVAILABLE;
    if (c->version >= 1)
        demo_wire_i32(c->out, c->throttle_ms);
    demo_wire_i16(c->out, error);
    if (c->version >= 1)
        demo_wire_string(c->out, NULL); /* error message */
    demo_wire_i32(c->out, error ? -1 : id);
    demo_wire_string(c->out, error ? "" : "127.0.0.1");
    demo_wire_i32(c->out, error ? -1 : demo_world_node(c->world, id)->port);
}
