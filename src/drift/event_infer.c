/* A tree of all paths that a sample of events has, and what is to be said of each. */
#include "drift/event_infer.h"

#include "base/map.h"
#include "base/vec.h"
#include "drift/event.h"
#include "drift/event_json.h"
#include "drift/event_path.h"
#include "drift/event_steps.h"
#include "drift/event_time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    KINDS = DRIFT_EVENT_OTHER + 1,
    NUMBERS = 5,
    ENOUGH = 100,
    FEW_TEXTS = 20,
    LONG_TEXT = 16, /* bytes, and how many of them */
    FEW_LONG = 10,
    ALL_TEXTS = 200000,
    NO_NODE = 0
};

static const double most_share = 0.95;
static const int64_t latest_ms = INT64_C(2177452800000); /* 2039 begins */

struct infer_node {
    uint32_t parent;
    char *key; /* NULL: an item */
    uint32_t len, index;
    uint64_t counts[KINDS];
    uint64_t lists, times; /* of those of kind OTHER: lists; values that are times */
    uint64_t epochs;       /* of these, those that would hardly be anything else */
    uint64_t length;       /* of its lists, */
    bool varies;           /* if they all have the same */
    bool fraction;         /* a number was not whole */
    double numbers[NUMBERS + 1];
    size_t nnumbers;
    struct drift_event_steps *steps; /* of numbers; NULL: there was none */
    struct map texts;
    uint64_t longs; /* texts of LONG_TEXT bytes or more */
    bool many;      /* there are more texts than these */
};

struct infer_level {
    uint32_t node;
    uint64_t items;
    bool list, dropped; /* dropped: nothing in it is looked at */
};

struct drift_event_infer {
    struct drift_event_json *json;
    VEC(struct infer_node *) nodes; /* 0 is the whole event */
    struct map edges;               /* (parent, kind, key or index) to the node */
    struct infer_level levels[DRIFT_EVENT_JSON_DEPTH + 1];
    size_t depth;
    int32_t partition; /* of the event at hand */
    struct str key;    /* of the value at hand */
    struct str edge;
    size_t ntexts; /* of all paths */
    uint64_t dropped;
    VEC(struct drift_event_proposal) proposals;
    VEC(char *) paths;
};

/* ---- the tree ---- */

static struct infer_node *add_node(struct drift_event_infer *in, uint32_t parent, const char *key, size_t len,
                                   uint32_t index)
{
    struct infer_node *n = mem_new(struct infer_node);
    n->parent = parent;
    n->key = key ? mem_memdup(key, len) : NULL;
    n->len = (uint32_t)len;
    n->index = index;
    vec_push(&in->nodes, n);
    return n;
}

/* The node of a value in the level at hand, made if it is new; NO_NODE: it is dropped. */
static uint32_t child(struct drift_event_infer *in, const struct infer_level *level, uint32_t index)
{
    const char *const key = level->list ? NULL : str_text(&in->key);
    const size_t len = level->list ? 0 : in->key.len;
    str_clear(&in->edge);
    str_bytes(&in->edge, &level->node, sizeof level->node);
    str_char(&in->edge, level->list ? '[' : '.');
    if (key)
        str_bytes(&in->edge, key, len);
    else
        str_bytes(&in->edge, &index, sizeof index);
    const uintptr_t known = (uintptr_t)map_get(&in->edges, in->edge.s, in->edge.len);
    if (known)
        return (uint32_t)known;
    if (in->nodes.n > DRIFT_EVENT_INFER_PATHS || in->depth > DRIFT_EVENT_PATH_STEPS || len > DRIFT_EVENT_PATH_BYTES / 8)
        return NO_NODE;
    const uintptr_t node = in->nodes.n;
    add_node(in, level->node, key, len, index);
    map_put(&in->edges, in->edge.s, in->edge.len, (void *)node);
    return (uint32_t)node;
}

/* The node of the value at hand. */
static uint32_t take(struct drift_event_infer *in)
{
    struct infer_level *level = &in->levels[in->depth];
    const uint64_t index = level->list ? level->items++ : 0;
    if (level->dropped || index >= DRIFT_EVENT_INFER_ITEMS)
        return NO_NODE;
    const uint32_t node = child(in, level, (uint32_t)index);
    in->dropped += !node;
    return node;
}

static struct infer_node *take_kind(struct drift_event_infer *in, enum drift_event_kind kind)
{
    const uint32_t node = take(in);
    if (!node)
        return NULL;
    in->nodes.items[node]->counts[kind]++;
    return in->nodes.items[node];
}

/* ---- tokens ---- */

static void on_begin(void *arg)
{
    struct drift_event_infer *in = arg;
    in->depth = 0;
}

static bool on_null(void *arg)
{
    take_kind(arg, DRIFT_EVENT_NULL);
    return true;
}

static bool on_boolean(void *arg, bool value)
{
    (void)value;
    take_kind(arg, DRIFT_EVENT_BOOL);
    return true;
}

static bool on_number(void *arg, double value)
{
    struct drift_event_infer *in = arg;
    struct infer_node *n = take_kind(in, DRIFT_EVENT_NUMBER);
    const struct drift_event_value v = {.number = value, .kind = DRIFT_EVENT_NUMBER};
    int64_t ms;
    size_t i = 0;
    if (!n)
        return true;
    n->fraction |= !(value == trunc(value)) || isinf(value);
    if (value > 1e9 - 1 && drift_event_time_ms(&v, DRIFT_EVENT_TIME_AUTO, &ms) == 0) {
        n->times++;
        n->epochs += ms < latest_ms;
    }
    if (!n->steps)
        n->steps = mem_new(struct drift_event_steps);
    drift_event_steps_add(n->steps, in->partition, value);
    while (i < n->nnumbers && n->numbers[i] != value)
        i++;
    if (i == n->nnumbers && n->nnumbers <= NUMBERS && !isnan(value))
        n->numbers[n->nnumbers++] = value;
    return true;
}

static bool on_text(void *arg, const char *s, size_t len, bool stays)
{
    static char there;
    struct drift_event_infer *in = arg;
    struct infer_node *n = take_kind(in, DRIFT_EVENT_TEXT);
    const struct drift_event_value v = drift_event_text(s, len);
    int64_t ms;
    (void)stays;
    if (!n)
        return true;
    const bool time = drift_event_time_ms(&v, DRIFT_EVENT_TIME_AUTO, &ms) == 0;
    n->times += time;
    n->epochs += time;
    n->longs += len >= LONG_TEXT;
    if (n->texts.n <= DRIFT_EVENT_INFER_TEXTS && in->ntexts < ALL_TEXTS)
        in->ntexts += !map_put(&n->texts, v.text, v.len, &there);
    else
        n->many = true;
    return true;
}

static bool on_key(void *arg, const char *s, size_t len)
{
    struct drift_event_infer *in = arg;
    str_clear(&in->key);
    str_bytes(&in->key, s, len);
    return true;
}

static bool on_open(void *arg, bool list)
{
    struct drift_event_infer *in = arg;
    const uint32_t node = in->depth ? take(in) : 0;
    const bool dropped = in->depth && !node;
    if (!dropped) {
        in->nodes.items[node]->counts[DRIFT_EVENT_OTHER]++;
        in->nodes.items[node]->lists += list;
    }
    in->levels[++in->depth] = (struct infer_level){.node = node, .list = list, .dropped = dropped};
    return true;
}

static bool on_close(void *arg, bool list)
{
    struct drift_event_infer *in = arg;
    const struct infer_level *level = &in->levels[in->depth--];
    struct infer_node *n = in->nodes.items[level->node];
    if (!list || level->dropped)
        return true;
    n->varies |= (n->lists > 1 && n->length != level->items) || level->items > DRIFT_EVENT_INFER_ITEMS;
    n->length = level->items;
    return true;
}

static const char *why(void *arg)
{
    (void)arg;
    return "";
}

static const struct drift_event_json_calls calls = {on_begin, on_null, on_boolean, on_number, on_text,
                                                    on_key,   on_open, on_close,   why};

/* ---- what is proposed ---- */

static bool is_one_of(const struct infer_node *n, const char *const *names)
{
    for (; n->key && *names; names++)
        if (n->len == strlen(*names) && strncasecmp(n->key, *names, n->len) == 0)
            return true;
    return false;
}

static bool is_identifier(const struct infer_node *n)
{
    static const char *const ids[] = {"id", "uuid", "guid"};
    for (size_t i = 0; n->key && i < sizeof ids / sizeof *ids; i++) {
        const size_t len = strlen(ids[i]);
        if (n->len < len || strncasecmp(n->key + n->len - len, ids[i], len) != 0)
            continue;
        if (n->len == len || n->key[n->len - len - 1] == '_' || n->key[n->len - len - 1] == '-')
            return true;
    }
    const char *end = n->key && n->len > 2 ? n->key + n->len - 3 : "   "; /* userId, userID */
    return end[0] >= 'a' && end[0] <= 'z' && end[1] == 'I' && (end[2] == 'd' || end[2] == 'D');
}

static enum drift_event_role guess_role(const struct infer_node *n)
{
    static const char *const predictions[] = {"prediction", "predicted", "pred",   "y_pred",      "y_hat",
                                              "score",      "scores",    "output", "probability", NULL};
    static const char *const labels[] = {"label", "target", "y_true", "ground_truth", "actual", "outcome", NULL};
    if (is_one_of(n, predictions))
        return DRIFT_EVENT_PREDICTION;
    return is_one_of(n, labels) ? DRIFT_EVENT_LABEL : DRIFT_EVENT_FEATURE;
}

static bool is_time(const struct infer_node *n, uint64_t values)
{
    static const char *const names[] = {"ts",          "time",      "timestamp",    "@timestamp",
                                        "event_time",  "eventtime", "created_at",   "event_ts",
                                        "occurred_at", "datetime",  "recordedtime", NULL};
    return values && (double)n->times >= most_share * (double)values && is_one_of(n, names);
}

static bool is_most(uint64_t part, uint64_t all)
{
    return (double)part >= most_share * (double)all;
}

/* What says another thing in each window, whatever the model does. */
static bool is_moving(const struct infer_node *n, enum drift_event_kind most, uint64_t values,
                      enum drift_event_type *type)
{
    const bool number = most == DRIFT_EVENT_NUMBER;
    if (guess_role(n) != DRIFT_EVENT_FEATURE)
        return false;
    *type = DRIFT_EVENT_TIMES;
    if (is_most(n->epochs, values) && (!number || n->nnumbers > NUMBERS))
        return true;
    *type = DRIFT_EVENT_COUNTER;
    return number && drift_event_steps_grow(n->steps);
}

static bool is_free(const struct infer_node *n, uint64_t texts)
{
    const bool many = n->many || n->texts.n > texts / 2;
    if (n->longs >= FEW_LONG && is_most(n->longs, texts) && (n->many || is_most(n->texts.n, texts)))
        return true;
    return (n->texts.n > FEW_TEXTS || n->many) && many;
}

static enum drift_event_type guess_type(const struct infer_node *n, enum drift_event_kind most, uint64_t values)
{
    if (!values)
        return n->counts[DRIFT_EVENT_OTHER] ? DRIFT_EVENT_LIST : DRIFT_EVENT_NOTHING;
    if (is_identifier(n))
        return DRIFT_EVENT_FREE;
    enum drift_event_type moving;
    if (is_moving(n, most, values, &moving))
        return moving;
    if (most == DRIFT_EVENT_NUMBER)
        return !n->fraction && n->nnumbers <= NUMBERS && n->counts[most] >= ENOUGH ? DRIFT_EVENT_CATEGORY
                                                                                   : DRIFT_EVENT_NUMERIC;
    return most == DRIFT_EVENT_TEXT && is_free(n, n->counts[most]) ? DRIFT_EVENT_FREE : DRIFT_EVENT_CATEGORY;
}

/* An item of a list that is no vector, or of what is in one. */
static bool is_hidden(const struct drift_event_infer *in, const struct infer_node *n)
{
    for (; n != in->nodes.items[0]; n = in->nodes.items[n->parent])
        if (!n->key && in->nodes.items[n->parent]->varies)
            return true;
    return false;
}

static void print_path(const struct drift_event_infer *in, const struct infer_node *n, struct str *out)
{
    if (n == in->nodes.items[0])
        return;
    print_path(in, in->nodes.items[n->parent], out); /* as deep as paths are long */
    drift_event_path_print(out, n->key, n->len, n->index);
}

static void propose(struct drift_event_infer *in, const struct infer_node *n, bool *timed)
{
    const uint64_t *c = n->counts, values = c[DRIFT_EVENT_BOOL] + c[DRIFT_EVENT_NUMBER] + c[DRIFT_EVENT_TEXT];
    const uint64_t all = values + c[DRIFT_EVENT_NULL] + c[DRIFT_EVENT_OTHER];
    enum drift_event_kind most = DRIFT_EVENT_BOOL;
    struct str path = {0};
    if (!all || (!values && c[DRIFT_EVENT_OTHER] && !n->varies) || is_hidden(in, n))
        return;
    for (enum drift_event_kind k = DRIFT_EVENT_NUMBER; k <= DRIFT_EVENT_TEXT; k++)
        most = c[k] > c[most] ? k : most;
    print_path(in, n, &path);
    if (path.len > DRIFT_EVENT_PATH_BYTES) {
        str_done(&path);
        return;
    }
    struct drift_event_proposal p = {.type = guess_type(n, most, values), .present = all, .nulls = c[DRIFT_EVENT_NULL]};
    p.want = (struct drift_event_want){str_take(&path), guess_role(n), values ? 1u << most : DRIFT_EVENT_ANY};
    p.use = p.type == DRIFT_EVENT_NUMERIC || p.type == DRIFT_EVENT_CATEGORY;
    p.conflicts = values ? all - p.nulls - c[most] : 0;
    p.mixed = values && (double)c[most] < most_share * (double)(all - p.nulls);
    p.different = most == DRIFT_EVENT_TEXT ? n->texts.n : n->nnumbers;
    if (!*timed && is_time(n, values)) {
        p.want.role = DRIFT_EVENT_TIME;
        p.use = *timed = true;
    }
    vec_push(&in->paths, (char *)(uintptr_t)p.want.path);
    vec_push(&in->proposals, p);
}

static void forget_proposals(struct drift_event_infer *in)
{
    for (size_t i = 0; i < in->paths.n; i++)
        free(in->paths.items[i]);
    in->paths.n = in->proposals.n = 0;
}

size_t drift_event_infer_propose(struct drift_event_infer *in, const struct drift_event_proposal **ret,
                                 uint64_t *dropped)
{
    bool timed = false;
    forget_proposals(in);
    for (size_t i = 1; i < in->nodes.n; i++)
        propose(in, in->nodes.items[i], &timed);
    *ret = in->proposals.items;
    if (dropped)
        *dropped = in->dropped;
    return in->proposals.n;
}

int drift_event_infer_add(struct drift_event_infer *in, int32_t partition, const char *bytes, size_t len,
                          struct error *err)
{
    in->partition = partition;
    return drift_event_json_read(in->json, bytes, len, err);
}

struct drift_event_infer *drift_event_infer_new(void)
{
    struct drift_event_infer *in = mem_new(struct drift_event_infer);
    in->json = drift_event_json_new(&calls, in, true);
    add_node(in, 0, NULL, 0, 0);
    return in;
}

void drift_event_infer_free(struct drift_event_infer *in)
{
    if (!in)
        return;
    forget_proposals(in);
    vec_done(&in->paths);
    vec_done(&in->proposals);
    for (size_t i = 0; i < in->nodes.n; i++) {
        free(in->nodes.items[i]->key);
        free(in->nodes.items[i]->steps);
        map_done(&in->nodes.items[i]->texts);
        free(in->nodes.items[i]);
    }
    vec_done(&in->nodes);
    map_done(&in->edges);
    drift_event_json_free(in->json);
    str_done(&in->key);
    str_done(&in->edge);
    free(in);
}
