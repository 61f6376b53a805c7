/* Which metadata file is current: hints that help, are behind, or are of no use; and where files lie here. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "iceberg/locate.h"
#include "iceberg/place.h"
#include "iceberg/warehouse.h"
#include "tests/unit/iceberg/captures.h"

#include <unistd.h>

static void put(const char *directory, const char *name, const char *text)
{
    char *path = mem_printf("metadata/%s", name);
    captures_write(directory, path, text, strlen(text));
    free(path);
}

static void drop(const char *directory, const char *name)
{
    char *path = mem_printf("%s/metadata/%s", directory, name);
    assert_int_equal(unlink(path), 0);
    free(path);
}

static void assert_poll(struct iceberg_locate *l, const char *file, enum iceberg_locate_by by, bool changed)
{
    struct iceberg_located found;
    struct error err = {0};
    if (iceberg_locate_poll(l, &found, &err))
        fail_msg("%s", err.text);
    assert_string_equal(strrchr(found.file, '/') + 1, file);
    assert_int_equal(found.by, by);
    assert_int_equal(found.changed, changed);
}

static void assert_refused(struct iceberg_locate *l, int code, const char *expected)
{
    struct iceberg_located found;
    struct error err = {0};
    assert_int_equal(iceberg_locate_poll(l, &found, &err), code);
    if (!strstr(err.text, expected))
        fail_msg("%s is not in: %s", expected, err.text);
}

static void test_captures(void **state)
{
    (void)state;
    char *path = captures_path("healthy-1.9.2/wh/db/orders");
    struct iceberg_locate *l = iceberg_locate_new(path);
    assert_poll(l, "v8.metadata.json", ICEBERG_LOCATE_HINT, true);
    assert_poll(l, "v8.metadata.json", ICEBERG_LOCATE_HINT, false);
    iceberg_locate_free(l);
    free(path);
    /* One of these files was never committed, the other is current: only the catalog knows. */
    path = captures_path("failing-1.11.0/during/wh/db/orders");
    l = iceberg_locate_new(path);
    assert_refused(l, ERR_UNAVAILABLE, "which of 2 metadata files is current only the catalog knows");
    iceberg_locate_free(l);
    free(path);
}

/* The hint is written after the commit: what follows it counts, up to the first gap. */
static void test_behind(void **state)
{
    (void)state;
    char *directory = captures_directory();
    struct iceberg_locate *l = iceberg_locate_new(directory);
    assert_refused(l, ERR_NOT_FOUND, "metadata");
    put(directory, "version-hint.text", "3\n");
    put(directory, "v3.metadata.json", "{}");
    put(directory, "v4.gz.metadata.json", "{}");
    put(directory, "v6.metadata.json", "{}");
    assert_poll(l, "v4.gz.metadata.json", ICEBERG_LOCATE_AFTER, true);
    assert_poll(l, "v4.gz.metadata.json", ICEBERG_LOCATE_AFTER, false);
    put(directory, "v5.metadata.json.gz", "{}");
    assert_poll(l, "v6.metadata.json", ICEBERG_LOCATE_AFTER, true);
    put(directory, "version-hint.text", "6");
    assert_poll(l, "v6.metadata.json", ICEBERG_LOCATE_HINT, false);
    put(directory, "v6.metadata.json", "{\"written\":\"to its end by now\"}");
    assert_poll(l, "v6.metadata.json", ICEBERG_LOCATE_HINT, true);
    assert_poll(l, "v6.metadata.json", ICEBERG_LOCATE_HINT, false);
    /* Dropped and made anew. */
    drop(directory, "v6.metadata.json");
    drop(directory, "v5.metadata.json.gz");
    drop(directory, "v4.gz.metadata.json");
    drop(directory, "v3.metadata.json");
    put(directory, "version-hint.text", "1 ");
    put(directory, "v1.metadata.json", "{}");
    assert_poll(l, "v1.metadata.json", ICEBERG_LOCATE_HINT, true);
    drop(directory, "v1.metadata.json");
    assert_refused(l, ERR_NOT_FOUND, "no metadata file");
    iceberg_locate_free(l);
    captures_remove(directory);
}

/* No hint, or one that is of no use: the highest version, and never what another catalog's commits left. */
static void test_listed(void **state)
{
    (void)state;
    static const char *const hints[] = {NULL, "", "x/../v1", "999999999999999999999", "4", "4 5", "-1", "nonsense"};
    char *directory = captures_directory(), *long_hint = mem_calloc(1, 5000);
    put(directory, "v9.metadata.json", "{}");
    put(directory, "v10.gz.metadata.json", "{}");
    put(directory, "v11.tmp", "{}");
    put(directory, "v12x.metadata.json", "{}");
    put(directory, "00099-3f.metadata.json", "{}");
    for (size_t i = 0; i <= sizeof hints / sizeof hints[0]; i++) {
        struct iceberg_locate *l = iceberg_locate_new(directory);
        memset(long_hint, '9', 4999);
        const char *hint = i < sizeof hints / sizeof hints[0] ? hints[i] : long_hint;
        if (hint)
            put(directory, "version-hint.text", hint);
        assert_poll(l, "v10.gz.metadata.json", ICEBERG_LOCATE_LISTED, true);
        assert_poll(l, "v10.gz.metadata.json", ICEBERG_LOCATE_LISTED, false);
        put(directory, "v11.metadata.json", "{}");
        assert_poll(l, "v11.metadata.json", ICEBERG_LOCATE_LISTED, true);
        drop(directory, "v11.metadata.json");
        assert_poll(l, "v10.gz.metadata.json", ICEBERG_LOCATE_LISTED, true);
        iceberg_locate_free(l);
    }
    put(directory, "version-hint.text", "00099-3f\n");
    struct iceberg_locate *l = iceberg_locate_new(directory);
    assert_poll(l, "00099-3f.metadata.json", ICEBERG_LOCATE_HINT, true);
    put(directory, "version-hint.text", "00099-3f.metadata.json");
    assert_poll(l, "00099-3f.metadata.json", ICEBERG_LOCATE_HINT, false);
    iceberg_locate_free(l);
    free(long_hint);
    captures_remove(directory);
}

static void test_file(void **state)
{
    (void)state;
    char *directory = captures_directory(), *path = mem_printf("%s/metadata/any.metadata.json", directory);
    struct iceberg_locate *l = iceberg_locate_new(path);
    assert_refused(l, ERR_NOT_FOUND, "any.metadata.json");
    put(directory, "any.metadata.json", "{}");
    assert_poll(l, "any.metadata.json", ICEBERG_LOCATE_GIVEN, true);
    assert_poll(l, "any.metadata.json", ICEBERG_LOCATE_GIVEN, false);
    put(directory, "any.metadata.json", "{ }");
    assert_poll(l, "any.metadata.json", ICEBERG_LOCATE_GIVEN, true);
    drop(directory, "any.metadata.json");
    assert_refused(l, ERR_NOT_FOUND, "any.metadata.json");
    iceberg_locate_free(l);
    free(path);
    captures_remove(directory);
}

static void assert_tables(const char *root, const char *expected)
{
    struct iceberg_warehouse w;
    struct error err = {0};
    struct str text = {0};
    if (iceberg_warehouse_init(&w, root, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < w.n; i++) {
        str_printf(&text, "%s|%s ", w.tables[i].namespace, w.tables[i].name);
        assert_int_equal(strncmp(w.tables[i].path, root, strlen(root)), 0);
    }
    assert_string_equal(str_text(&text), expected);
    assert_int_equal(w.unread, 0);
    str_done(&text);
    iceberg_warehouse_done(&w);
}

static void test_warehouse(void **state)
{
    (void)state;
    char *path = captures_path("healthy-1.9.2/wh"), *directory = captures_directory();
    assert_tables(path, "db|orders ");
    free(path);
    static const char *const files[] = {
        "top/metadata/v1.metadata.json",
        "db/a/b/t/metadata/00000-x.gz.metadata.json",
        "db/t/metadata/v1.metadata.json.gz",
        "db/t/data/inner/metadata/v1.metadata.json",
        "db/no/metadata/snap-1.avro",
        ".hidden/t/metadata/v1.metadata.json",
        "1/2/3/4/5/6/7/8/metadata/v1.metadata.json",
        "1/2/3/4/5/6/7/9/10/metadata/v1.metadata.json",
        "metadata/v1.metadata.json",
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        captures_write(directory, files[i], "{}", 2);
    path = mem_printf("%s/db/loop", directory);
    assert_int_equal(symlink(directory, path), 0);
    assert_tables(directory, "1.2.3.4.5.6.7|8 db.a.b|t db|t |top ");
    free(path);
    path = mem_printf("%s/none", directory);
    struct iceberg_warehouse w;
    assert_int_equal(iceberg_warehouse_init(&w, path, NULL), ERR_NOT_FOUND);
    free(path);
    captures_remove(directory);
}

static void test_form(void **state)
{
    (void)state;
    static const char *const forms[][2] = {
        {"file:/lake1/wh", "/lake1/wh"},
        {"file:///lake1/wh/", "/lake1/wh"},
        {"file://localhost/a", "/a"},
        {"/lake1//wh///db", "/lake1/wh/db"},
        {"s3a://b/x/", "s3://b/x"},
        {"s3n://b//x", "s3://b/x"},
        {"gs://b/x", "gs://b/x"},
        {"wh/db", "wh/db"},
        {"/", "/"},
        {"file:/", "/"},
        {"abfss://c@a.dfs.core/x", "abfss://c@a.dfs.core/x"},
        {"c:/x", "c:/x"},
        {"/a=b/p%20q", "/a=b/p%20q"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char *form = iceberg_place_form(forms[i][0]);
        assert_string_equal(form, forms[i][1]);
        free(form);
    }
    assert_true(iceberg_place_same("file:/lake1/wh", "file:///lake1/wh/"));
    assert_false(iceberg_place_same("/lake1/wh", "/lake1/wh2"));
}

static void test_prefixes(void **state)
{
    (void)state;
    struct iceberg_place p = {0};
    struct error err = {0};
    char *here = NULL;
    static const char *const places[][2] = {
        {"file:/lake1/wh/db/t", "/mnt/one/db/t"},
        {"file:///lake1/wh", "/mnt/one"},
        {"/lake1/wh2/t", "/lake/wh2/t"},
        {"s3a://bucket/wh/t", "/srv/wh/t"},
        {"/elsewhere/t", "/elsewhere/t"},
        {"/lake1/whx/t", "/lake/whx/t"},
        {"s3://bucket2/wh", NULL},
        {"gs://b/x", NULL},
    };
    assert_int_equal(iceberg_place_add(&p, "", "/x", &err), ERR_INVALID);
    assert_int_equal(iceberg_place_add(&p, "file:///lake1/wh/", "/mnt/old", &err), 0);
    assert_int_equal(iceberg_place_add(&p, "/lake1/wh", "/mnt/one/", &err), 0);
    assert_int_equal(iceberg_place_add(&p, "/lake1", "/lake", &err), 0);
    assert_int_equal(iceberg_place_add(&p, "s3://bucket", "/srv", &err), 0);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int rc = iceberg_place_here(&p, places[i][0], &here, &err);
        if (!places[i][1]) {
            assert_int_equal(rc, ERR_UNAVAILABLE);
            assert_non_null(strstr(err.text, places[i][0]));
            continue;
        }
        assert_int_equal(rc, 0);
        assert_string_equal(here, places[i][1]);
        free(here);
    }
    assert_int_equal(iceberg_place_here(&p, "", &here, &err), ERR_INVALID);
    iceberg_place_done(&p);
    assert_int_equal(iceberg_place_add(&p, "/", "/copy", &err), 0);
    assert_int_equal(iceberg_place_here(&p, "file:/x", &here, &err), 0);
    assert_string_equal(here, "/copy/x");
    free(here);
    iceberg_place_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures),  cmocka_unit_test(test_behind), cmocka_unit_test(test_listed),
        cmocka_unit_test(test_warehouse), cmocka_unit_test(test_file),   cmocka_unit_test(test_form),
        cmocka_unit_test(test_prefixes),
    };
    return cmocka_run_group_tests_name("iceberg/locate", tests, NULL, NULL);
}
