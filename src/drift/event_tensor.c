/* Tensors gathered from the tokens of a payload, and handed out row by row. */
#include "drift/event_tensor.h"

#include "base/text.h"
#include "base/vec.h"
#include "drift/event_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_TOP = 1, AT_LIST = 2, AT_TENSOR = 3, AT_PART = 4 }; /* how deep: inside of what */

enum tensor_part { PART_OTHER, PART_NAME, PART_SHAPE, PART_DATA, PART_CONTENTS };

/* What the list at hand is: of V1, of V2, or anything else. */
enum tensor_list { LIST_INSTANCES, LIST_PREDICTIONS, LIST_TENSORS, LIST_OTHER };

static const char *const row_names[] = {[LIST_INSTANCES] = "instances", [LIST_PREDICTIONS] = "predictions"};

struct tensor {
    char name[DRIFT_EVENT_TENSOR_NAME_BYTES];
    size_t name_len, rank;
    double shape[DRIFT_EVENT_TENSOR_RANK];
    bool shaped;
    size_t first, rows, columns; /* of its values */
};

/* A row of V1: JSON of its own, or a value. */
struct tensor_row {
    const char *s; /* NULL: value */
    size_t len;
    struct drift_event_value value;
};

struct drift_event_tensors {
    struct drift_event_json *json;
    const char *bytes;
    size_t depth, start; /* start: of the row at hand */
    enum tensor_list list;
    enum tensor_part part;
    bool digits, found; /* texts are numbers; there was one of the lists */
    VEC(struct tensor) tensors;
    VEC(struct tensor_row) rows[LIST_TENSORS];
    VEC(struct drift_event_value) values;
    VEC(char *) copies; /* of texts that are not in the bytes as such */
    char why[128];
};

#define fail(t, ...) (snprintf((t)->why, sizeof(t)->why, __VA_ARGS__), false)

static struct tensor *last(struct drift_event_tensors *t)
{
    return &t->tensors.items[t->tensors.n - 1];
}

static bool is_of_rows(const struct drift_event_tensors *t)
{
    return t->list == LIST_INSTANCES || t->list == LIST_PREDICTIONS;
}

static bool is_of_data(const struct drift_event_tensors *t)
{
    return t->list == LIST_TENSORS &&
           ((t->part == PART_DATA && t->depth >= AT_PART) || (t->part == PART_CONTENTS && t->depth > AT_PART));
}

/* ---- tokens ---- */

static void forget(struct drift_event_tensors *t)
{
    for (size_t i = 0; i < t->copies.n; i++)
        free(t->copies.items[i]);
    t->tensors.n = t->values.n = t->copies.n = t->rows[LIST_INSTANCES].n = t->rows[LIST_PREDICTIONS].n = 0;
}

static void on_begin(void *arg)
{
    struct drift_event_tensors *t = arg;
    forget(t);
    t->depth = 0;
    t->list = LIST_OTHER;
    t->part = PART_OTHER;
    t->found = false;
}

static bool add_value(struct drift_event_tensors *t, struct drift_event_value value)
{
    if (t->depth == AT_LIST && is_of_rows(t))
        vec_push(&t->rows[t->list], (struct tensor_row){.value = value});
    else if (is_of_data(t))
        vec_push(&t->values, value);
    else if (t->depth == AT_LIST && t->list == LIST_TENSORS)
        return fail(t, "a tensor is expected");
    return true;
}

static bool on_null(void *arg)
{
    return add_value(arg, (struct drift_event_value){.kind = DRIFT_EVENT_NULL});
}

static bool on_boolean(void *arg, bool value)
{
    return add_value(arg, (struct drift_event_value){.number = value, .kind = DRIFT_EVENT_BOOL});
}

static bool is_of_shape(const struct drift_event_tensors *t)
{
    return t->list == LIST_TENSORS && t->part == PART_SHAPE && t->depth == AT_PART;
}

static bool add_axis(struct drift_event_tensors *t, double size)
{
    struct tensor *tensor = last(t);
    if (tensor->rank == DRIFT_EVENT_TENSOR_RANK)
        return fail(t, "tensor %zu: a rank above %d", t->tensors.n, DRIFT_EVENT_TENSOR_RANK);
    if (!(size >= 0 && size <= DRIFT_EVENT_JSON_BYTES && size == trunc(size)))
        return fail(t, "tensor %zu: no shape", t->tensors.n);
    tensor->shape[tensor->rank++] = size;
    return true;
}

static bool on_number(void *arg, double value)
{
    struct drift_event_tensors *t = arg;
    if (is_of_shape(t))
        return add_axis(t, value);
    return add_value(t, (struct drift_event_value){.number = value, .kind = DRIFT_EVENT_NUMBER});
}

static bool set_name(struct drift_event_tensors *t, const char *s, size_t len)
{
    if (len > DRIFT_EVENT_TENSOR_NAME_BYTES)
        return fail(t, "tensor %zu: a name of %zu bytes, at most %d", t->tensors.n, len, DRIFT_EVENT_TENSOR_NAME_BYTES);
    if (len)
        memcpy(last(t)->name, s, len);
    last(t)->name_len = len;
    return true;
}

static bool on_text(void *arg, const char *s, size_t len, bool stays)
{
    struct drift_event_tensors *t = arg;
    double number;
    if (t->list == LIST_TENSORS && t->part == PART_NAME && t->depth == AT_TENSOR)
        return set_name(t, s, len);
    if ((is_of_shape(t) || (is_of_data(t) && t->digits)) && number_read(s, len, &number) == 0)
        return on_number(t, number);
    struct drift_event_value v = drift_event_text(s, len);
    if (!stays && (is_of_data(t) || (is_of_rows(t) && t->depth == AT_LIST))) {
        v.text = mem_memdup(s, v.len);
        vec_push(&t->copies, (char *)(uintptr_t)v.text);
    }
    return add_value(t, v);
}

static bool is(const char *s, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(s, word, len) == 0;
}

static enum tensor_list list_of(const char *s, size_t len)
{
    if (is(s, len, "inputs") || is(s, len, "outputs"))
        return LIST_TENSORS;
    for (int i = 0; i < LIST_TENSORS; i++)
        if (is(s, len, row_names[i]))
            return (enum tensor_list)i;
    return LIST_OTHER;
}

static enum tensor_part part_of(const char *s, size_t len)
{
    static const char *const names[] = {
        [PART_NAME] = "name", [PART_SHAPE] = "shape", [PART_DATA] = "data", [PART_CONTENTS] = "contents"};
    for (int i = PART_NAME; i <= PART_CONTENTS; i++)
        if (is(s, len, names[i]))
            return (enum tensor_part)i;
    return PART_OTHER;
}

static bool is_of_digits(const char *s, size_t len)
{
    return is(s, len, "intContents") || is(s, len, "int64Contents") || is(s, len, "uintContents") ||
           is(s, len, "uint64Contents");
}

static bool on_key(void *arg, const char *s, size_t len)
{
    struct drift_event_tensors *t = arg;
    if (t->depth == AT_TOP)
        t->list = list_of(s, len);
    else if (t->depth == AT_TENSOR && t->list == LIST_TENSORS)
        t->part = part_of(s, len), t->digits = false;
    else if (t->depth == AT_PART && t->part == PART_CONTENTS)
        t->digits = is_of_digits(s, len);
    return true;
}

static bool open_list(struct drift_event_tensors *t, bool list)
{
    if (!list)
        return t->list == LIST_OTHER || fail(t, "a list of %s is expected", is_of_rows(t) ? "rows" : "tensors");
    if (is_of_rows(t))
        t->rows[t->list].n = 0; /* the same key twice: the last counts */
    t->found |= t->list != LIST_OTHER;
    return true;
}

static bool open_tensor(struct drift_event_tensors *t, bool list)
{
    if (list)
        return fail(t, "a tensor is expected");
    if (t->tensors.n == DRIFT_EVENT_TENSOR_COUNT)
        return fail(t, "more than %d tensors", DRIFT_EVENT_TENSOR_COUNT);
    vec_push(&t->tensors, (struct tensor){.first = t->values.n});
    t->part = PART_OTHER;
    return true;
}

static bool on_open(void *arg, bool list)
{
    struct drift_event_tensors *t = arg;
    t->depth++;
    if (t->depth == AT_TOP)
        return !list || fail(t, "a map is expected");
    if (t->depth == AT_LIST)
        return open_list(t, list);
    if (t->depth == AT_TENSOR && is_of_rows(t))
        t->start = drift_event_json_at(t->json) - 1;
    if (t->depth == AT_TENSOR && t->list == LIST_TENSORS)
        return open_tensor(t, list);
    if (t->depth == AT_PART && t->list == LIST_TENSORS && t->part == PART_SHAPE && list)
        last(t)->shaped = true;
    if (t->depth == AT_PART && t->list == LIST_TENSORS && t->part == PART_DATA && !list)
        return fail(t, "tensor %zu: its data is no list", t->tensors.n);
    return true;
}

static bool close_tensor(struct drift_event_tensors *t)
{
    struct tensor *tensor = last(t);
    const size_t n = t->values.n - tensor->first;
    double rows = tensor->rank ? tensor->shape[0] : 1, columns = 1;
    for (size_t i = 1; i < tensor->rank; i++)
        columns *= tensor->shape[i];
    if (!tensor->shaped)
        rows = (double)n;
    if (!n && rows * columns > 0)
        return fail(t, "tensor %zu: its data cannot be read", t->tensors.n);
    if (rows * columns != (double)n)
        return fail(t, "tensor %zu: a shape of %.0f values, %zu are there", t->tensors.n, rows * columns, n);
    tensor->rows = n ? (size_t)rows : 0;
    tensor->columns = n ? (size_t)columns : 0;
    return true;
}

static bool on_close(void *arg, bool list)
{
    struct drift_event_tensors *t = arg;
    (void)list;
    t->depth--;
    if (t->depth == AT_LIST && t->list == LIST_TENSORS)
        return close_tensor(t);
    if (t->depth == AT_LIST && is_of_rows(t))
        vec_push(&t->rows[t->list],
                 (struct tensor_row){t->bytes + t->start, drift_event_json_at(t->json) - t->start, {.len = 0}});
    if (t->depth == AT_TOP)
        t->list = LIST_OTHER;
    return true;
}

static const char *why(void *arg)
{
    const struct drift_event_tensors *t = arg;
    return t->why;
}

static const struct drift_event_json_calls calls = {on_begin, on_null, on_boolean, on_number, on_text,
                                                    on_key,   on_open, on_close,   why};

/* ---- rows ---- */

struct drift_event_tensors *drift_event_tensors_new(void)
{
    struct drift_event_tensors *t = mem_new(struct drift_event_tensors);
    t->json = drift_event_json_new(&calls, t, false);
    return t;
}

void drift_event_tensors_free(struct drift_event_tensors *t)
{
    if (!t)
        return;
    forget(t);
    for (int i = 0; i < LIST_TENSORS; i++)
        vec_done(&t->rows[i]);
    vec_done(&t->tensors);
    vec_done(&t->values);
    vec_done(&t->copies);
    drift_event_json_free(t->json);
    free(t);
}

int drift_event_tensors_read(struct drift_event_tensors *t, const char *bytes, size_t len, size_t *rows,
                             struct error *err)
{
    t->bytes = bytes;
    const int code = drift_event_json_read(t->json, bytes, len, err);
    if (code)
        return code;
    if (!t->found)
        return error_set(err, ERR_INVALID, "neither instances nor predictions, inputs nor outputs are in it");
    size_t most = t->rows[LIST_INSTANCES].n;
    most = t->rows[LIST_PREDICTIONS].n > most ? t->rows[LIST_PREDICTIONS].n : most;
    for (size_t i = 0; i < t->tensors.n; i++)
        most = t->tensors.items[i].rows > most ? t->tensors.items[i].rows : most;
    *rows = most;
    return 0;
}

static void set(struct drift_event *e, uint32_t node, struct drift_event_value v)
{
    const uint32_t slot = node ? e->plan->nodes[node].slot : DRIFT_EVENT_NO_SLOT;
    if (slot != DRIFT_EVENT_NO_SLOT)
        e->values[slot] = v;
}

/* n values as a list, and one as itself too. */
static void set_all(struct drift_event *e, uint32_t node, const struct drift_event_value *values, size_t n)
{
    const struct drift_event_node *list = &e->plan->nodes[node];
    set(e, node, n == 1 ? *values : (struct drift_event_value){.kind = DRIFT_EVENT_OTHER});
    for (size_t i = 0; i < n && i < list->items; i++)
        set(e, drift_event_plan_step(e->plan, node, NULL, 0, (uint32_t)i), values[i]);
}

static int set_row(struct drift_event *e, uint32_t node, const struct tensor_row *row, struct error *err)
{
    if (!row->s) {
        set_all(e, node, &row->value, 1);
        return 0;
    }
    const int code = drift_event_read_at(e, node, row->s, row->len, err);
    set(e, node, (struct drift_event_value){.kind = DRIFT_EVENT_OTHER});
    return code;
}

int drift_event_tensors_row(const struct drift_event_tensors *t, size_t row, struct drift_event *e, struct error *err)
{
    int code = 0;
    drift_event_begin(e);
    for (size_t i = 0; i < t->tensors.n; i++) {
        const struct tensor *tensor = &t->tensors.items[i];
        const uint32_t node = drift_event_plan_step(e->plan, 0, tensor->name, tensor->name_len, 0);
        if (node && row < tensor->rows)
            set_all(e, node, t->values.items + tensor->first + row * tensor->columns, tensor->columns);
    }
    for (int i = 0; i < LIST_TENSORS && !code; i++) {
        const uint32_t node = drift_event_plan_step(e->plan, 0, row_names[i], strlen(row_names[i]), 0);
        if (node && row < t->rows[i].n)
            code = set_row(e, node, &t->rows[i].items[row], err);
    }
    if (code)
        e->bad++;
    else
        drift_event_count(e);
    return code;
}

/* ---- as JSON ---- */

static void print_value(const struct drift_event_value *v, struct str *out)
{
    char buf[NUMBER_BYTES];
    if (v->kind == DRIFT_EVENT_TEXT)
        text_json(out, v->text, v->len);
    else if (v->kind == DRIFT_EVENT_BOOL)
        str_add(out, v->number != 0 ? "true" : "false");
    else if (v->kind == DRIFT_EVENT_NULL)
        str_add(out, "null");
    else if (isfinite(v->number))
        str_bytes(out, buf, number_shortest(v->number, buf));
    else
        str_add(out, isnan(v->number) ? "NaN" : v->number < 0 ? "-Infinity" : "Infinity");
}

static void print_key(const char *name, size_t len, struct str *out)
{
    str_char(out, out->len && out->s[out->len - 1] == '{' ? ' ' : ',');
    text_json(out, name, len);
    str_char(out, ':');
}

void drift_event_tensors_print(const struct drift_event_tensors *t, size_t row, struct str *out)
{
    str_char(out, '{');
    for (size_t i = 0; i < t->tensors.n; i++) {
        const struct tensor *tensor = &t->tensors.items[i];
        if (row >= tensor->rows)
            continue;
        print_key(tensor->name, tensor->name_len, out);
        str_add(out, tensor->columns == 1 ? "" : "[");
        for (size_t c = 0; c < tensor->columns; c++) {
            str_add(out, c ? "," : "");
            print_value(&t->values.items[tensor->first + row * tensor->columns + c], out);
        }
        str_add(out, tensor->columns == 1 ? "" : "]");
    }
    for (int i = 0; i < LIST_TENSORS; i++) {
        if (row >= t->rows[i].n)
            continue;
        const struct tensor_row *r = &t->rows[i].items[row];
        print_key(row_names[i], strlen(row_names[i]), out);
        if (r->s)
            str_bytes(out, r->s, r->len);
        else
            print_value(&r->value, out);
    }
    str_char(out, '}');
}
