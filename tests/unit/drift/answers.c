/* Recorded answers of other tools. */
#include "answers.h"

#include "drift/foreign.h"
#include "drift/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

char *answers_bytes(const char *name, size_t *len)
{
    char *path = mem_printf("%s/drift/foreign/%s", getenv("TEST_DATA"), name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s cannot be read", path);
    size_t room = 1024 * 1024;
    char *bytes = mem_alloc(room);
    *len = fread(bytes, 1, room, f);
    assert_true(*len > 0 && *len < room);
    (void)fclose(f);
    free(path);
    return bytes;
}

struct drift_verdicts *answers_read(const char *name)
{
    size_t len;
    char *bytes = answers_bytes(name, &len);
    struct drift_verdicts *v;
    struct error err;
    if (drift_foreign_read(name, bytes, len, &v, &err) != 0)
        fail_msg("%s", err.text);
    free(bytes);
    return v;
}

struct drift_verdicts *answers_of(const char *text)
{
    struct drift_verdicts *v;
    struct error err;
    if (drift_foreign_read("text", text, strlen(text), &v, &err) != 0)
        fail_msg("%s", err.text);
    return v;
}

void answers_refused(const char *text, int code, const char *word)
{
    struct drift_verdicts *v;
    struct error err = {0};
    assert_int_equal(drift_foreign_read("the text", text, strlen(text), &v, &err), code);
    assert_int_equal(err.code, code);
    if (!strstr(err.text, word) || !strstr(err.text, "the text"))
        fail_msg("\"%s\" has no \"%s\"", err.text, word);
}

json_t *answers_expected(const char *name)
{
    char *path = mem_printf("%s/drift/foreign/%s", getenv("TEST_DATA"), name);
    json_t *json = json_load_file(path, 0, NULL);
    if (!json)
        fail_msg("%s cannot be read", path);
    free(path);
    return json;
}

const struct drift_verdict *answers_verdict(const struct drift_verdicts *v, const char *feature, const char *method)
{
    for (size_t i = 0; i < v->verdicts.n; i++) {
        const struct drift_verdict *one = &v->verdicts.items[i];
        bool named = feature ? one->feature && strcmp(one->feature, feature) == 0 : !one->feature;
        if (named && (!method || (one->method && strcmp(one->method, method) == 0)))
            return one;
    }
    fail_msg("no verdict of %s", feature ? feature : "the dataset");
    return NULL;
}

const struct drift_verdict_column *answers_column(const struct drift_verdicts *v, const char *feature)
{
    for (size_t i = 0; i < v->columns.n; i++)
        if (strcmp(v->columns.items[i].feature, feature) == 0)
            return &v->columns.items[i];
    fail_msg("no column %s", feature);
    return NULL;
}

void answers_number(struct drift_verdict_number got, const json_t *want, double rel, const char *where)
{
    double w;
    if (!drift_json_number(want, &w)) {
        if (got.known)
            fail_msg("%s: %.17g, and none is wanted", where, got.v);
        return;
    }
    bool same = got.known && ((isnan(got.v) && isnan(w)) || got.v == w || fabs(got.v - w) <= rel * fabs(w));
    if (!same)
        fail_msg("%s: %.17g (known: %d), wanted %.17g", where, got.v, got.known, w);
}
