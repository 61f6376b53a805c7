/* Requests by number: which versions there are, how their headers look, who answers them. */
#include "demo/api.h"
#include "demo/api_call.h"
#include "base/error.h"

#include <string.h>

static void answer_versions(struct demo_api_call *c)
{
    if (c->version >= 3) {
        demo_wire_read_string(c->in); /* client's name and version */
        demo_wire_read_string(c->in);
        demo_wire_read_tags(c->in);
    }
    demo_wire_i16(c->out, c->error);
    demo_wire_array(c->out, (int32_t)c->versions->n);
    for (size_t i = 0; i < c->versions->n; i++) {
        const struct demo_api_range *r = &c->versions->ranges[i];
        demo_wire_i16(c->out, r->key);
        demo_wire_i16(c->out, r->min);
        demo_wire_i16(c->out, r->max);
        demo_wire_tags(c->out);
    }
    if (c->version >= 1)
        demo_wire_i32(c->out, c->throttle_ms);
    demo_wire_tags(c->out);
}

/* One row a request. flexible: the first version with compact lengths and tagged fields. */
static const struct api {
    int16_t key, min, max, flexible;
    void (*answer)(struct demo_api_call *c); /* NULL: announced only */
} apis[] = {
    /* Clients send the newer fetches only to clusters that take the newer records as well. */
    {DEMO_API_PRODUCE, 3, 7, 9, NULL},
    {DEMO_API_FETCH, 4, 11, 12, demo_api_fetch},
    {DEMO_API_LIST_OFFSETS, 1, 2, 6, demo_api_list_offsets},
    {DEMO_API_METADATA, 0, 4, 9, demo_api_metadata},
    {DEMO_API_OFFSET_FETCH, 0, 7, 6, demo_api_offset_fetch},
    {DEMO_API_FIND_COORDINATOR, 0, 2, 3, demo_api_find_coordinator},
    {DEMO_API_DESCRIBE_GROUPS, 0, 4, 5, demo_api_describe_groups},
    {DEMO_API_LIST_GROUPS, 0, 4, 3, demo_api_list_groups},
    {DEMO_API_VERSIONS, 0, 3, 3, answer_versions},
    {DEMO_API_DESCRIBE_CONFIGS, 0, 1, 4, demo_api_describe_configs},
};
enum { API_COUNT = sizeof apis / sizeof apis[0] };

void demo_api_versions_init(struct demo_api_versions *v)
{
    v->n = API_COUNT;
    for (size_t i = 0; i < API_COUNT; i++)
        v->ranges[i] = (struct demo_api_range){.key = apis[i].key, .min = apis[i].min, .max = apis[i].max};
}

void demo_api_versions_limit(struct demo_api_versions *v, int16_t key, int16_t max)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->n; i++) {
        struct demo_api_range r = v->ranges[i];
        if (r.key == key && max < r.max)
            r.max = max;
        if (r.max >= r.min)
            v->ranges[kept++] = r;
    }
    v->n = kept;
}

static bool is_spoken(const struct demo_api_versions *v, int16_t key, int16_t version)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->ranges[i].key == key)
            return version >= v->ranges[i].min && version <= v->ranges[i].max;
    return false;
}

static const struct api *find_api(int16_t key)
{
    for (size_t i = 0; i < API_COUNT; i++)
        if (apis[i].key == key && apis[i].answer)
            return &apis[i];
    return NULL;
}

static void read_header(struct demo_wire_reader *in, struct demo_api_header *h)
{
    h->key = demo_wire_read_i16(in);
    h->version = demo_wire_read_i16(in);
    h->correlation_id = demo_wire_read_i32(in);
}

int demo_api_peek(const void *request, size_t len, struct demo_api_header *header)
{
    struct demo_wire_reader in;
    struct demo_api_header h;
    demo_wire_read_init(&in, request, len);
    read_header(&in, &h);
    if (in.bad)
        return ERR_INVALID;
    *header = h;
    return 0;
}

/* Reads the rest of the header, lets the request's own function write, and checks what it found. */
static int answer(const struct api *api, struct demo_api_call *c, const struct demo_api_header *h)
{
    demo_wire_read_string(c->in); /* client id; never compact */
    c->in->flexible = c->out->flexible = h->version >= api->flexible;
    demo_wire_read_tags(c->in);
    demo_wire_i32(c->out, h->correlation_id);
    if (api->key != DEMO_API_VERSIONS) /* its reply must be readable before versions are agreed */
        demo_wire_tags(c->out);
    api->answer(c);
    return c->in->bad ? ERR_INVALID : 0;
}

int demo_api_answer(const struct demo_world *world, const struct demo_api_versions *versions, int32_t node,
                    int16_t error, int throttle_ms, const void *request, size_t len, struct str *reply, int *wait_ms)
{
    struct demo_wire_reader in;
    struct demo_api_header h;
    demo_wire_read_init(&in, request, len);
    read_header(&in, &h);
    const struct api *api = find_api(h.key);
    if (in.bad || !api)
        return ERR_INVALID;
    if (!is_spoken(versions, h.key, h.version)) {
        if (h.key != DEMO_API_VERSIONS)
            return ERR_INVALID;
        /* The one request that may ask too much: it is answered in the first version's form. */
        h.version = 0;
        error = DEMO_ERROR_UNSUPPORTED_VERSION;
    }
    size_t begin = reply->len, max = reply->max;
    reply->max = begin + DEMO_API_REPLY_MAX;
    struct demo_wire_writer out = {.out = reply};
    struct demo_api_call call = {.world = world,
                                 .versions = versions,
                                 .node = node,
                                 .version = h.version,
                                 .error = error,
                                 .throttle_ms = throttle_ms,
                                 .in = &in,
                                 .out = &out};
    demo_wire_i32(&out, 0);
    int rc = answer(api, &call, &h);
    if (rc == 0 && reply->overflow)
        rc = ERR_LIMIT;
    if (rc == 0) {
        demo_wire_patch_i32(&out, begin, (int32_t)(reply->len - begin - 4));
        *wait_ms = call.wait_ms;
    } else {
        str_cut(reply, begin);
    }
    reply->max = max;
    reply->overflow = false;
    return rc;
}
