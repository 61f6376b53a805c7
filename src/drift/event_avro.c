/* A plan's paths met with a writer's schema: wants of avro/plan.h, and where each value is found in what they read. */
#include "drift/event_avro.h"

#include "avro/datum.h"
#include "avro/json.h"
#include "base/vec.h"
#include "drift/event_path.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = -1 };

/* How a node's value is found. */
enum avro_how {
    HOW_NOT,   /* the schema has no such thing */
    HOW_FIELD, /* by its own want */
    HOW_ITEM,  /* in the row of its parent's list */
    HOW_ENTRY, /* its parent's entries are looked through */
};

/* A node of the plan, met with the schema. */
struct avro_node {
    enum avro_how how;
    const struct avro_schema_node
        *type;             /* of its value; NULL: none, or scalars of several types; while it is compiled only */
    int want;              /* HOW_FIELD: of its value */
    int value, key;        /* of a list: of its items or values, of its keys; NONE: not asked for yet */
    bool boolean, decimal; /* of a scalar; of a list's: at the list */
    int scale;
    char *const *symbols; /* of an enum; NULL: it is none */
    size_t nsymbols;
};

struct drift_event_avro {
    const struct drift_event_plan *plan;
    struct avro_plan *reads;
    struct avro_datum *datum;
    struct avro_node *nodes;               /* one a node of the plan */
    const struct drift_event_edge **edges; /* the one that leads to each */
};

struct avro_build {
    struct drift_event_avro *a;
    const struct avro_schema *schema;
    VEC(struct avro_plan_want) wants;
    VEC(char *) names; /* of wants */
    struct error *err;
};

static bool is_scalar(const struct avro_schema_node *n)
{
    return n->type != AVRO_SCHEMA_RECORD && n->type != AVRO_SCHEMA_ARRAY && n->type != AVRO_SCHEMA_MAP;
}

/* The branch of a type that is read: of several that are not null one that has something below it, if that is wanted; else NULL. */
static const struct avro_schema_node *resolve(const struct avro_schema *s, uint32_t node, bool below)
{
    const struct avro_schema_node *n = &s->nodes[node], *one = avro_schema_not_null(s, n);
    if (one || n->type != AVRO_SCHEMA_UNION)
        return one ? one : n;
    for (uint32_t i = 0; i < n->nbelow; i++) {
        const struct avro_schema_node *branch = &s->nodes[s->below[n->first + i].node];
        if (is_scalar(branch) != below)
            return below ? branch : NULL;
    }
    return below || !n->nbelow ? NULL : &s->nodes[s->below[n->first].node];
}

static enum avro_plan_type want_type(const struct avro_schema_node *n)
{
    if (!n || is_scalar(n))
        return AVRO_PLAN_SCALAR;
    return n->type == AVRO_SCHEMA_RECORD ? AVRO_PLAN_RECORD : AVRO_PLAN_LIST;
}

static int add_want(struct avro_build *b, int parent, int32_t id, const char *name, enum avro_plan_type type)
{
    vec_push(&b->names, mem_strdup(name));
    vec_push(&b->wants, (struct avro_plan_want){parent, id, b->names.items[b->names.n - 1], type, false});
    return (int)b->wants.n - 1;
}

/* The want of a field; one that has other names may be wanted by several of them. */
static int want_field(struct avro_build *b, int parent, const struct avro_schema_field *f, enum avro_plan_type type)
{
    for (size_t i = 0; f->aliases && i < b->wants.n; i++)
        if (b->wants.items[i].parent == parent && strcmp(b->wants.items[i].names, f->name) == 0)
            return (int)i;
    return add_want(b, parent, f->id, f->name, type);
}

static void describe(struct avro_node *to, const struct avro_schema *s, const struct avro_schema_node *type)
{
    to->boolean = type && type->type == AVRO_SCHEMA_BOOLEAN;
    to->decimal = type && type->logical == AVRO_SCHEMA_DECIMAL;
    to->scale = type && type->scale > 0 ? type->scale : 0;
    if (type && type->type == AVRO_SCHEMA_ENUM) {
        to->symbols = s->texts + type->symbols;
        to->nsymbols = type->size;
    }
}

static bool has_name(const struct avro_schema_field *f, const char *name, size_t len)
{
    if (strlen(f->name) == len && memcmp(f->name, name, len) == 0)
        return true;
    for (const char *at = f->aliases; at && *at; at += strcspn(at, "|"), at += *at == '|')
        if (strcspn(at, "|") == len && memcmp(at, name, len) == 0)
            return true;
    return false;
}

static void meet_field(struct avro_build *b, uint32_t node)
{
    const struct drift_event_edge *e = b->a->edges[node];
    const struct drift_event_node *step = &b->a->plan->nodes[node];
    const struct avro_node *parent = &b->a->nodes[e->from];
    const struct avro_schema_field *fields = &b->schema->below[parent->type->first];
    struct avro_node *n = &b->a->nodes[node];
    for (uint32_t i = 0; i < parent->type->nbelow; i++) {
        if (!has_name(&fields[i], b->a->plan->keys + e->at, e->len))
            continue;
        n->how = HOW_FIELD;
        n->type = resolve(b->schema, fields[i].node, step->keys || step->items);
        n->want = want_field(b, parent->want, &fields[i], want_type(n->type));
        describe(n, b->schema, n->type);
        return;
    }
}

static void print_path(const struct drift_event_avro *a, uint32_t node, struct str *out)
{
    if (!node)
        return;
    const struct drift_event_edge *e = a->edges[node];
    print_path(a, e->from, out); /* as deep as paths are long */
    drift_event_path_print(out, e->item ? NULL : a->plan->keys + e->at, e->len, e->index);
}

/* An item of an array, or a map's value. */
static int meet_item(struct avro_build *b, uint32_t node)
{
    const struct drift_event_edge *e = b->a->edges[node];
    struct avro_node *n = &b->a->nodes[node], *list = &b->a->nodes[e->from];
    const struct avro_schema_field *items = &b->schema->below[list->type->first];
    const struct avro_schema_node *type = resolve(b->schema, items->node, false);
    if (type && !is_scalar(type)) {
        struct str path = {0};
        print_path(b->a, node, &path);
        error_set(b->err, ERR_INVALID, "%.200s: in arrays and maps of Avro only scalars are read", str_text(&path));
        str_done(&path);
        return ERR_INVALID;
    }
    n->how = e->item ? HOW_ITEM : HOW_ENTRY;
    if (list->value != NONE)
        return 0;
    if (!e->item)
        list->key = add_want(b, list->want, list->type->key_id, "key", AVRO_PLAN_BYTES);
    list->value = add_want(b, list->want, items->id, "value", AVRO_PLAN_SCALAR);
    describe(list, b->schema, type);
    return 0;
}

static int meet(struct avro_build *b, uint32_t node)
{
    const struct drift_event_edge *e = b->a->edges[node];
    const struct avro_schema_node *in = b->a->nodes[e->from].type;
    if (!in)
        return 0;
    if (in->type == AVRO_SCHEMA_RECORD && !e->item)
        meet_field(b, node);
    else if (in->type == (e->item ? AVRO_SCHEMA_ARRAY : AVRO_SCHEMA_MAP))
        return meet_item(b, node);
    return 0;
}

static int meet_all(struct avro_build *b)
{
    struct drift_event_avro *a = b->a;
    int code = 0;
    for (size_t i = 0; i < a->plan->room; i++)
        if (a->plan->edges[i].to)
            a->edges[a->plan->edges[i].to] = &a->plan->edges[i];
    for (uint32_t node = 0; node < a->plan->nnodes; node++)
        a->nodes[node] = (struct avro_node){.want = AVRO_PLAN_TOP, .value = NONE, .key = NONE};
    a->nodes[0].type = &b->schema->nodes[b->schema->root];
    if (a->nodes[0].type->type != AVRO_SCHEMA_RECORD)
        return error_set(b->err, ERR_INVALID, "Avro schema: an event is a record, not of type %s",
                         avro_schema_type_name(a->nodes[0].type->type));
    for (uint32_t node = 1; node < a->plan->nnodes && !code; node++) /* a node comes after its parent */
        code = meet(b, node);
    return code ? code : avro_plan_new(b->schema, b->wants.items, b->wants.n, &a->reads, b->err);
}

int drift_event_avro_new(const struct drift_event_plan *plan, const struct avro_schema *schema,
                         struct drift_event_avro **ret, struct error *err)
{
    struct avro_build b = {.a = mem_new(struct drift_event_avro), .schema = schema, .err = err};
    b.a->plan = plan;
    b.a->datum = avro_datum_new();
    b.a->nodes = mem_calloc(plan->nnodes, sizeof *b.a->nodes);
    b.a->edges = mem_calloc(plan->nnodes, sizeof *b.a->edges);
    const int code = meet_all(&b);
    if (code)
        drift_event_avro_free(b.a);
    else
        *ret = b.a;
    for (size_t i = 0; i < b.names.n; i++)
        free(b.names.items[i]);
    vec_done(&b.names);
    vec_done(&b.wants);
    return code;
}

void drift_event_avro_free(struct drift_event_avro *a)
{
    if (!a)
        return;
    avro_datum_free(a->datum);
    avro_plan_free(a->reads);
    free(a->nodes);
    free(a->edges);
    free(a);
}

/* ---- values ---- */

/* An index that the enum does not have is neither of its symbols nor anything else. */
static struct drift_event_value symbol_of(const struct avro_node *n, int64_t i)
{
    if (i < 0 || (uint64_t)i >= n->nsymbols)
        return (struct drift_event_value){.kind = DRIFT_EVENT_OTHER};
    return drift_event_text(n->symbols[i], strlen(n->symbols[i]));
}

static struct drift_event_value value_of(const struct avro_datum_cell *c, const struct avro_node *n)
{
    switch ((enum avro_datum_is)c->is) {
    case AVRO_DATUM_ABSENT:
        return (struct drift_event_value){.kind = DRIFT_EVENT_MISSING};
    case AVRO_DATUM_NULL:
        return (struct drift_event_value){.kind = DRIFT_EVENT_NULL};
    case AVRO_DATUM_LONG:
        if (n->symbols)
            return symbol_of(n, c->i);
        return (struct drift_event_value){.number = (double)c->i,
                                          .kind = n->boolean ? DRIFT_EVENT_BOOL : DRIFT_EVENT_NUMBER};
    case AVRO_DATUM_DOUBLE:
        return (struct drift_event_value){.number = c->d + 0.0, .kind = DRIFT_EVENT_NUMBER};
    case AVRO_DATUM_BYTES:
        if (n->decimal)
            return (struct drift_event_value){.number = avro_json_decimal(c->bytes, c->n, n->scale),
                                              .kind = DRIFT_EVENT_NUMBER};
        return drift_event_text((const char *)c->bytes, c->n);
    default:
        return (struct drift_event_value){.kind = DRIFT_EVENT_OTHER};
    }
}

static void set(struct drift_event *e, uint32_t node, struct drift_event_value v)
{
    if (e->plan->nodes[node].slot != DRIFT_EVENT_NO_SLOT)
        e->values[e->plan->nodes[node].slot] = v;
}

static void set_entries(const struct drift_event_avro *a, uint32_t map, const struct avro_datum_cell *list,
                        struct drift_event *e)
{
    const struct avro_node *n = &a->nodes[map];
    for (size_t row = list->first; row < list->first + list->n; row++) {
        const struct avro_datum_cell *key = avro_datum_get(a->datum, n->key, row);
        const uint32_t to = drift_event_plan_step(a->plan, map, (const char *)key->bytes, key->n, 0);
        if (to)
            set(e, to, value_of(avro_datum_get(a->datum, n->value, row), n));
    }
}

static void set_node(const struct drift_event_avro *a, uint32_t node, struct drift_event *e)
{
    const struct avro_node *n = &a->nodes[node];
    if (n->how == HOW_FIELD) {
        const struct avro_datum_cell *c = avro_datum_get(a->datum, n->want, 0);
        set(e, node, value_of(c, n));
        if (n->key != NONE && c->is == AVRO_DATUM_LIST)
            set_entries(a, node, c, e);
    } else if (n->how == HOW_ITEM) {
        const struct avro_node *list = &a->nodes[a->edges[node]->from];
        const struct avro_datum_cell *c = avro_datum_get(a->datum, list->want, 0);
        if (c->is == AVRO_DATUM_LIST && a->edges[node]->index < c->n)
            set(e, node, value_of(avro_datum_get(a->datum, list->value, c->first + a->edges[node]->index), list));
    }
}

int drift_event_avro_read(struct drift_event_avro *a, const void *bytes, size_t len, size_t *used,
                          struct drift_event *e, struct error *err)
{
    size_t n = 0;
    int code = avro_datum_read(a->datum, a->reads, bytes, len, &n, err);
    if (!code && !used && n < len)
        code = error_set(err, ERR_INVALID, "%zu bytes follow behind the event's %zu", len - n, n);
    if (!code && used)
        *used = n;
    if (code) {
        e->bad++;
        return code;
    }
    drift_event_begin(e);
    for (uint32_t node = 1; node < a->plan->nnodes; node++)
        set_node(a, node, e);
    drift_event_count(e);
    return 0;
}
