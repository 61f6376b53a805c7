/* The tree of a plan walked along the tokens of an event. */
#include "drift/event.h"

#include "base/mem.h"
#include "base/number.h"
#include "drift/event_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A list or map that is open. */
struct read_level {
    uint32_t node; /* 0, but for the first level: nobody wants anything in it */
    uint32_t item; /* of a list: the index of the next item */
    bool list;
};

struct drift_event_read {
    struct drift_event_json *json;
    struct read_level levels[DRIFT_EVENT_JSON_DEPTH + 1];
    size_t depth;
    uint32_t root;  /* the node that the text at hand is the value of */
    uint32_t next;  /* the node that the next value is of; 0: none */
    uint32_t *seen; /* one a node: the event in which it last had a value */
    uint32_t event; /* from 1 */
    char *texts;    /* room for one of each slot, for those that are not in the event as such; NULL: none was yet */
};

/* The node that the value at hand is of, 0 if nobody wants it or what is in it. */
static uint32_t take_node(struct drift_event_read *r, const struct drift_event_plan *plan)
{
    struct read_level *level = &r->levels[r->depth];
    if (!r->depth || !level->list)
        return r->next;
    if (!level->node && r->depth > 1)
        return 0;
    const uint32_t index = level->item++;
    if (index >= plan->nodes[level->node].items)
        return 0;
    return drift_event_plan_step(plan, level->node, NULL, 0, index);
}

/* What a key had before, if it stands twice, is gone with all that is below it. */
static void forget(struct drift_event *e, uint32_t node)
{
    const struct drift_event_node *n = &e->plan->nodes[node];
    for (uint32_t i = n->first; i < n->behind; i++)
        e->values[i].kind = DRIFT_EVENT_MISSING;
}

/* Where the value at hand goes; NULL: nowhere. */
static struct drift_event_value *place(struct drift_event *e, uint32_t *ret)
{
    struct drift_event_read *r = e->read;
    const uint32_t node = *ret = take_node(r, e->plan);
    if (!node)
        return NULL;
    if (r->seen[node] == r->event)
        forget(e, node);
    r->seen[node] = r->event;
    const uint32_t slot = e->plan->nodes[node].slot;
    return slot == DRIFT_EVENT_NO_SLOT ? NULL : &e->values[slot];
}

static void on_begin(void *arg)
{
    struct drift_event *e = arg;
    if (e->read->root)
        forget(e, e->read->root);
    else
        drift_event_begin(e);
    e->read->depth = 0;
    e->read->next = 0;
}

static bool on_null(void *arg)
{
    uint32_t node;
    struct drift_event_value *v = place(arg, &node);
    if (v)
        v->kind = DRIFT_EVENT_NULL;
    return true;
}

static bool on_boolean(void *arg, bool value)
{
    uint32_t node;
    struct drift_event_value *v = place(arg, &node);
    if (v)
        *v = (struct drift_event_value){.number = value, .kind = DRIFT_EVENT_BOOL};
    return true;
}

static bool on_number(void *arg, double value)
{
    uint32_t node;
    struct drift_event_value *v = place(arg, &node);
    if (v)
        *v = (struct drift_event_value){.number = value, .kind = DRIFT_EVENT_NUMBER};
    return true;
}

static bool on_text(void *arg, const char *s, size_t len, bool stays)
{
    struct drift_event *e = arg;
    struct drift_event_read *r = e->read;
    uint32_t node;
    struct drift_event_value *v = place(e, &node);
    if (!v)
        return true;
    *v = drift_event_text(s, len);
    if (stays || !v->len)
        return true;
    if (!r->texts)
        r->texts = mem_alloc(e->plan->nslots * DRIFT_EVENT_TEXT_BYTES);
    char *const copy = r->texts + (size_t)(v - e->values) * DRIFT_EVENT_TEXT_BYTES;
    memcpy(copy, s, v->len);
    v->text = copy;
    return true;
}

static bool on_key(void *arg, const char *s, size_t len)
{
    struct drift_event *e = arg;
    struct drift_event_read *r = e->read;
    const uint32_t node = r->levels[r->depth].node;
    const bool wanted = (node || r->depth == 1) && e->plan->nodes[node].keys;
    r->next = wanted ? drift_event_plan_step(e->plan, node, s, len, 0) : 0;
    return true;
}

static bool on_open(void *arg, bool list)
{
    struct drift_event *e = arg;
    struct drift_event_read *r = e->read;
    uint32_t node = r->root;
    if (r->depth) {
        struct drift_event_value *v = place(e, &node);
        if (v)
            v->kind = DRIFT_EVENT_OTHER;
    }
    r->levels[++r->depth] = (struct read_level){.node = node, .list = list};
    return true;
}

static bool on_close(void *arg, bool list)
{
    struct drift_event *e = arg;
    (void)list;
    e->read->depth--;
    return true;
}

static const char *why(void *arg)
{
    (void)arg;
    return "";
}

static const struct drift_event_json_calls calls = {on_begin, on_null, on_boolean, on_number, on_text,
                                                    on_key,   on_open, on_close,   why};

struct drift_event *drift_event_new(const struct drift_event_plan *plan)
{
    struct drift_event *e = mem_new(struct drift_event);
    e->plan = plan;
    e->values = mem_calloc(plan->nslots + 1, sizeof *e->values);
    e->tallies = mem_calloc(plan->nslots + 1, sizeof *e->tallies);
    e->read = mem_new(struct drift_event_read);
    e->read->seen = mem_calloc(plan->nnodes, sizeof *e->read->seen);
    e->read->json = drift_event_json_new(&calls, e, false);
    return e;
}

void drift_event_free(struct drift_event *e)
{
    if (!e)
        return;
    drift_event_json_free(e->read->json);
    free(e->read->seen);
    free(e->read->texts);
    free(e->read);
    free(e->values);
    free(e->tallies);
    free(e);
}

int drift_event_read_at(struct drift_event *e, uint32_t node, const char *bytes, size_t len, struct error *err)
{
    e->read->root = node;
    return drift_event_json_read(e->read->json, bytes, len, err);
}

int drift_event_read(struct drift_event *e, const char *bytes, size_t len, struct error *err)
{
    const int code = drift_event_read_at(e, 0, bytes, len, err);
    if (code)
        e->bad++;
    else
        drift_event_count(e);
    return code;
}

void drift_event_begin(struct drift_event *e)
{
    struct drift_event_read *r = e->read;
    for (size_t i = 0; i < e->plan->nslots; i++)
        e->values[i].kind = DRIFT_EVENT_MISSING;
    if (!++r->event) { /* after 2^32 events their numbers begin anew */
        memset(r->seen, 0, e->plan->nnodes * sizeof *r->seen);
        r->event = 1;
    }
}

void drift_event_count(struct drift_event *e)
{
    e->good++;
    for (size_t i = 0; i < e->plan->nslots; i++) {
        const unsigned kind = e->values[i].kind, expect = e->plan->expects[i];
        e->tallies[i].present += kind != DRIFT_EVENT_MISSING;
        e->tallies[i].conflicts += kind > DRIFT_EVENT_NULL && expect && !(expect & 1u << kind);
    }
}

struct drift_event_value drift_event_text(const char *s, size_t len)
{
    size_t n = len;
    if (len > DRIFT_EVENT_TEXT_BYTES) {
        n = DRIFT_EVENT_TEXT_BYTES;
        for (int i = 0; i < 3 && ((unsigned char)s[n] & 0xc0) == 0x80; i++) /* inside of a code point */
            n--;
        if (((unsigned char)s[n] & 0xc0) == 0x80) /* no UTF-8 */
            n = DRIFT_EVENT_TEXT_BYTES;
    }
    return (struct drift_event_value){.text = s, .len = (uint8_t)n, .cut = n < len, .kind = DRIFT_EVENT_TEXT};
}

const char *drift_event_category(const struct drift_event_value *v, char buf[NUMBER_BYTES], size_t *len)
{
    switch ((enum drift_event_kind)v->kind) {
    case DRIFT_EVENT_TEXT:
        *len = v->len;
        return v->text;
    case DRIFT_EVENT_BOOL:
        *len = v->number != 0 ? 4 : 5;
        return v->number != 0 ? "true" : "false";
    case DRIFT_EVENT_NUMBER:
        if (isnan(v->number))
            return NULL;
        *len = number_shortest(v->number, buf);
        return buf;
    default:
        return NULL;
    }
}
