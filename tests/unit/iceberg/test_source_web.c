/* The Iceberg source on what lies behind http: a metadata file, a directory with its hint, and the files that an
 * SQL catalog points to. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "tests/unit/iceberg/captures.h"
#include "tests/unit/iceberg/lake.h"
#include "tests/unit/net/web.h"

#include <sqlite3.h>
#include <zlib.h>

#define HEAD(status, more) "HTTP/1.1 " status "\r\nConnection: close\r\n" more "\r\n"
#define METADATA(uuid)     "{\"format-version\":2,\"table-uuid\":\"" uuid "\",\"location\":\"/x\"}"
#define FILE_OF(uuid)      HEAD("200 OK", "ETag: \"" uuid "\"\r\n") METADATA(uuid)
#define HINT(text)         HEAD("200 OK", "") text

static const struct web_page missing = {.bytes = HEAD("404 Not Found", "Content-Length: 0\r\n")};

static void add(struct lake *l, const char *uri)
{
    lake_add(l, (struct iceberg_source_settings){.name = "web",
                                                 .type = ICEBERG_SOURCE_TABLE,
                                                 .uri = uri,
                                                 .login.auth = {.user = "me", .password = "pass"}});
}

static void assert_table(struct lake *l, const char *name, const char *uuid, const char *how)
{
    assert_string_equal(lake_said(l, "error"), "");
    assert_string_equal(lake_said(l, "state"), "ok");
    assert_text_cell(lake_table(l, "web", name), ICEBERG_TABLES_UUID, uuid);
    assert_text_cell(lake_table(l, "web", name), ICEBERG_TABLES_HOW, how);
}

/* True if the n-th request holds the text. */
static bool request_has(struct web *w, size_t n, const char *text)
{
    char *request = web_request(w, n);
    bool has = request && strstr(request, text);
    free(request);
    return has;
}

static void test_file(void **state)
{
    struct lake *l = *state;
    struct web_page pages[] = {
        {.path = "/wh/db/orders/metadata/v3.metadata.json", .bytes = FILE_OF("one")}, missing, {0}};
    struct web *w = web_start(pages);
    char *uri = web_url(w, "/wh/db/orders/metadata/v3.metadata.json");
    add(l, uri);
    lake_round(l);
    assert_table(l, "db.orders", "one", "given");
    assert_text_cell(lake_table(l, "web", "db.orders"), ICEBERG_TABLES_METADATA, uri);
    assert_true(request_has(w, 0, "Authorization: Basic bWU6cGFzcw=="));
    assert_false(request_has(w, 0, "If-None-Match"));
    pages[0].bytes = HEAD("304 Not Modified", "");
    lake_round(l);
    assert_table(l, "db.orders", "one", "given");
    assert_true(request_has(w, 1, "If-None-Match: \"one\""));
    pages[0].bytes = HEAD("500 x", "Content-Length: 0\r\n");
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_non_null(strstr(lake_said(l, "error"), "v3.metadata.json: 500 Internal Server Error"));
    pages[0].bytes = FILE_OF("two");
    lake_round(l);
    assert_table(l, "db.orders", "two", "given");
    assert_false(request_has(w, 3, "If-None-Match")); /* what was said after it was a failure */
    web_stop(w);
    free(uri);
}

static void test_directory(void **state)
{
    struct lake *l = *state;
    struct web_page pages[] = {{.path = "/wh/orders/metadata/version-hint.text", .bytes = HINT("3\n")},
                               {.path = "/wh/orders/metadata/v3.gz.metadata.json", .bytes = FILE_OF("three")},
                               {.path = "/none", .bytes = FILE_OF("four")},
                               missing,
                               {0}};
    struct web *w = web_start(pages);
    char *uri = web_url(w, "/wh/orders/");
    add(l, uri);
    lake_round(l);
    assert_table(l, "wh.orders", "three", "hint");
    size_t asked = web_count(w);
    pages[1].bytes = HEAD("304 Not Modified", "");
    lake_round(l);
    assert_table(l, "wh.orders", "three", "hint");
    assert_int_equal(web_count(w) - asked, 5); /* the hint, three endings of the next version, and the file */
    pages[2].path = "/wh/orders/metadata/v4.metadata.json"; /* which the hint does not know of yet */
    lake_round(l);
    assert_table(l, "wh.orders", "four", "hint");
    pages[0].bytes = HINT("4");
    lake_round(l);
    assert_table(l, "wh.orders", "four", "hint");
    pages[0].bytes = HINT("snapshot-9"); /* a name */
    pages[2] = (struct web_page){.path = "/wh/orders/metadata/snapshot-9.metadata.json", .bytes = FILE_OF("nine")};
    lake_round(l);
    assert_table(l, "wh.orders", "nine", "hint");
    pages[0].bytes = HINT("77");
    lake_round(l);
    assert_string_equal(lake_said(l, "state"), "failed");
    assert_non_null(strstr(lake_said(l, "error"), "its version hint names version 77, of which there is no file"));
    static const char *const hints[] = {HINT(""), HINT("../../x"), HINT("<html>/</html>"), HEAD("404 Not Found", ""),
                                        HEAD("204 x", "")};
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        pages[0].bytes = hints[i];
        lake_round(l);
        assert_string_equal(lake_said(l, "state"), "failed");
        assert_non_null(strstr(lake_said(l, "error"), "version-hint.text: "));
    }
    assert_text_cell(lake_table(l, "web", "wh.orders"), ICEBERG_TABLES_UUID, "nine"); /* the last rows stay */
    web_stop(w);
    free(uri);
}

/* A catalog's pointers to web servers: credentials go where a prefix says, and nowhere else. */
static void test_pointers(void **state)
{
    struct lake *l = *state;
    const struct web_page pages[] = {{.path = "/b/t1.metadata.json", .bytes = FILE_OF("one")}, missing, {0}};
    const struct web_page others[] = {{.path = "/t2.metadata.json", .bytes = FILE_OF("two")}, missing, {0}};
    struct web *ours = web_start(pages), *theirs = web_start(others);
    char *path = lake_path(l, "cat.db"), *base = web_url(ours, "/b"), *other = web_url(theirs, "");
    char *sql = mem_printf("CREATE TABLE iceberg_tables(catalog_name, table_namespace, table_name, metadata_location,"
                           " previous_metadata_location); INSERT INTO iceberg_tables VALUES"
                           "('x','a','t1','s3a://bucket/wh/t1.metadata.json',NULL),"
                           "('x','a','t2','%s/t2.metadata.json',NULL),('x','a','t3','%s/t3.metadata.json',NULL)",
                           other, other);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    const struct iceberg_source_prefix prefix = {"s3://bucket/wh", base};
    lake_add(l, (struct iceberg_source_settings){.name = "web",
                                                 .type = ICEBERG_SOURCE_SQL,
                                                 .uri = path,
                                                 .prefixes = &prefix,
                                                 .n_prefixes = 1,
                                                 .login.auth = {.bearer = "t0ken"}});
    lake_round(l);
    assert_text_cell(lake_table(l, "web", "a.t1"), ICEBERG_TABLES_UUID, "one");
    assert_text_cell(lake_table(l, "web", "a.t1"), ICEBERG_TABLES_METADATA, "s3a://bucket/wh/t1.metadata.json");
    assert_text_cell(lake_table(l, "web", "a.t2"), ICEBERG_TABLES_UUID, "two");
    assert_non_null(strstr(row_text(lake_table(l, "web", "a.t3"), "note"), "404 Not Found"));
    assert_non_null(strstr(lake_said(l, "error"), "1 of 3 tables cannot be read; a.t3: "));
    assert_true(request_has(ours, 0, "Authorization: Bearer t0ken"));
    assert_int_equal(web_count(theirs), 2);
    for (size_t i = 0; i < 2; i++)
        assert_false(request_has(theirs, i, "Authorization"));
    lake_round(l); /* files do not change: only the missing one is asked for again */
    assert_int_equal(web_count(ours), 1);
    assert_int_equal(web_count(theirs), 3);
    web_stop(ours);
    web_stop(theirs);
    free(path);
    free(base);
    free(other);
    free(sql);
}

/* gzip of so many spaces, with metadata in front of them; *len of its bytes. */
static unsigned char *pack(size_t spaces, size_t *len)
{
    static const char text[] = METADATA("gz");
    unsigned char *in = mem_alloc(sizeof text + spaces), *out;
    memcpy(in, text, sizeof text - 1);
    memset(in + sizeof text - 1, ' ', spaces);
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, sizeof text + spaces);
    out = mem_alloc(room);
    z.next_in = in;
    z.avail_in = (unsigned)(sizeof text - 1 + spaces);
    z.next_out = out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    *len = z.total_out;
    deflateEnd(&z);
    free(in);
    return out;
}

/* Metadata that is gzip, and a bomb, on disk and behind http. */
static void test_gzip(void **state)
{
    struct lake *l = *state;
    size_t len, bomb_len;
    unsigned char *small = pack(10, &len), *bomb = pack(200000000, &bomb_len);
    assert_true(bomb_len < 1000000);
    captures_write(l->dir, "wh/db/small/metadata/v1.gz.metadata.json", small, len);
    captures_write(l->dir, "wh/db/bomb/metadata/v1.metadata.json", bomb, bomb_len);
    char *wh = lake_path(l, "wh");
    lake_add(l, (struct iceberg_source_settings){.name = "web", .type = ICEBERG_SOURCE_HADOOP, .uri = wh});
    lake_round(l);
    assert_text_cell(lake_table(l, "web", "db.small"), ICEBERG_TABLES_UUID, "gz");
    assert_non_null(strstr(row_text(lake_table(l, "web", "db.bomb"), "note"), "inflate to more than 67108864"));
    assert_non_null(strstr(lake_said(l, "error"), "1 of 2 tables cannot be read; db.bomb: "));
    scheduler_remove(l->scheduler, l->src);
    struct str page = {0};
    str_add(&page, HEAD("200 OK", ""));
    str_bytes(&page, bomb, bomb_len);
    const struct web_page pages[] = {{.bytes = page.s, .len = page.len}, {0}};
    struct web *w = web_start(pages);
    char *uri = web_url(w, "/wh/t/metadata/v1.metadata.json");
    add(l, uri);
    lake_round(l);
    assert_non_null(strstr(lake_said(l, "error"), "inflate to more than 67108864"));
    web_stop(w);
    str_done(&page);
    free(small);
    free(bomb);
    free(uri);
    free(wh);
}

static bool is_partial(struct lake *l, void *arg)
{
    (void)arg;
    return strcmp(lake_said(l, "state"), "failed") == 0;
}

/* A server that never ends its answer: the deadline passes, and the source goes while it waits. */
static void test_hangs(void **state)
{
    struct lake *l = *state;
    const struct web_page pages[] = {{.bytes = HEAD("200 OK", "Content-Length: 5\r\n") "1", .hang = 1}, {0}};
    struct web *w = web_start(pages);
    char *uri = web_url(w, "/wh/t");
    lake_add(l, (struct iceberg_source_settings){
                    .name = "web", .type = ICEBERG_SOURCE_TABLE, .uri = uri, .deadline_ms = 200});
    lake_until(l, is_partial, NULL);
    assert_true(strstr(lake_said(l, "error"), "no answer within 200 ms") ||
                strstr(lake_said(l, "error"), "no end of them within 200 ms"));
    scheduler_refresh(l->scheduler, NULL);
    scheduler_turn(l->scheduler);
    web_stop(w);
    free(uri);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_directory, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_pointers, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_gzip, lake_setup, lake_teardown),
        cmocka_unit_test_setup_teardown(test_hangs, lake_setup, lake_teardown),
    };
    return cmocka_run_group_tests_name("iceberg/source_web", tests, NULL, NULL);
}
