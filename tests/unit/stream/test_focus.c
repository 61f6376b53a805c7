/* What readers say they have on their screens: read with care, kept by table. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "stream/decode.h"
#include "stream/encode.h"
#include "stream/focus.h"

#include <string.h>

static const struct column columns[] = {
    {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY, .help = "The group."},
    {.name = "partition", .type = COLUMN_INT, .flags = COLUMN_KEY},
    {.name = "lag", .type = COLUMN_INT},
};
static const struct table_def def = {.name = "lags",
                                     .title = "lags",
                                     .help = "One row for each.",
                                     .group = {.name = "kafka", .columns = columns, .ncolumns = 3}};

struct world {
    struct store *store;
    struct table *t;
    struct stream_focus focus;
    char seen[200];
};

static int setup(void **state)
{
    static struct world w;
    memset(&w, 0, sizeof w);
    w.store = store_new(&clock_system);
    store_add(w.store, &def, NULL, &w.t, NULL);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    stream_focus_done(&w->focus);
    store_free(w->store);
    return 0;
}

static int set(struct world *w, const char *json, struct error *err)
{
    json_t *keys = json_loads(json, 0, NULL);
    assert_non_null(keys);
    int rc = stream_focus_set(&w->focus, w->t, keys, store_names(w->store), err);
    json_decref(keys);
    return rc;
}

static void see(void *arg, const struct value *key)
{
    struct world *w = arg;
    size_t len = strlen(w->seen);
    snprintf(w->seen + len, sizeof w->seen - len, "%s/%lld ", key[0].s->raw, (long long)key[1].i);
}

static const char *seen(struct world *w, const char *table)
{
    w->seen[0] = '\0';
    stream_focus_each(&w->focus, table, see, w);
    return w->seen;
}

static void the_last_word_holds(void **state)
{
    struct world *w = *state;
    struct error err;
    assert_string_equal(seen(w, "lags"), "");
    assert_int_equal(set(w, "[[\"pay\",1],[\"bill\",0]]", &err), 0);
    assert_string_equal(seen(w, "lags"), "pay/1 bill/0 ");
    assert_string_equal(seen(w, "other"), "");
    assert_int_equal(set(w, "[[\"pay\",2]]", &err), 0);
    assert_string_equal(seen(w, "lags"), "pay/2 ");
    assert_int_equal(set(w, "[]", &err), 0);
    assert_string_equal(seen(w, "lags"), "");
}

static void nonsense_changes_nothing(void **state)
{
    static const char *const wrong[] = {
        "[1]", "[[\"pay\"]]", "[[\"pay\",1,2]]", "[[\"pay\",\"x\"]]", "[[\"pay\",1],[7,1]]", "[{}]"};
    struct world *w = *state;
    struct error err;
    assert_int_equal(set(w, "[[\"pay\",1]]", &err), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(set(w, wrong[i], &err), ERR_INVALID);
        assert_string_equal(seen(w, "lags"), "pay/1 ");
    }
    json_t *many = json_array();
    for (int i = 0; i <= STREAM_FOCUS_KEYS; i++)
        json_array_append_new(many, json_pack("[si]", "pay", i));
    assert_int_equal(stream_focus_set(&w->focus, w->t, many, store_names(w->store), &err), ERR_LIMIT);
    assert_string_equal(err.text, "focus: 501 keys, more than 500");
    json_decref(many);
    assert_string_equal(seen(w, "lags"), "pay/1 ");
}

static void what_is_written_is_read(void **state)
{
    struct world *w = *state;
    struct str line = {0};
    struct error err;
    struct stream_request request;
    const char *type;
    json_t *message;
    struct value keys[] = {{.s = name_intern(store_names(w->store), "pay", 3), .quality = QUALITY_EXACT},
                           value_int(3),
                           {.s = name_intern(store_names(w->store), "\xff", 1), .quality = QUALITY_EXACT},
                           value_int(4)};
    stream_encode_focus(&line, w->t, keys, 2);
    assert_int_equal(stream_decode_line(line.s, line.len, &message, &type, &err), 0);
    assert_int_equal(stream_decode_request(message, type, &request, &err), 0);
    assert_int_equal(request.kind, STREAM_REQUEST_FOCUS);
    assert_int_equal(stream_focus_set(&w->focus, w->t, request.key, store_names(w->store), &err), 0);
    assert_string_equal(seen(w, "lags"), "pay/3 \xff/4 ");
    stream_decode_request_done(&request);
    json_decref(message);
    str_done(&line);
    name_unref(keys[0].s);
    name_unref(keys[2].s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_last_word_holds),
        TEST(nonsense_changes_nothing),
        TEST(what_is_written_is_read),
    };
    return cmocka_run_group_tests_name("stream/focus", tests, NULL, NULL);
}
