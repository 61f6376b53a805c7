/* Configurations of topics: the few names that say how a log is kept. */
#include "demo/api_call.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TOPIC = 2, DYNAMIC_TOPIC = 1, NAMES = 3 };

static const char *const names[NAMES] = {"cleanup.policy", "retention.bytes", "retention.ms"};

static void value_text(const struct demo_config *config, size_t name, char *out, size_t size)
{
    if (name == 0)
        snprintf(out, size, "%s", config->cleanup_policy);
    else
        snprintf(out, size, "%" PRId64, name == 1 ? config->retention_bytes : config->retention_ms);
}

static void put_value(struct demo_api_call *c, const struct demo_config *config, size_t name)
{
    char text[64];
    value_text(config, name, text, sizeof text);
    demo_wire_string(c->out, names[name]);
    demo_wire_string(c->out, text);
    demo_wire_i8(c->out, 0);                                   /* may be written */
    demo_wire_i8(c->out, c->version >= 1 ? DYNAMIC_TOPIC : 0); /* where it comes from, or whether it is the default */
    demo_wire_i8(c->out, 0);                                   /* no secret */
    if (c->version >= 1)
        demo_wire_array(c->out, 0); /* synonyms */
}

/* Reads the names that are wanted, none for all, into a set of bits. */
static unsigned read_wanted(struct demo_api_call *c)
{
    int32_t n = demo_wire_read_array(c->in, 2);
    unsigned wanted = n < 0 ? (1u << NAMES) - 1 : 0;
    for (int32_t i = 0; i < n && !c->in->bad; i++) {
        struct demo_wire_text t = demo_wire_read_string(c->in);
        for (size_t k = 0; k < NAMES; k++)
            if (t.s && t.len == strlen(names[k]) && memcmp(t.s, names[k], t.len) == 0)
                wanted |= 1u << k;
    }
    return wanted;
}

static void put_resource(struct demo_api_call *c)
{
    int8_t type = demo_wire_read_i8(c->in);
    struct demo_wire_text name = demo_wire_read_string(c->in);
    unsigned wanted = read_wanted(c);
    const struct demo_topic *t = type == TOPIC ? demo_world_topic_n(c->world, name.s ? name.s : "", name.len) : NULL;
    int16_t error = c->error;
    if (!error && t && (t->hidden || t->config.hidden))
        error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
    if (!error && !t)
        error = DEMO_ERROR_UNKNOWN_TOPIC_OR_PARTITION;
    demo_wire_i16(c->out, error);
    demo_wire_string(c->out, NULL); /* what is wrong, in words */
    demo_wire_i8(c->out, type);
    demo_wire_text(c->out, name);
    int32_t n = 0;
    for (size_t k = 0; k < NAMES; k++)
        n += !error && (wanted & 1u << k);
    demo_wire_array(c->out, n);
    for (size_t k = 0; n && k < NAMES; k++)
        if (wanted & 1u << k)
            put_value(c, &t->config, k);
}

void demo_api_describe_configs(struct demo_api_call *c)
{
    demo_wire_i32(c->out, c->throttle_ms);
    int32_t n = demo_wire_read_array(c->in, 7);
    demo_wire_array(c->out, n < 0 ? 0 : n);
    for (int32_t i = 0; i < n && !c->in->bad; i++)
        put_resource(c);
    if (c->version >= 1)
        demo_wire_read_i8(c->in); /* include synonyms */
}
