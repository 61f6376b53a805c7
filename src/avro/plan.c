/* Compiles wants: a walk over the schema with the wants in hand, which writes the program as it goes. */
#include "avro/plan.h"
#include "avro/datum.h"
#include "avro/skip.h"

#include "base/mem.h"
#include "base/str.h"

/* Is name[0..len) one of "a|b"? */
static bool is_among(const char *names, const char *name, size_t len)
{
    for (const char *at = names; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (strcspn(at, "|") == len && memcmp(at, name, len) == 0)
            return true;
    }
    return false;
}

static bool is_named(const struct avro_schema_field *f, const char *names)
{
    if (!names)
        return false;
    for (const char *at = f->aliases; at; at = strchr(at, '|')) {
        at += *at == '|';
        if (is_among(names, at, strcspn(at, "|")))
            return true;
    }
    return is_among(names, f->name, strlen(f->name));
}

/* The field that a want is about; -1: there is none. */
static int64_t find_field(const struct avro_compiler *c, const struct avro_schema_node *record,
                          const struct avro_plan_want *want)
{
    const struct avro_schema_field *fields = &c->schema->below[record->first];
    for (uint32_t i = 0; i < record->nbelow && want->id >= 0; i++)
        if (fields[i].id == want->id)
            return i;
    for (uint32_t i = 0; i < record->nbelow; i++)
        if (fields[i].id < 0 && is_named(&fields[i], want->names))
            return i;
    return -1;
}

/* The next want directly below parent, from index at on; nwants if there is none. */
static size_t next_child(const struct avro_compiler *c, int parent, size_t at)
{
    while (at < c->nwants && c->wants[at].parent != parent)
        at++;
    return at;
}

/* "data_file.record_count", for texts of errors. */
static void path_of(const struct avro_compiler *c, size_t want, struct str *out)
{
    const struct avro_plan_want *w = &c->wants[want];
    if (w->parent >= 0) {
        path_of(c, (size_t)w->parent, out);
        str_char(out, '.');
    }
    if (w->names)
        str_bytes(out, w->names, strcspn(w->names, "|"));
    else
        str_printf(out, "field-id %d", w->id);
}

static int refuse(struct avro_compiler *c, size_t want, const struct avro_schema_node *n)
{
    static const char *const wanted[] = {
        [AVRO_PLAN_LONG] = "a whole number", [AVRO_PLAN_DOUBLE] = "a real number",
        [AVRO_PLAN_BYTES] = "text or bytes", [AVRO_PLAN_SCALAR] = "a scalar",
        [AVRO_PLAN_RECORD] = "a record",     [AVRO_PLAN_LIST] = "an array or a map",
    };
    struct str path = {0};
    path_of(c, want, &path);
    int rc = n ? error_set(c->err, ERR_INVALID, "Avro schema: %s is of type %s, not %s", str_text(&path),
                           avro_schema_type_name(n->type), wanted[c->wants[want].type])
               : error_set(c->err, ERR_INVALID, "Avro schema: there is no %s", str_text(&path));
    str_done(&path);
    return rc;
}

/* Is a value of this type one that the want is about? */
static bool suits(enum avro_plan_type type, const struct avro_schema_node *n)
{
    bool whole = avro_compiler_is_number(n) || n->type == AVRO_SCHEMA_BOOLEAN;
    bool real = n->type == AVRO_SCHEMA_FLOAT || n->type == AVRO_SCHEMA_DOUBLE;
    bool bytes = avro_compiler_is_text(n) || n->type == AVRO_SCHEMA_FIXED;
    switch (type) {
    case AVRO_PLAN_LONG:
        return whole;
    case AVRO_PLAN_DOUBLE:
        return real;
    case AVRO_PLAN_BYTES:
        return bytes;
    case AVRO_PLAN_SCALAR:
        return whole || real || bytes;
    case AVRO_PLAN_RECORD:
        return n->type == AVRO_SCHEMA_RECORD;
    case AVRO_PLAN_LIST:
        return n->type == AVRO_SCHEMA_ARRAY || n->type == AVRO_SCHEMA_MAP;
    }
    return false;
}

static int read_value(struct avro_compiler *c, uint32_t node, size_t want);

/* Reads a record whose fields' wants are below parent. */
static int read_record(struct avro_compiler *c, const struct avro_schema_node *record, int parent)
{
    size_t *wanted = mem_calloc(record->nbelow + 1, sizeof *wanted); /* one a field: its want plus one */
    int rc = 0;
    for (size_t w = next_child(c, parent, 0); w < c->nwants && !rc; w = next_child(c, parent, w + 1)) {
        int64_t field = find_field(c, record, &c->wants[w]);
        if (field < 0)
            rc = c->wants[w].required ? refuse(c, w, NULL) : 0;
        else if (wanted[field])
            rc = error_set(c->err, ERR_INVALID, "Avro schema: %s is wanted twice",
                           c->schema->below[record->first + field].name);
        else
            wanted[field] = w + 1;
    }
    for (uint32_t i = 0; i < record->nbelow && !rc; i++) {
        uint32_t node = c->schema->below[record->first + i].node;
        rc = wanted[i] ? read_value(c, node, wanted[i] - 1) : avro_skip_value(c, node);
    }
    free(wanted);
    return rc;
}

/* A list of pairs, both of which are wanted and nothing else, is one instruction. */
static bool read_pairs(struct avro_compiler *c, const struct avro_schema_node *item, const struct avro_plan_op *list,
                       size_t want)
{
    bool longs = avro_compiler_is_pair(c, item, avro_compiler_is_number);
    size_t first = next_child(c, (int)want, 0), second = next_child(c, (int)want, first + 1);
    if ((!longs && !avro_compiler_is_pair(c, item, avro_compiler_is_text)) || c->widths.items[list->store] != 2)
        return false;
    if (find_field(c, item, &c->wants[first]) == 1) {
        size_t swap = first;
        first = second;
        second = swap;
    }
    const struct avro_schema_node *a = avro_compiler_node(c, item->first), *b = avro_compiler_node(c, item->first + 1);
    if (find_field(c, item, &c->wants[first]) != 0 || find_field(c, item, &c->wants[second]) != 1 ||
        !suits(c->wants[first].type, a) || !suits(c->wants[second].type, b))
        return false;
    c->places[first].found = c->places[second].found = true;
    c->places[first].logical = a->logical;
    c->places[second].logical = b->logical;
    avro_compiler_emit(c, (struct avro_plan_op){
                              .code = longs ? PROGRAM_LIST_LONGS : PROGRAM_LIST_TEXTS,
                              .flags = (uint8_t)((a->type == AVRO_SCHEMA_LONG ? 0 : PROGRAM_FIRST_INT) |
                                                 (!longs || b->type == AVRO_SCHEMA_LONG ? 0 : PROGRAM_SECOND_INT)),
                              .store = list->store,
                              .column = list->column,
                              .a = c->places[first].column,
                              .b = c->places[second].column,
                          });
    return true;
}

/* The one item of a map: its key and its value. */
static int read_entry(struct avro_compiler *c, const struct avro_schema_node *map, size_t want)
{
    const struct avro_schema_field *value = &c->schema->below[map->first];
    size_t at_key = c->nwants, at_value = c->nwants;
    for (size_t w = next_child(c, (int)want, 0); w < c->nwants; w = next_child(c, (int)want, w + 1)) {
        const struct avro_plan_want *child = &c->wants[w];
        if (child->id >= 0 && child->id == map->key_id)
            at_key = w;
        else if (child->id >= 0 && child->id == value->id)
            at_value = w;
        else if (map->key_id < 0 && child->names && is_among(child->names, "key", 3))
            at_key = w;
        else if (value->id < 0 && child->names && is_among(child->names, "value", 5))
            at_value = w;
    }
    if (at_key < c->nwants) {
        if (!suits(c->wants[at_key].type, &c->schema->nodes[AVRO_SCHEMA_STRING]))
            return refuse(c, at_key, &c->schema->nodes[AVRO_SCHEMA_STRING]);
        c->places[at_key].found = true;
        avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_TEXT, .column = c->places[at_key].column});
    } else {
        avro_compiler_skip(c, PROGRAM_SKIP_TEXTS, 1);
    }
    return at_value < c->nwants ? read_value(c, value->node, at_value) : avro_skip_value(c, value->node);
}

/* An item of an array: a record, also one that may be null, has its fields in the row; anything else is the child itself. */
static int read_item(struct avro_compiler *c, uint32_t node, size_t want, size_t child)
{
    const struct avro_schema_node *item = &c->schema->nodes[node];
    if (item->type == AVRO_SCHEMA_RECORD)
        return read_record(c, item, (int)want);
    int null = item->type == AVRO_SCHEMA_UNION ? avro_compiler_null_branch(c, item) : -1;
    if (null < 0 || avro_compiler_node(c, item->first + !null)->type != AVRO_SCHEMA_RECORD)
        return read_value(c, node, child);
    size_t at = avro_compiler_emit(
        c, (struct avro_plan_op){.code = PROGRAM_OPTION, .column = PROGRAM_NOWHERE, .a = (uint32_t)null});
    int rc = read_record(c, avro_compiler_node(c, item->first + !null), (int)want);
    c->ops.items[at].b = avro_compiler_here(c);
    return rc;
}

static int read_list(struct avro_compiler *c, const struct avro_schema_node *list, size_t want)
{
    size_t child = next_child(c, (int)want, 0);
    if (child == c->nwants)
        return avro_skip_list(c, list, c->places[want].column);
    uint32_t below = c->schema->below[list->first].node;
    const struct avro_schema_node *item = &c->schema->nodes[below];
    struct avro_plan_op op = {.code = PROGRAM_LIST, .store = c->places[child].store, .column = c->places[want].column};
    op.a = avro_compiler_item_least(list, item);
    if (list->type == AVRO_SCHEMA_ARRAY && read_pairs(c, item, &op, want))
        return 0;
    size_t at = avro_compiler_emit(c, op);
    uint32_t body = avro_compiler_here(c);
    int rc = list->type == AVRO_SCHEMA_MAP ? read_entry(c, list, want) : read_item(c, below, want, child);
    avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_NEXT, .store = op.store, .a = body});
    c->ops.items[at].b = avro_compiler_here(c);
    return rc;
}

static int read_union(struct avro_compiler *c, const struct avro_schema_node *u, size_t want)
{
    int null = avro_compiler_null_branch(c, u), rc = 0;
    uint32_t column = c->places[want].column;
    if (null >= 0) {
        size_t at =
            avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_OPTION, .column = column, .a = (uint32_t)null});
        avro_compiler_here(c);
        rc = read_value(c, c->schema->below[u->first + !null].node, want);
        c->ops.items[at].b = avro_compiler_here(c);
        return rc;
    }
    size_t jumps = avro_compiler_open(c, u->nbelow);
    uint32_t last = PROGRAM_NOWHERE;
    bool any = false;
    for (uint32_t i = 0; i < u->nbelow && !rc; i++) {
        const struct avro_schema_node *branch = avro_compiler_node(c, u->first + i);
        c->ops.items[jumps + i].a = avro_compiler_here(c);
        if (suits(c->wants[want].type, branch)) {
            any = true;
            rc = read_value(c, c->schema->below[u->first + i].node, want);
        } else {
            uint32_t is = branch->type == AVRO_SCHEMA_NULL ? AVRO_DATUM_NULL : AVRO_DATUM_OTHER;
            avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_SET, .column = column, .a = is});
            rc = avro_skip_value(c, c->schema->below[u->first + i].node);
        }
        last = (uint32_t)avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_JUMP, .a = last});
    }
    avro_compiler_close(c, last);
    return rc || any ? rc : refuse(c, want, u);
}

static int read_value(struct avro_compiler *c, uint32_t node, size_t want)
{
    static const enum program_code scalars[] = {
        [AVRO_SCHEMA_BOOLEAN] = PROGRAM_BOOLEAN, [AVRO_SCHEMA_INT] = PROGRAM_INT,
        [AVRO_SCHEMA_LONG] = PROGRAM_LONG,       [AVRO_SCHEMA_FLOAT] = PROGRAM_FLOAT,
        [AVRO_SCHEMA_DOUBLE] = PROGRAM_DOUBLE,   [AVRO_SCHEMA_BYTES] = PROGRAM_TEXT,
        [AVRO_SCHEMA_STRING] = PROGRAM_TEXT,     [AVRO_SCHEMA_FIXED] = PROGRAM_FIXED,
        [AVRO_SCHEMA_ENUM] = PROGRAM_INT,
    };
    const struct avro_schema_node *n = &c->schema->nodes[node];
    struct avro_plan_place *place = &c->places[want];
    int rc = avro_compiler_step(c);
    if (rc)
        return rc;
    if (n->type == AVRO_SCHEMA_UNION)
        return read_union(c, n, want);
    if (n->type == AVRO_SCHEMA_NULL) { /* a column that never has a value */
        avro_compiler_emit(c,
                           (struct avro_plan_op){.code = PROGRAM_SET, .column = place->column, .a = AVRO_DATUM_NULL});
        return 0;
    }
    if (!suits(c->wants[want].type, n))
        return refuse(c, want, n);
    place->found = true;
    if (n->type == AVRO_SCHEMA_RECORD) {
        avro_compiler_emit(c,
                           (struct avro_plan_op){.code = PROGRAM_SET, .column = place->column, .a = AVRO_DATUM_RECORD});
        return read_record(c, n, (int)want);
    }
    if (n->type == AVRO_SCHEMA_ARRAY || n->type == AVRO_SCHEMA_MAP)
        return read_list(c, n, want);
    place->logical = n->logical;
    avro_compiler_emit(c, (struct avro_plan_op){.code = scalars[n->type], .column = place->column, .a = n->size});
    return 0;
}

/* Gives every want its store and column. */
static int set_places(struct avro_compiler *c)
{
    struct below { /* of each want: the store that is below it, and how deep it is */
        uint16_t store, depth;
    } *below = mem_calloc(c->nwants + 1, sizeof *below);
    int rc = 0;
    vec_push(&c->widths, 0);
    for (size_t i = 0; i < c->nwants && !rc; i++) {
        const struct avro_plan_want *w = &c->wants[i];
        bool top = w->parent == AVRO_PLAN_TOP;
        if (!top && (w->parent < 0 || (size_t)w->parent >= i || c->wants[w->parent].type < AVRO_PLAN_RECORD)) {
            rc = error_set(c->err, ERR_INVALID, "Avro plan: want %zu is below no record or list before it", i);
            break;
        }
        uint16_t store = top ? 0 : below[w->parent].store;
        below[i].depth = top ? 0 : below[w->parent].depth + 1;
        if (below[i].depth >= AVRO_PLAN_DEPTH)
            rc = error_set(c->err, ERR_LIMIT, "Avro plan: wants in wants, deeper than %d", AVRO_PLAN_DEPTH);
        c->places[i] = (struct avro_plan_place){.store = store, .column = c->widths.items[store]++};
        below[i].store = store;
        if (w->type == AVRO_PLAN_LIST) {
            below[i].store = (uint16_t)c->widths.n;
            vec_push(&c->widths, 0);
        }
    }
    for (size_t i = 0; i < c->nwants; i++)
        c->places[i].width = c->widths.items[c->places[i].store];
    free(below);
    return rc;
}

static int compile(struct avro_compiler *c)
{
    uint32_t root = c->schema->root;
    const struct avro_schema_node *n = &c->schema->nodes[root];
    int rc = c->nwants > AVRO_PLAN_WANTS
                 ? error_set(c->err, ERR_LIMIT, "Avro plan: more than %d wants", AVRO_PLAN_WANTS)
                 : set_places(c);
    if (rc)
        return rc;
    if (n->type == AVRO_SCHEMA_RECORD)
        rc = read_record(c, n, AVRO_PLAN_TOP);
    else
        rc = c->nwants ? read_value(c, root, 0) : avro_skip_value(c, root);
    avro_compiler_emit(c, (struct avro_plan_op){.code = PROGRAM_END});
    return rc ? rc : avro_skip_routines(c);
}

int avro_plan_new(const struct avro_schema *schema, const struct avro_plan_want *wants, size_t nwants,
                  struct avro_plan **ret, struct error *err)
{
    struct avro_compiler c = {.schema = schema, .wants = wants, .nwants = nwants, .err = err};
    c.places = mem_calloc(nwants + 1, sizeof *c.places);
    c.inlined = mem_calloc(schema->nnodes, sizeof *c.inlined);
    c.routine = mem_calloc(schema->nnodes, sizeof *c.routine);
    int rc = compile(&c);
    struct avro_plan *p = mem_new(struct avro_plan);
    *p = (struct avro_plan){1, c.places, c.ops.items, nwants, c.ops.n, c.widths.items, c.widths.n};
    free(c.inlined);
    free(c.routine);
    vec_done(&c.called);
    if (rc)
        avro_plan_free(p);
    else
        *ret = p;
    return rc;
}

struct avro_plan *avro_plan_hold(struct avro_plan *p)
{
    __atomic_add_fetch(&p->holders, 1, __ATOMIC_RELAXED);
    return p;
}

void avro_plan_free(struct avro_plan *p)
{
    if (!p || __atomic_sub_fetch(&p->holders, 1, __ATOMIC_ACQ_REL))
        return;
    free(p->places);
    free(p->ops);
    free(p->widths);
    free(p);
}
