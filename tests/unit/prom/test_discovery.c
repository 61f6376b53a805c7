/* Files and answers that name targets: what is read, and what is refused, with its place. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "prom/discovery.h"

/* "a:1 b:2 {x=1}; " for each group. */
static const char *shown(const struct prom_discovery *d)
{
    static struct str s;
    str_clear(&s);
    for (size_t i = 0; i < d->groups.n; i++) {
        const struct prom_discovery_group *g = &d->groups.items[i];
        for (size_t k = 0; k < g->targets.n; k++)
            str_printf(&s, "%s ", g->targets.items[k]);
        for (size_t k = 0; k < g->labels.n; k++)
            str_printf(&s, "%s=%s ", g->labels.items[k].name, g->labels.items[k].value);
        str_add(&s, "; ");
    }
    return str_text(&s);
}

typedef int reader(const char *name, const char *bytes, size_t len, struct prom_discovery *ret, struct error *err);

static void reads(reader *read, const char *text, const char *expected, size_t targets)
{
    struct prom_discovery d = {0};
    struct error err = {0};
    if (read("f", text, strlen(text), &d, &err) != 0)
        fail_msg("%s: %s", text, err.text);
    assert_string_equal(shown(&d), expected);
    assert_int_equal(d.targets, targets);
    prom_discovery_done(&d);
}

static void refuses(reader *read, const char *text, int code, const char *expected)
{
    struct prom_discovery d = {0};
    struct error err = {0};
    assert_int_equal(read("f", text, strlen(text), &d, &err), code);
    assert_string_equal(err.text, expected);
    assert_int_equal(d.groups.n, 0);
}

static void test_json(void **state)
{
    (void)state;
    reads(prom_discovery_json, "[]", "", 0);
    reads(prom_discovery_json, "null", "", 0);
    reads(prom_discovery_json,
          "[{\"targets\": [\"a:1\", \"b\"], \"labels\": {\"x\": \"1\", \"__meta_y\": \"\"}}, {}, {\"targets\": null, "
          "\"labels\": null}, {\"labels\": {\"only\": \"labels\"}}]",
          "a:1 b x=1 __meta_y= ; ; ; only=labels ; ", 2);
}

static void test_yaml(void **state)
{
    (void)state;
    reads(prom_discovery_yaml, "", "", 0);
    reads(prom_discovery_yaml, "[]", "", 0);
    reads(prom_discovery_yaml,
          "- targets: ['a:1', b:9100]\n  labels:\n    x: 1\n    y: true\n    z:\n- targets:\n  - c\n- labels:\n",
          "a:1 b:9100 x=1 y=true z= ; c ; ; ", 3);
    /* what is JSON is YAML */
    reads(prom_discovery_yaml, "[{\"targets\": [\"a:1\"], \"labels\": {\"x\": \"1\"}}]", "a:1 x=1 ; ", 1);
}

static void test_refused_json(void **state)
{
    (void)state;
    reader *j = prom_discovery_json;
    refuses(j, "", ERR_INVALID, "f:1:0: not JSON: unexpected token near end of file");
    refuses(j, "[\n {\"targets\": [}]", ERR_INVALID, "f:2:15: not JSON: unexpected token near '}'");
    refuses(j, "{}", ERR_INVALID, "f: an object, where a list of groups is expected");
    refuses(j, "[null]", ERR_INVALID, "f: [0]: null, where an object with targets and labels is expected");
    refuses(j, "[{}, {\"targets\": {}}]", ERR_INVALID, "f: [1].targets: an object, where a list of texts is expected");
    refuses(j, "[{\"targets\": [1]}]", ERR_INVALID, "f: [0].targets: a number, where a text is expected");
    refuses(j, "[{\"labels\": {\"a\": \"b\", \"c\\u001b\": 1}}]", ERR_INVALID,
            "f: [0].labels.c\xEF\xBF\xBD: a number, where a text is expected");
    refuses(j, "[{\"labels\": {\"\": \"b\"}}]", ERR_INVALID, "f: [0].labels.: no name of a label");
    refuses(j, "[{\"label\": {}}]", ERR_INVALID, "f: [0].label: unknown key \"label\"; allowed: targets, labels");
    refuses(j, "[{\"labels\": {}, \"labels\": {}}]", ERR_INVALID,
            "f:1:24: not JSON: duplicate object key near '\"labels\"'");
}

static void test_refused_yaml(void **state)
{
    (void)state;
    reader *y = prom_discovery_yaml;
    refuses(y, "targets: [a]", ERR_INVALID, "f:1:1: a map, where a list of groups is expected");
    refuses(y, "- a", ERR_INVALID, "f:1:3: [0]: a text, where a map with targets and labels is expected");
    refuses(y, "- targets: [a]\n- targets: a\n", ERR_INVALID,
            "f:2:12: [1].targets: a text, where a list of texts is expected");
    refuses(y, "- targets: [[a]]\n", ERR_INVALID, "f:1:13: [0].targets: a list, where a text is expected");
    refuses(y, "- labels: {a: {}}\n", ERR_INVALID, "f:1:15: [0].labels.a: a map, where a text is expected");
    refuses(y, "- targets: []\n  lables: {}\n", ERR_INVALID,
            "f:2:3: [0].lables: unknown key \"lables\"; allowed: targets, labels");
}

static void test_limits(void **state)
{
    (void)state;
    struct str s = {0};
    str_add(&s, "[{\"targets\": [\"a\"");
    for (int i = 0; i < PROM_DISCOVERY_TARGETS; i++)
        str_add(&s, ", \"a\"");
    str_add(&s, "]}]");
    refuses(prom_discovery_json, str_text(&s), ERR_LIMIT, "f: [0].targets: more than 10000 targets, the limit");
    refuses(prom_discovery_yaml, str_text(&s), ERR_LIMIT, "f:1:50015: [0].targets: more than 10000 targets, the limit");
    str_clear(&s);
    str_add(&s, "[{\"labels\": {\"a\": \"b\"");
    for (int i = 0; i < PROM_DISCOVERY_LABELS; i++)
        str_printf(&s, ", \"l%d\": \"\"", i);
    str_add(&s, "}}]");
    refuses(prom_discovery_json, str_text(&s), ERR_LIMIT, "f: [0].labels.l255: more than 256 labels, the limit");
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),         cmocka_unit_test(test_yaml),   cmocka_unit_test(test_refused_json),
        cmocka_unit_test(test_refused_yaml), cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
