/* Groups as their coordinators list and describe them, with members in the consumer protocol's own
 * encoding. */
#include "demo/api_call.h"

#include <string.h>

/* Authorized operations when nobody asked for them. */
#define NO_OPERATIONS INT32_MIN

static bool text_is(struct demo_wire_text t, const char *s)
{
    return t.s && t.len == strlen(s) && memcmp(t.s, s, t.len) == 0;
}

/* A reader that stands at the filter's first state, and how many there are. No states: all groups.
 */
struct states {
    struct demo_wire_reader first;
    int32_t n;
};

static bool states_take(const struct states *filter, const char *state)
{
    struct demo_wire_reader in = filter->first;
    for (int32_t i = 0; i < filter->n; i++)
        if (text_is(demo_wire_read_string(&in), state))
            return true;
    return filter->n <= 0;
}

static bool is_listed(const struct demo_api_call *c, const struct demo_group *g, const struct states *filter)
{
    return g->coordinator == c->node && !g->hidden && states_take(filter, g->state);
}

void demo_api_list_groups(struct demo_api_call *c)
{
    struct states filter = {0};
    if (c->version >= 4) {
        filter.n = demo_wire_read_array(c->in, 1);
        filter.first = *c->in;
        for (int32_t i = 0; i < filter.n && !c->in->bad; i++)
            demo_wire_read_string(c->in);
    }
    demo_wire_read_tags(c->in); /* one librdkafka before 2.1 sends a byte more; it stays unread */
    if (c->in->bad)
        return;
    const struct demo_world *w = c->world;
    if (c->version >= 1)
        demo_wire_i32(c->out, c->throttle_ms);
    demo_wire_i16(c->out, c->error);
    int32_t n = 0;
    for (size_t i = 0; !c->error && i < w->groups.n; i++)
        n += is_listed(c, w->groups.items[i], &filter);
    demo_wire_array(c->out, n);
    for (size_t i = 0; n && i < w->groups.n; i++) {
        const struct demo_group *g = w->groups.items[i];
        if (!is_listed(c, g, &filter))
            continue;
        demo_wire_string(c->out, g->name);
        demo_wire_string(c->out, g->protocol_type);
        if (c->version >= 4)
            demo_wire_string(c->out, g->state);
        demo_wire_tags(c->out);
    }
    demo_wire_tags(c->out);
}

static void put_raw_or(struct demo_api_call *c, const struct demo_raw *raw, const struct str *made)
{
    if (raw->bytes)
        demo_wire_bytes(c->out, raw->bytes, raw->len);
    else
        demo_wire_bytes(c->out, str_text(made), made->len);
}

/* ConsumerProtocolSubscription 0: version, topics, user data. Its topics are those assigned. */
static void put_subscription(struct demo_api_call *c, const struct demo_member *m)
{
    struct str made = {0};
    struct demo_wire_writer w = {.out = &made};
    demo_wire_i16(&w, 0);
    demo_wire_array(&w, (int32_t)m->assigned.n);
    for (size_t i = 0; i < m->assigned.n; i++)
        demo_wire_string(&w, m->assigned.items[i].topic);
    demo_wire_bytes(&w, NULL, 0);
    put_raw_or(c, &m->raw_metadata, &made);
    str_done(&made);
}

/* ConsumerProtocolAssignment 0: version, topics with their partitions, user data. */
static void put_assignment(struct demo_api_call *c, const struct demo_member *m)
{
    struct str made = {0};
    struct demo_wire_writer w = {.out = &made};
    demo_wire_i16(&w, 0);
    demo_wire_array(&w, (int32_t)m->assigned.n);
    for (size_t i = 0; i < m->assigned.n; i++) {
        const struct demo_assignment *a = &m->assigned.items[i];
        demo_wire_string(&w, a->topic);
        demo_wire_array(&w, (int32_t)a->partitions.n);
        for (size_t k = 0; k < a->partitions.n; k++)
            demo_wire_i32(&w, a->partitions.items[k]);
    }
    demo_wire_bytes(&w, NULL, 0);
    put_raw_or(c, &m->raw_assignment, &made);
    str_done(&made);
}

static void put_member(struct demo_api_call *c, const struct demo_member *m, bool stable)
{
    demo_wire_string(c->out, m->id);
    if (c->version >= 4)
        demo_wire_string(c->out, m->instance_id);
    demo_wire_string(c->out, m->client_id);
    demo_wire_string(c->out, m->host);
    if (stable) {
        put_subscription(c, m);
        put_assignment(c, m);
    } else { /* while a group rebalances, coordinators know neither */
        demo_wire_bytes(c->out, "", 0);
        demo_wire_bytes(c->out, "", 0);
    }
}

static int16_t describe_error(const struct demo_api_call *c, const struct demo_group *g, struct demo_wire_text name)
{
    if (c->error)
        return c->error;
    if (g && g->hidden)
        return DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    if (g && g->describe_error)
        return g->describe_error;
    if (demo_world_coordinator(c->world, name.s, name.len) != c->node)
        return DEMO_ERROR_NOT_COORDINATOR;
    return 0;
}

static void put_description(struct demo_api_call *c, struct demo_wire_text name)
{
    const struct demo_group *g = demo_world_group_n(c->world, name.s, name.len);
    int16_t error = describe_error(c, g, name);
    bool known = !error && g && !g->kip848;
    bool stable = known && strcmp(g->state, "Stable") == 0;
    demo_wire_i16(c->out, error);
    demo_wire_text(c->out, name);
    demo_wire_string(c->out, known ? g->state : error ? "" : "Dead");
    demo_wire_string(c->out, known ? g->protocol_type : "");
    demo_wire_string(c->out, stable ? g->assignor : "");
    demo_wire_array(c->out, known ? (int32_t)g->members.n : 0);
    for (size_t i = 0; known && i < g->members.n; i++)
        put_member(c, &g->members.items[i], stable);
    if (c->version >= 3)
        demo_wire_i32(c->out, NO_OPERATIONS);
}

void demo_api_describe_groups(struct demo_api_call *c)
{
    if (c->version >= 1)
        demo_wire_i32(c->out, c->throttle_ms);
    int32_t n = demo_wire_read_array(c->in, 2);
    demo_wire_array(c->out, n < 0 ? 0 : n);
    for (int32_t i = 0; i < n && !c->in->bad && !c->out->out->overflow; i++) {
        struct demo_wire_text name = demo_wire_read_string(c->in);
        if (!name.s)
            c->in->bad = true;
        else
            put_description(c, name);
    }
    if (c->version >= 3)
        demo_wire_read_i8(c->in); /* include the operations allowed */
}
