/* Wants compiled into a tree of steps whose edges are one hash table. */
#include "drift/event_plan.h"

#include "base/map.h"
#include "base/vec.h"
#include "drift/event_path.h"

#include <stdlib.h>
#include <string.h>

/* Nodes below one and beside it; 0: none. */
struct plan_children {
    uint32_t first, last, next;
};

/* While it is compiled. */
struct plan_build {
    struct drift_event_plan *plan;
    VEC(struct drift_event_node) nodes;
    VEC(struct plan_children) children; /* one a node */
    struct str keys;
    size_t nedges;
    uint32_t *ends; /* the node of each want */
};

static size_t place(const struct drift_event_plan *p, uint32_t from, const char *key, size_t len, uint32_t index)
{
    uint64_t h = key ? map_hash(key, len) : (uint64_t)index + 1;
    h = (h ^ (uint64_t)from << 32) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h >> 32) & (p->room - 1);
}

static bool is_edge(const struct drift_event_edge *e, const char *keys, uint32_t from, const char *key, size_t len,
                    uint32_t index)
{
    if (e->from != from || e->item != !key)
        return false;
    return key ? e->len == len && memcmp(keys + e->at, key, len) == 0 : e->index == index;
}

/* The place of this edge, or the empty one where it would be. */
static size_t find(const struct drift_event_plan *p, const char *keys, uint32_t from, const char *key, size_t len,
                   uint32_t index)
{
    size_t i = place(p, from, key, len, index);
    while (p->edges[i].to && !is_edge(&p->edges[i], keys, from, key, len, index))
        i = (i + 1) & (p->room - 1);
    return i;
}

uint32_t drift_event_plan_step(const struct drift_event_plan *p, uint32_t node, const char *key, size_t len,
                               uint32_t index)
{
    return p->edges[find(p, p->keys, node, key, len, index)].to;
}

bool drift_event_plan_wants(const struct drift_event_plan *p, const char *path)
{
    struct drift_event_path steps;
    uint32_t node = 0;
    if (drift_event_path_read(path, strlen(path), &steps, NULL))
        return false;
    for (size_t i = 0; i < steps.nsteps; i++) {
        const struct drift_event_step *s = &steps.steps[i];
        node = drift_event_plan_step(p, node, s->item ? NULL : steps.keys + s->at, s->len, s->index);
        if (!node)
            return false;
    }
    return p->nodes[node].slot != DRIFT_EVENT_NO_SLOT;
}

static uint32_t add_node(struct plan_build *b, uint32_t parent)
{
    const uint32_t node = (uint32_t)b->nodes.n;
    vec_push(&b->nodes, (struct drift_event_node){.slot = DRIFT_EVENT_NO_SLOT});
    vec_push(&b->children, (struct plan_children){0});
    if (!node)
        return 0;
    struct plan_children *of = &b->children.items[parent];
    if (of->last)
        b->children.items[of->last].next = node;
    else
        of->first = node;
    of->last = node;
    return node;
}

static void grow(struct plan_build *b)
{
    struct drift_event_plan *p = b->plan;
    struct drift_event_edge *old = p->edges;
    const size_t room = p->room;
    p->room = room ? room * 2 : 16;
    p->edges = mem_calloc(p->room, sizeof *p->edges);
    for (size_t i = 0; i < room; i++) {
        const struct drift_event_edge *e = &old[i];
        const char *const key = e->item ? NULL : str_text(&b->keys) + e->at;
        if (e->to)
            p->edges[find(p, str_text(&b->keys), e->from, key, e->len, e->index)] = *e;
    }
    free(old);
}

/* The node behind a step, made if it is new. */
static uint32_t walk(struct plan_build *b, uint32_t from, const struct drift_event_path *path, size_t step)
{
    const struct drift_event_step *s = &path->steps[step];
    const char *const key = s->item ? NULL : path->keys + s->at;
    struct drift_event_edge *e = &b->plan->edges[find(b->plan, str_text(&b->keys), from, key, s->len, s->index)];
    if (e->to)
        return e->to;
    *e = (struct drift_event_edge){from, (uint32_t)b->nodes.n, s->item, s->index, s->len, b->keys.len};
    if (key)
        str_bytes(&b->keys, key, s->len);
    struct drift_event_node *parent = &b->nodes.items[from];
    parent->keys |= key != NULL;
    if (!key && s->index >= parent->items)
        parent->items = s->index + 1;
    if (++b->nedges * 2 > b->plan->room)
        grow(b);
    return add_node(b, from);
}

static int add_want(struct plan_build *b, const struct drift_event_want *want, size_t i, struct error *err)
{
    struct drift_event_path path;
    if (drift_event_path_read(want->path, strlen(want->path), &path, err)) {
        error_prefix(err, "value %zu", i + 1);
        return err ? err->code : ERR_INVALID;
    }
    uint32_t node = 0;
    for (size_t s = 0; s < path.nsteps; s++)
        node = walk(b, node, &path, s);
    if (b->nodes.n > DRIFT_EVENT_PLAN_NODES)
        return error_set(err, ERR_LIMIT, "the paths have more than %d steps", DRIFT_EVENT_PLAN_NODES);
    b->ends[i] = node;
    b->nodes.items[node].slot = 0; /* one will be given */
    return 0;
}

/* Numbers the slots so that those below a node lie together. As deep as paths are long. */
static void number_slots(struct plan_build *b, uint32_t node)
{
    struct drift_event_node *n = &b->nodes.items[node];
    n->first = (uint32_t)b->plan->nslots;
    if (n->slot != DRIFT_EVENT_NO_SLOT)
        n->slot = (uint32_t)b->plan->nslots++;
    for (uint32_t c = b->children.items[node].first; c; c = b->children.items[c].next)
        number_slots(b, c);
    n->behind = (uint32_t)b->plan->nslots;
}

static void settle(struct plan_build *b, const struct drift_event_want *wants)
{
    struct drift_event_plan *p = b->plan;
    number_slots(b, 0);
    p->slots = mem_calloc(p->nwants, sizeof *p->slots);
    p->expects = mem_calloc(p->nslots, sizeof *p->expects);
    for (size_t i = 0; i < p->nwants; i++) {
        p->slots[i] = b->nodes.items[b->ends[i]].slot;
        p->expects[p->slots[i]] |= wants[i].expect;
    }
    p->nodes = b->nodes.items;
    p->nnodes = b->nodes.n;
    p->keys = str_take(&b->keys);
}

int drift_event_plan_new(const struct drift_event_want *wants, size_t nwants, struct drift_event_plan **ret,
                         struct error *err)
{
    struct plan_build b = {0};
    int code = 0;
    if (nwants > DRIFT_EVENT_PLAN_WANTS)
        return error_set(err, ERR_LIMIT, "%zu values of an event, at most %d", nwants, DRIFT_EVENT_PLAN_WANTS);
    b.plan = mem_new(struct drift_event_plan);
    b.plan->nwants = nwants;
    b.ends = mem_calloc(nwants + 1, sizeof *b.ends);
    grow(&b);
    add_node(&b, 0);
    for (size_t i = 0; i < nwants && !code; i++)
        code = add_want(&b, &wants[i], i, err);
    if (!code) {
        settle(&b, wants);
        *ret = b.plan;
    } else {
        vec_done(&b.nodes);
        drift_event_plan_free(b.plan);
    }
    vec_done(&b.children);
    str_done(&b.keys);
    free(b.ends);
    return code;
}

void drift_event_plan_free(struct drift_event_plan *p)
{
    if (!p)
        return;
    free(p->nodes);
    free(p->edges);
    free(p->keys);
    free(p->slots);
    free(p->expects);
    free(p);
}
