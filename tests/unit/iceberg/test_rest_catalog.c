/* REST catalogs: listings in pages and in depth, tokens, tables that are asked for again and again at little cost, and
 * servers that are wrong in every way. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "iceberg/file.h"
#include "iceberg/rest_catalog.h"
#include "iceberg/rest_page.h"
#include "tests/unit/iceberg/captures.h"
#include "tests/unit/iceberg/catalog.h"
#include "tests/unit/iceberg/lake.h"

#define METADATA(uuid, more) "{\"format-version\":2,\"table-uuid\":\"" uuid "\",\"location\":\"s3://b/x\"" more "}"
#define SNAPSHOTS(id)                                                                                                  \
    ",\"current-snapshot-id\":" id ",\"snapshots\":[{\"snapshot-id\":" id                                              \
    ",\"timestamp-ms\":1000,\"summary\":{\"operation\":\"append\",\"total-records\":\"7\"}}]"
#define ANSWER(status, type, body) "HTTP/1.1 " status "\r\nContent-Type: " type "\r\n\r\n" body

static const struct catalog_table tables[] = {
    {"a", "t1", "s3://b/a/t1/metadata/00001-x.metadata.json", METADATA("one", SNAPSHOTS("1"))},
    {"a.b", "t2", "s3://b/a/b/t2/metadata/00001-x.metadata.json", METADATA("two", "")},
    {"a.b.c d", "t/3", "s3://b/t3/metadata/00001-x.metadata.json", METADATA("three", "")},
    {"e", NULL, NULL, NULL},
    {"f", "t4", NULL, METADATA("four", SNAPSHOTS("4"))},
    {"f", "t5", "s3://b/f/t5/metadata/00001-x.metadata.json", METADATA("five", "")},
    {NULL, NULL, NULL, NULL},
};

static struct iceberg_source_settings rest(const char *uri)
{
    return (struct iceberg_source_settings){.name = "r", .type = ICEBERG_SOURCE_REST, .uri = uri};
}

static void assert_all(struct lake *l)
{
    static const char *const names[] = {"a.t1", "a.b.t2", "a.b.c d.t/3", "f.t4", "f.t5"};
    static const char *const uuids[] = {"one", "two", "three", "four", "five"};
    assert_string_equal(lake_said(l, "error"), "");
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_int_equal(lake_rows(l, "iceberg_tables"), 5);
    for (size_t i = 0; i < 5; i++)
        assert_text_cell(lake_table(l, "r", names[i]), ICEBERG_TABLES_UUID, uuids[i]);
}

/* ---- what there is ---- */

static void test_listing(void **state)
{
    static const struct {
        struct catalog_settings settings;
        const char *request; /* that is to be among them */
    } servers[] = {
        {{.tables = tables}, "GET /cat/v1/namespaces/a%1Fb%1Fc%20d/tables/t%2F3?snapshots=all HTTP"},
        {{.tables = tables, .page = 1}, "GET /cat/v1/namespaces/f/tables?pageSize=500&pageToken=1 HTTP"},
        {{.tables = tables, .prefix = "ws/1", .separator = "%2E"}, "GET /cat/v1/ws/1/namespaces/a%2Eb/tables?pageSize"},
        {{.tables = tables, .page = 2, .no_pages = true}, "GET /cat/v1/namespaces?parent=a HTTP"},
        {{.tables = tables, .secret = "s", .prefix = "p"}, "Authorization: Bearer t-1"},
    };
    struct lake *l = *state;
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        struct catalog *c = catalog_start(&servers[i].settings);
        char *uri = catalog_url(c, "/"); /* a slash at its end does not count */
        struct iceberg_source_settings settings = rest(uri);
        settings.client_secret = servers[i].settings.secret;
        lake_add(l, settings);
        lake_round(l);
        assert_all(l);
        assert_true(catalog_count(c, servers[i].request) > 0);
        scheduler_remove(l->scheduler, l->src);
        catalog_stop(c);
        free(uri);
    }
}

static void test_flat(void **state)
{
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables, .flat = true};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    lake_add(l, rest(uri));
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_int_equal(lake_rows(l, "iceberg_tables"), 3); /* those that are in the namespaces it lists */
    catalog_stop(c);
    free(uri);
}

static void test_rows(void **state)
{
    struct lake *l = *state;
    char *path = captures_path("healthy-1.9.2/wh/db/orders/metadata/v8.metadata.json");
    struct str text = {0};
    assert_int_equal(iceberg_file_read(path, 1000000, &text, NULL, NULL), 0);
    const struct catalog_table orders[] = {{"db", "orders", "file:/lake2/v8.metadata.json", text.s}, {0}};
    const struct catalog_settings settings = {.tables = orders};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    lake_add(l, rest(uri));
    lake_round(l);
    const struct row *r = lake_table(l, "r", "db.orders");
    assert_int_cell(r, ICEBERG_TABLES_ROWS, 2427);
    assert_int_cell(r, ICEBERG_TABLES_FILES, 14);
    assert_int_cell(r, ICEBERG_TABLES_SNAPSHOTS, 7);
    assert_text_cell(r, ICEBERG_TABLES_HOW, "catalog");
    assert_text_cell(r, ICEBERG_TABLES_METADATA, "file:/lake2/v8.metadata.json");
    assert_int_equal(row_get(r, ICEBERG_TABLES_METADATA_BYTES).quality, QUALITY_EST);
    assert_int_equal(lake_rows(l, "snapshots"), 7);
    catalog_stop(c);
    str_done(&text);
    free(path);
    free(uri);
}

/* ---- again and again ---- */

/* Nothing has changed: nothing is written, whether the server has ETags, says where metadata lies, or neither. */
static void test_unchanged(void **state)
{
    struct lake *l = *state;
    for (int etags = 0; etags < 2; etags++) {
        const struct catalog_settings settings = {.tables = tables, .etags = etags};
        struct catalog *c = catalog_start(&settings);
        char *uri = catalog_url(c, "");
        lake_add(l, rest(uri));
        lake_round(l);
        assert_all(l);
        const uint64_t seq[] = {table_seq(store_find(l->store, "iceberg_tables")),
                                table_seq(store_find(l->store, "snapshots"))};
        catalog_forget(c);
        lake_round(l);
        assert_all(l);
        assert_int_equal(table_seq(store_find(l->store, "iceberg_tables")), seq[0]);
        assert_int_equal(table_seq(store_find(l->store, "snapshots")), seq[1]);
        assert_int_equal(catalog_count(c, "If-None-Match: W/\""), etags ? 5 : 0);
        assert_int_equal(catalog_count(c, "snapshots=all"), 5);
        assert_int_equal(catalog_count(c, "/v1/config"), 0);
        scheduler_remove(l->scheduler, l->src);
        catalog_stop(c);
        free(uri);
    }
}

static void test_life(void **state)
{
    struct lake *l = *state;
    struct catalog_table mine[] = {
        {"a", "t1", "s3://b/1.metadata.json", METADATA("one", SNAPSHOTS("1"))},
        {"a", "t2", "s3://b/2.metadata.json", METADATA("two", "")},
        {0},
        {0},
    };
    const struct catalog_settings settings = {.tables = mine, .etags = true};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    lake_add(l, rest(uri));
    lake_round(l);
    assert_int_equal(lake_events(l), 0);
    catalog_lock(c);
    mine[0].location = "s3://b/1b.metadata.json";
    mine[0].metadata = METADATA("one", SNAPSHOTS("12"));
    mine[1] = (struct catalog_table){"a", "t3", NULL, METADATA("three", "")};
    catalog_unlock(c);
    lake_round(l);
    assert_text_cell(lake_table(l, "r", "a.t1"), ICEBERG_TABLES_METADATA, "s3://b/1b.metadata.json");
    assert_int_cell(lake_table(l, "r", "a.t1"), ICEBERG_TABLES_SNAPSHOT_ID, 12);
    assert_null(lake_snapshot(l, "r", "a.t1", 1));
    assert_null(lake_table(l, "r", "a.t2"));
    assert_string_equal(lake_event(l, "table a.t2"), "is no longer in catalog r");
    assert_string_equal(lake_event(l, "table a.t3"), "appeared in catalog r");
    assert_string_equal(lake_said(l, "state"), "ok");
    static const char *const marks[] = {"summary:total-records", NULL};
    iceberg_source_marks(l->source, marks); /* what has not changed is read again for them, once */
    lake_round(l);
    assert_text_cell(lake_table(l, "r", "a.t1"), ICEBERG_TABLES_MARKS, "summary:total-records=7");
    catalog_forget(c);
    lake_round(l);
    assert_int_equal(catalog_count(c, "If-None-Match"), 2);
    catalog_stop(c);
    free(uri);
}

static void test_wanted(void **state)
{
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    lake_add(l, rest(uri));
    const char *const wanted[] = {"a.b.t2", "a.none"};
    iceberg_source_tables(l->source, wanted, 2);
    lake_round(l);
    assert_int_equal(lake_rows(l, "iceberg_tables"), 2);
    assert_text_cell(lake_table(l, "r", "a.b.t2"), ICEBERG_TABLES_UUID, "two");
    assert_non_null(strstr(row_text(lake_table(l, "r", "a.none"), "note"),
                           "404 Not Found: NoSuchTableException: Table does not exist"));
    assert_string_equal(lake_said(l, "state"), "partial");
    assert_int_equal(catalog_count(c, "/tables?"), 0); /* nothing is listed */
    iceberg_source_tables(l->source, NULL, 0);
    lake_round(l);
    assert_all(l);
    catalog_stop(c);
    free(uri);
}

/* ---- tokens ---- */

static void test_token(void **state)
{
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables, .secret = "hush", .token_s = 3600};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    struct iceberg_source_settings mine = rest(uri);
    mine.client_id = "i&d";
    mine.client_secret = "hush";
    lake_add(l, mine);
    lake_round(l);
    lake_round(l);
    assert_all(l);
    assert_int_equal(catalog_count(c, "POST "), 1);
    assert_int_equal(catalog_count(c, "grant_type=client_credentials&client_id=i%26d&client_secret=hush&scope=catalog"),
                     1);
    catalog_revoke(c);
    lake_round(l);
    assert_all(l);
    assert_true(catalog_count(c, "POST ") == 2); /* one new one for all who were refused */
    assert_int_equal(lake_events(l), 0);
    catalog_stop(c);
    free(uri);
}

static void test_token_refused(void **state)
{
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables, .secret = "right"};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    struct iceberg_source_settings mine = rest(uri);
    mine.client_secret = "wr0ng";
    lake_add(l, mine);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_non_null(
        strstr(lake_said(l, "error"), "/cat/v1/oauth/tokens: 401 Unauthorized: invalid_client: who are you"));
    assert_null(strstr(lake_said(l, "error"), "wr0ng"));
    scheduler_remove(l->scheduler, l->src);
    mine.client_secret = NULL;
    lake_add(l, mine);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_non_null(strstr(lake_said(l, "error"), "401 Unauthorized: NotAuthorizedException: token has gone"));
    catalog_stop(c);
    free(uri);
}

/* A client apart from the source, whose clock is held. */
struct client {
    struct event_base *base;
    int64_t wall_ms;
    int answers, errors;
    struct error err;
};

static int64_t held_wall(void *arg)
{
    return ((struct client *)arg)->wall_ms;
}

static void loaded(void *arg, const struct net_http_answer *answer, const struct error *err)
{
    struct client *k = arg;
    k->answers += answer && answer->status == 200;
    k->errors += err != NULL;
    if (err)
        k->err = *err;
    event_base_loopbreak(k->base);
}

static void load(struct client *k, struct iceberg_rest *r)
{
    char *path = iceberg_rest_path("a.t1");
    iceberg_rest_load(r, path, NULL, loaded, k);
    event_base_dispatch(k->base);
    free(path);
}

static void test_token_grows_old(void **state)
{
    (void)state;
    struct client k = {.base = event_base_new(), .wall_ms = 1000000};
    const struct clock clock = {.wall_ms = held_wall, .mono_us = held_wall, .arg = &k};
    const struct catalog_settings settings = {.tables = tables, .secret = "s", .token_s = 100};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    struct net_http *http = net_http_new(k.base);
    const struct iceberg_rest_settings mine = {.uri = uri, .client_secret = "s", .clock = &clock};
    struct iceberg_rest *r = iceberg_rest_new(k.base, http, &mine);
    load(&k, r);
    k.wall_ms += 74000;
    load(&k, r);
    assert_int_equal(catalog_count(c, "POST "), 1);
    k.wall_ms += 2000; /* three quarters of its life are over */
    load(&k, r);
    assert_int_equal(catalog_count(c, "POST "), 2);
    assert_int_equal(k.answers, 3);
    assert_int_equal(k.errors, 0);
    iceberg_rest_free(r);
    net_http_free(http);
    catalog_stop(c);
    event_base_free(k.base);
    free(uri);
}

/* Freed while a listing, loads and a token are under way: nothing is called, nothing leaks. */
static void listed(void *arg, struct iceberg_rest_list *list, const struct error *err)
{
    (void)arg, (void)list, (void)err;
    fail();
}

static void test_freed(void **state)
{
    (void)state;
    struct client k = {.base = event_base_new()};
    const struct clock clock = {.wall_ms = held_wall, .mono_us = held_wall, .arg = &k};
    const struct catalog_settings settings = {.tables = tables, .page = 1};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, ""), *path = iceberg_rest_path("a.t1");
    struct net_http *http = net_http_new(k.base);
    const struct iceberg_rest_settings mine = {.uri = uri, .clock = &clock};
    for (size_t requests = 0; requests < 6; requests++) {
        struct iceberg_rest *r = iceberg_rest_new(k.base, http, &mine);
        catalog_forget(c);
        iceberg_rest_list(r, listed, NULL);
        for (int i = 0; i < 3 && requests; i++)
            iceberg_rest_load(r, path, NULL, loaded, &k);
        while (catalog_count(c, "GET") < requests)
            event_base_loop(k.base, EVLOOP_NONBLOCK);
        if (requests % 2)
            iceberg_rest_list_cancel(r);
        iceberg_rest_free(r);
    }
    net_http_free(http);
    catalog_stop(c);
    event_base_free(k.base);
    free(uri);
    free(path);
}

/* ---- what is wrong ---- */

/* Of the server as a whole, from its first round on. */
static void test_bad_server(void **state)
{
    static const struct {
        const char *path, *bytes, *said;
    } bad[] = {
        {"/config",
         ANSWER("500 x", "application/json", "{\"error\":{\"message\":\"it\\u001b[31m burns\\nat\",\"type\":\"E\"}}"),
         "500 Internal Server Error: E: it"},
        {"/config", ANSWER("200 x", "text/html", "<html>"),
         "configuration of the catalog: the answer is no JSON object"},
        {"/config", ANSWER("200 x", "application/json", "{\"overrides\":"), "the answer is no JSON object"},
        {"/config", ANSWER("404 x", "text/plain", "no"), "/v1/config: 404 Not Found"},
        {"/config", "nonsense\r\n\r\n", "configuration of the catalog: http://127.0.0.1:"},
        {"/namespaces?page", ANSWER("200 x", "application/json", "[]"),
         "namespaces below the root: the answer is no JSON object"},
        {"/namespaces?page", ANSWER("200 x", "application/json", "{\"a\":1}"), "the answer has no list of namespaces"},
        {"/namespaces?page", ANSWER("403 x", "application/json", "{}"), "403 Forbidden"},
        {"/namespaces?page", ANSWER("200 x", "application/json", "{\"namespaces\":[],\"next-page-token\":\"same\"}"),
         "the next page is the same one again"},
        {"/namespaces?page", ANSWER("503 x", "application/json", "{}"), "503 Service Unavailable"},
    };
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        catalog_override(c, bad[i].path, bad[i].bytes);
        lake_add(l, rest(uri));
        lake_round(l);
        if (!strstr(lake_said(l, "error"), bad[i].said) || strchr(lake_said(l, "error"), '\x1b'))
            fail_msg("%zu: %s", i, lake_said(l, "error"));
        assert_string_equal(lake_said(l, "state"), "failed");
        catalog_override(c, NULL, NULL); /* and it comes back */
        lake_round(l);
        assert_all(l);
        scheduler_remove(l->scheduler, l->src);
    }
    catalog_stop(c);
    free(uri);
}

/* Of one table or namespace: the others go on. */
static void test_bad_table(void **state)
{
    static const struct {
        const char *path, *bytes, *note;
    } bad[] = {
        {"/tables/t1?", ANSWER("500 x", "application/json", "{\"error\":{\"message\":\"broken\",\"type\":\"E\"}}"),
         "500 Internal Server Error: E: broken"},
        {"/tables/t1?", ANSWER("200 x", "application/json", "{\"metadata\":{\"format-ver"), "byte"},
        {"/tables/t1?", ANSWER("200 x", "application/json", "{\"metadata\":null}"), "the answer holds no metadata"},
        {"/tables/t1?", ANSWER("200 x", "application/json", "{\"metadata\":[]}"), "t1"},
        {"/tables/t1?", ANSWER("200 x", "text/html", "<html>"), "t1"},
        {"/tables/t1?", ANSWER("200 x", "application/json", ""), "t1"},
        {"/tables/t1?", ANSWER("204 x", "application/json", ""), "status 204"},
        {"/tables/t1?", ANSWER("503 x", "application/json", "{}"), "503 Service Unavailable"},
        {"/tables/t1?", "HTTP/1.1 200 x\r\nContent-Length: 200\r\n\r\n{", "/tables/t1: "},
    };
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        catalog_override(c, bad[i].path, bad[i].bytes);
        lake_add(l, rest(uri));
        lake_round(l);
        const char *note = row_text(lake_table(l, "r", "a.t1"), "note");
        if (!strstr(note, bad[i].note))
            fail_msg("%zu: %s", i, note);
        assert_string_equal(lake_said(l, "state"), "partial");
        assert_non_null(strstr(lake_said(l, "error"), "1 of 5 tables cannot be read; a.t1: "));
        assert_text_cell(lake_table(l, "r", "f.t4"), ICEBERG_TABLES_UUID, "four");
        scheduler_remove(l->scheduler, l->src);
    }
    catalog_override(c, "/namespaces/f/tables?", ANSWER("403 x", "application/json", "{}"));
    lake_add(l, rest(uri));
    lake_round(l);
    assert_int_equal(lake_rows(l, "iceberg_tables"), 3);
    assert_non_null(strstr(lake_said(l, "error"), "1 namespaces could not be read: http://127.0.0.1:"));
    assert_non_null(strstr(lake_said(l, "error"), "403 Forbidden"));
    catalog_stop(c);
    free(uri);
}

static void test_away(void **state)
{
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    lake_add(l, rest(uri));
    lake_round(l);
    catalog_stop(c);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_int_equal(lake_rows(l, "iceberg_tables"), 5); /* the last rows stay, and no table is said to be bad */
    assert_text_cell(lake_table(l, "r", "a.t1"), ICEBERG_TABLES_NOTE, NULL);
    assert_int_equal(lake_events(l), 1);
    free(uri);
}

/* The same where nothing is listed: that nobody answers is not said of each table. */
static void test_wanted_away(void **state)
{
    struct lake *l = *state;
    const struct catalog_settings settings = {.tables = tables};
    struct catalog *c = catalog_start(&settings);
    char *uri = catalog_url(c, "");
    const char *const wanted[] = {"a.t1", "f.t4"};
    lake_add(l, rest(uri));
    iceberg_source_tables(l->source, wanted, 2);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "ok");
    catalog_stop(c);
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    for (size_t i = 0; i < 2; i++)
        assert_text_cell(lake_table(l, "r", wanted[i]), ICEBERG_TABLES_NOTE, NULL);
    assert_string_equal(lake_event(l, "table a.t1"), "");
    free(uri);
}

/* ---- answers apart ---- */

static void test_config(void **state)
{
    (void)state;
    static const struct {
        const char *body, *prefix, *separator;
    } good[] = {
        {"{}", NULL, "%1F"},
        {"{\"defaults\":{\"prefix\":\"d\"},\"overrides\":{}}", "d", "%1F"},
        {"{\"defaults\":{\"prefix\":\"d\"},\"overrides\":{\"prefix\":\"/w s/x?y/\"}}", "w%20s/x%3Fy", "%1F"},
        {"{\"overrides\":{\"prefix\":\"\",\"namespace-separator\":\".\"}}", NULL, "."},
        {"{\"overrides\":{\"prefix\":7,\"namespace-separator\":\"/../\"}}", NULL, "%1F"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct iceberg_rest_config config = {0};
        assert_int_equal(iceberg_rest_page_config(good[i].body, strlen(good[i].body), &config, NULL), 0);
        assert_string_equal(config.separator, good[i].separator);
        if (good[i].prefix)
            assert_string_equal(config.prefix, good[i].prefix);
        else
            assert_null(config.prefix);
        iceberg_rest_config_done(&config);
    }
}

static void test_pages(void **state)
{
    (void)state;
    static const char body[] = "{\"identifiers\":[{\"namespace\":[\"a\",\"b\"],\"name\":\"t\"},{\"namespace\":[],"
                               "\"name\":\"t\"},{\"namespace\":[\"a\"],\"name\":\"\"},{\"namespace\":[\"a\",7],"
                               "\"name\":\"t\"},8],\"next-page-token\":null}";
    struct iceberg_rest_page p = {0};
    assert_int_equal(iceberg_rest_page_tables(body, strlen(body), &p, NULL), 0);
    assert_int_equal(p.n, 1);
    assert_int_equal(p.skipped, 4);
    assert_null(p.next);
    assert_string_equal(p.names[0].levels[1], "b");
    assert_string_equal(p.names[0].name, "t");
    iceberg_rest_page_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_listing, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_flat, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_rows, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_unchanged, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_life, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_wanted, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_token, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_token_refused, lake_setup, lake_teardown),
        cmocka_unit_test(test_token_grows_old),
        cmocka_unit_test(test_freed),
        cmocka_unit_test_setup_teardown(test_bad_server, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_bad_table, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_away, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_wanted_away, lake_setup, lake_teardown),
        cmocka_unit_test(test_config),
        cmocka_unit_test(test_pages),
    };
    return cmocka_run_group_tests_name("iceberg/rest_catalog", tests, NULL, NULL);
}
