/* Any bytes as an event, as one of a sample and as a payload: what jansson takes is read, with the values of its tree, and the paths that
 * the sample proposes are there. */
#include "base/mem.h"
#include "drift/event.h"
#include "drift/event_infer.h"
#include "drift/event_tensor.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { A, A_B, A_0, FIRST, X_0, INSTANCE, WANTS };

static const struct drift_event_want wants[WANTS] = {
    [A] = {"a"}, [A_B] = {"a.b"}, [A_0] = {"a[0]"}, [FIRST] = {"[0]"}, [X_0] = {"x[0]"}, [INSTANCE] = {"instances[1]"}};

static void same(const struct drift_event_value *v, const json_t *j)
{
    static const enum drift_event_kind kinds[] = {
        [JSON_OBJECT] = DRIFT_EVENT_OTHER,   [JSON_ARRAY] = DRIFT_EVENT_OTHER, [JSON_STRING] = DRIFT_EVENT_TEXT,
        [JSON_INTEGER] = DRIFT_EVENT_NUMBER, [JSON_REAL] = DRIFT_EVENT_NUMBER, [JSON_TRUE] = DRIFT_EVENT_BOOL,
        [JSON_FALSE] = DRIFT_EVENT_BOOL,     [JSON_NULL] = DRIFT_EVENT_NULL};
    if (v->kind != (j ? kinds[json_typeof(j)] : DRIFT_EVENT_MISSING))
        abort();
    if (json_is_real(j) && v->number != json_real_value(j))
        abort();
    if (json_is_string(j)) {
        const struct drift_event_value want = drift_event_text(json_string_value(j), json_string_length(j));
        if (v->len != want.len || v->cut != want.cut || memcmp(v->text, want.text, v->len) != 0)
            abort();
    }
}

static void compare(struct drift_event *e, const char *bytes, size_t size)
{
    const size_t flags = JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL;
    json_t *j = memchr(bytes, 0, size) ? NULL : json_loadb(bytes, size, flags, NULL); /* which goes over a NUL */
    struct error err = {0};
    const int code = drift_event_read(e, bytes, size, &err);
    if (!code != !*err.text || (j && code == ERR_INVALID))
        abort();
    if (j && !code) {
        const json_t *a = json_object_get(j, "a");
        same(drift_event_get(e, A), a);
        same(drift_event_get(e, A_B), json_object_get(a, "b"));
        same(drift_event_get(e, A_0), json_array_get(a, 0));
        same(drift_event_get(e, FIRST), json_array_get(j, 0));
    }
    for (size_t i = 0; i < WANTS && !code; i++) {
        char buf[NUMBER_BYTES];
        size_t len;
        const char *s = drift_event_category(drift_event_get(e, i), buf, &len);
        if (s && len > DRIFT_EVENT_TEXT_BYTES)
            abort();
    }
    json_decref(j);
}

static void propose(const char *bytes, size_t size)
{
    struct drift_event_infer *in = drift_event_infer_new();
    const struct drift_event_proposal *p;
    struct drift_event_plan *plan = NULL;
    if (drift_event_infer_add(in, (int32_t)size, bytes, size, NULL) == 0) {
        const size_t n = drift_event_infer_propose(in, &p, NULL);
        struct drift_event_want *proposed = mem_calloc(n + 1, sizeof *proposed);
        for (size_t i = 0; i < n; i++)
            proposed[i] = p[i].want;
        if (drift_event_plan_new(proposed, n, &plan, NULL))
            abort();
        for (size_t i = 0; i < n; i++)
            if (!drift_event_plan_wants(plan, p[i].want.path))
                abort();
        drift_event_plan_free(plan);
        free(proposed);
    }
    drift_event_infer_free(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *bytes = mem_memdup(data, size);
    struct drift_event_plan *plan = NULL;
    size_t rows = 0;
    if (drift_event_plan_new(wants, WANTS, &plan, NULL))
        abort();
    struct drift_event *e = drift_event_new(plan);
    struct drift_event_tensors *t = drift_event_tensors_new();
    compare(e, bytes, size);
    compare(e, bytes, size); /* the same after itself */
    propose(bytes, size);
    if (drift_event_tensors_read(t, bytes, size, &rows, NULL) == 0)
        for (size_t i = 0; i < rows && i < 1000; i++)
            drift_event_tensors_row(t, i, e, NULL);
    drift_event_tensors_free(t);
    drift_event_free(e);
    drift_event_plan_free(plan);
    free(bytes);
    return 0;
}
