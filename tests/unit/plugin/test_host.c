/* A plugin's host: what a plugin writes, asks and says becomes messages, and what it does wrong becomes words. */
#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "plugin/host.h"
#include "plugin/host_rows.h"
#include "unit.h"
#include "tests/unit/net/web.h"

#include <event2/event.h>
#include <unistd.h>

/* ---- a plugin whose round is what a test says ---- */

static const struct icetop_column thing_columns[] = {
    {.name = "name", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "h"},
    {.name = "size", .type = ICETOP_INT, .help = "h"},
    {.name = "share", .type = ICETOP_REAL, .help = "h"},
    {.name = "seen", .type = ICETOP_TIME, .help = "h"},
    {.name = "good", .type = ICETOP_BOOL, .help = "h"},
    {.name = "words", .type = ICETOP_TEXT, .help = "h"},
};
static const struct icetop_column owner_columns[] = {
    {.name = "table", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "h"},
    {.name = "owner", .type = ICETOP_TEXT, .help = "h"},
    {.name = "paid", .type = ICETOP_INT, .help = "h"},
};
static const struct icetop_table tables[] = {
    {.name = "test_things", .title = "t", .help = "h", ICETOP_COLUMNS(thing_columns)},
    {.name = "test_kept", .title = "t", .help = "h", ICETOP_COLUMNS(thing_columns), .flags = ICETOP_TABLE_KEEPS},
};
static const struct icetop_group groups[] = {
    {.table = "iceberg_tables", .name = "test_owner", ICETOP_COLUMNS(owner_columns)},
};
static const struct icetop_option options[] = {
    {.name = "url", .help = "h"},
    {.name = "token", .secret = true, .help = "h"},
    {.name = "wait", .type = ICETOP_OPTION_DURATION, .preset = "90s", .help = "h"},
};
static const struct icetop_page pages[] = {
    {.id = "TEST-01", .severity = ICETOP_FINDING_CRITICAL, .title = "t", .seen = "s", .means = "m", .todo = "d"},
};

struct fixture {
    struct event_base *base;
    struct plugin_host *host;
    struct str said; /* since the last refresh */
    bool done;
    void (*round)(struct fixture *f, const struct icetop_host *h);
    void (*deadline)(struct fixture *f, const struct icetop_host *h);
    const struct icetop_host *face;
    VEC(char *) answers; /* "status error body" of each */
    unsigned closed, fired, again;
    int number, pipe[2];
};

static struct fixture *current; /* whom open belongs to */

static void *test_open(const struct icetop_host *host)
{
    current->face = host;
    return current;
}

static void test_round(void *self)
{
    struct fixture *f = self;
    f->round(f, f->face);
}

static void test_deadline(void *self)
{
    struct fixture *f = self;
    if (f->deadline)
        f->deadline(f, f->face);
}

static void test_close(void *self)
{
    ((struct fixture *)self)->closed++;
}

static const struct icetop_plugin plugin = {
    ICETOP_PLUGIN_BEGIN, .name = "test",          .version = "1",        .license = "MIT",
    .help = "h",         ICETOP_OPTIONS(options), ICETOP_TABLES(tables), ICETOP_GROUPS(groups),
    ICETOP_PAGES(pages), .open = test_open,       .round = test_round,   .deadline = test_deadline,
    .close = test_close,
};

/* ---- the harness ---- */

static void take(void *arg, const char *bytes, size_t len)
{
    struct fixture *f = arg;
    str_bytes(&f->said, bytes, len);
    f->done = f->done || strstr(str_text(&f->said), "\"t\":\"done\"");
}

static struct plugin_descriptor *descriptor;

static int start(struct fixture *f, const char *configure, struct error *err)
{
    json_t *message = json_loads(configure, 0, NULL);
    const struct plugin_host_settings settings = {
        .descriptor = descriptor, .configure = message, .clock = &clock_system, .write = take, .arg = f};
    assert_non_null(message);
    current = f;
    int rc = plugin_host_new(f->base, &settings, &f->host, err);
    json_decref(message);
    return rc;
}

static void begin_with(struct fixture *f, const char *configure)
{
    struct error err = {0};
    memset(f, 0, sizeof *f);
    f->base = loop_new();
    if (start(f, configure, &err))
        fail_msg("%s", err.text);
    str_clear(&f->said);
}

static void begin(struct fixture *f)
{
    begin_with(f, "{\"instance\": \"one\", \"deadline_ms\": 60000}");
}

static void end(struct fixture *f)
{
    plugin_host_free(f->host);
    assert_int_equal(f->closed, f->host ? 1 : 0);
    event_base_free(f->base);
    str_done(&f->said);
    for (size_t i = 0; i < f->answers.n; i++)
        free(f->answers.items[i]);
    vec_done(&f->answers);
}

/* One round of this, to its end; what was said in it. */
static const char *run(struct fixture *f, void (*round)(struct fixture *f, const struct icetop_host *h))
{
    int64_t until = clock_mono_us(&clock_system) + 60 * INT64_C(1000000);
    str_clear(&f->said);
    f->done = false;
    f->round = round;
    plugin_host_refresh(f->host);
    while (!f->done && clock_mono_us(&clock_system) < until) {
        const struct timeval soon = {.tv_usec = 20000};
        event_base_loopexit(f->base, &soon);
        event_base_loop(f->base, EVLOOP_ONCE);
    }
    assert_true(f->done);
    return str_text(&f->said);
}

static void says(const char *said, const char *words)
{
    if (!said || !strstr(said, words))
        fail_msg("\"%s\" is not in %s", words, said ? said : "nothing");
}

static void says_not(const char *said, const char *words)
{
    if (said && strstr(said, words))
        fail_msg("\"%s\" is in %s", words, said);
}

/* ---- rows ---- */

static void put(const struct icetop_host *h, size_t table, const char *name, int64_t size)
{
    h->row_begin(h, table);
    h->set_text(h, 0, name);
    h->set_int(h, 1, size, ICETOP_EXACT);
    assert_true(h->row_end(h));
}

static void two_rows(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    put(h, 0, "a", 1);
    put(h, 0, "b", 2);
    put(h, 1, "k", 3);
    h->done(h, ICETOP_OK, NULL);
}

static void one_row(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    put(h, 0, "b", 5);
    h->done(h, ICETOP_OK, NULL);
}

static void no_row_partly(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    h->done(h, ICETOP_PARTIAL, "%s of %d", "none", 2);
}

static void only_changes_go_out(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    const char *said = run(&f, two_rows);
    says(said, "{\"t\":\"rows\",\"table\":\"test_things\",\"reset\":true,\"columns\":[0,1,2,3,4,5,6],"
               "\"new\":[[1,1,\"one\",\"a\",1],[2,1,\"one\",\"b\",2]]}\n");
    says(said, "\"table\":\"test_kept\"");
    says(said, "{\"t\":\"done\",\"outcome\":\"ok\"}\n");
    assert_string_equal(run(&f, two_rows), "{\"t\":\"done\",\"outcome\":\"ok\"}\n");
    assert_string_equal(run(&f, no_row_partly), "{\"t\":\"done\",\"outcome\":\"partial\",\"text\":\"none of 2\"}\n");
    assert_string_equal(run(&f, one_row), "{\"t\":\"rows\",\"table\":\"test_things\",\"gone\":[1],\"set\":[[2,2,5]]}\n"
                                          "{\"t\":\"done\",\"outcome\":\"ok\"}\n");
    end(&f);
}

static void every_kind(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    h->row_begin(h, 0);
    h->set_bytes(h, 0, "x\xff", 2);
    h->set_int(h, 1, INT64_MIN, ICETOP_GE);
    h->set_real(h, 2, 0.25, ICETOP_EST);
    h->set_int(h, 3, 1700000000000, ICETOP_EXACT);
    h->set_int(h, 4, 7, ICETOP_EXACT);
    h->set_text(h, 5, "said twice");
    h->set_text(h, 5, NULL);
    h->set_unknown(h, 5);
    h->row_end(h);
    h->done(h, ICETOP_OK, NULL);
}

static void from_json(struct fixture *f, const struct icetop_host *h)
{
    static const char text[] = "{\"name\": 7, \"size\": \"12\", \"share\": \"0.5\", \"seen\": \"2023-11-14T22:13:20Z\","
                               " \"good\": \"false\", \"words\": null}";
    const struct icetop_json *j = h->json_parse(text, strlen(text), NULL, 0);
    const char *name = NULL;
    (void)f;
    h->row_begin(h, 0);
    for (size_t i = 0; (name = h->json_next(j, name)); i++)
        h->set_json(h, i, h->json_get(j, name));
    h->row_end(h);
    h->json_release(j);
    h->done(h, ICETOP_OK, NULL);
}

static void cells_of_all_types(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    says(run(&f, every_kind), "\"new\":[[1,1,\"one\",{\"b\":\"eP8=\"},[-9223372036854775808,\"ge\"],[0.25,\"est\"],"
                              "1700000000000,true]]");
    says(run(&f, from_json),
         "\"gone\":[1],\"columns\":[0,1,2,3,4,5,6],\"new\":[[2,1,\"one\",\"7\",12,0.5,1700000000000,"
         "false]]");
    end(&f);
}

static void wrong(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    h->row_begin(h, 0);
    h->set_int(h, 0, 1, ICETOP_EXACT);
    assert_false(h->row_end(h));
    assert_false(h->row_end(h));
    h->set_text(h, 0, "nowhere");
    h->row_begin(h, 2);
    h->group_begin(h, 1);
    h->row_begin(h, 0);
    h->set_text(h, 5, "no key");
    assert_false(h->row_end(h));
    h->row_begin(h, 0);
    h->set_text(h, 0, "quality");
    h->set_int(h, 1, 1, (enum icetop_quality)6);
    assert_false(h->row_end(h));
    h->row_begin(h, 0);
    h->set_text(h, 0, "left open");
    put(h, 0, "good", 1);
    h->row_begin(h, 0);
    h->set_text(h, 0, "left open again");
    h->done(h, ICETOP_OK, "well");
}

static void mistakes_are_said(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    const char *said = run(&f, wrong);
    says(said, "\"new\":[[1,1,\"one\",\"good\",1]]");
    says(said,
         "{\"t\":\"done\",\"outcome\":\"partial\",\"text\":\"well; table test_things: column name is of another type "
         "than what was set (and 7 more)\"}");
    end(&f);
}

static void many_rows(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    for (int i = 0; i < PLUGIN_HOST_ROWS + 5; i++) {
        char name[20];
        snprintf(name, sizeof name, "%d", i);
        h->row_begin(h, i % 2);
        h->set_text(h, 0, name);
        h->row_end(h);
    }
    h->done(h, ICETOP_OK, NULL);
}

static void rows_have_a_cap(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    says(run(&f, many_rows), "more than 100000 rows in all tables of the plugin (and 4 more)\"}");
    end(&f);
}

static void remove_one(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    h->row_begin(h, 1);
    h->set_text(h, 0, "k");
    assert_true(h->row_gone(h));
    h->row_begin(h, 1);
    h->set_text(h, 0, "never there");
    assert_true(h->row_gone(h));
    h->commit(h);
    put(h, 1, "l", 1);
    h->done(h, ICETOP_FAILED, NULL);
}

static void rows_go_when_said(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    run(&f, two_rows);
    assert_string_equal(
        run(&f, remove_one),
        "{\"t\":\"rows\",\"table\":\"test_kept\",\"gone\":[1]}\n{\"t\":\"end\"}\n"
        "{\"t\":\"rows\",\"table\":\"test_kept\",\"columns\":[0,1,2,3,4,5,6],\"new\":[[2,1,\"one\",\"l\",1]]}\n"
        "{\"t\":\"end\"}\n{\"t\":\"done\",\"outcome\":\"failed\"}\n");
    end(&f);
}

/* ---- columns on another's table ---- */

static void own(const struct icetop_host *h, const char *table, const char *owner)
{
    h->group_begin(h, 0);
    h->set_text(h, 0, table);
    h->set_text(h, 1, owner);
    h->set_int(h, 2, 5, ICETOP_EXACT);
    assert_true(h->row_end(h));
}

static void owners(struct fixture *f, const struct icetop_host *h)
{
    own(h, "a", "ada");
    own(h, "b", f->again++ ? "bob" : "bo\"b");
    if (f->again == 1)
        own(h, "c", NULL);
    h->done(h, ICETOP_OK, NULL);
}

static void cells_go_by_key(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_string_equal(
        run(&f, owners) + strcspn(str_text(&f.said), "\n") + 1 +
            strlen("{\"t\":\"rows\",\"table\":\"test_kept\",\"reset\":true}\n"),
        "{\"t\":\"row\",\"table\":\"iceberg_tables\",\"cells\":{\"table\":\"a\",\"owner\":\"ada\",\"paid\":5}}\n"
        "{\"t\":\"row\",\"table\":\"iceberg_tables\",\"cells\":{\"table\":\"b\",\"owner\":\"bo\\\"b\",\"paid\":5}}\n"
        "{\"t\":\"row\",\"table\":\"iceberg_tables\",\"cells\":{\"table\":\"c\",\"paid\":5}}\n"
        "{\"t\":\"done\",\"outcome\":\"ok\"}\n");
    assert_string_equal(run(&f, owners),
                        "{\"t\":\"gone\",\"table\":\"iceberg_tables\",\"cells\":{\"table\":\"c\"}}\n"
                        "{\"t\":\"row\",\"table\":\"iceberg_tables\",\"cells\":{\"table\":\"b\",\"owner\":\"bob\"}}\n"
                        "{\"t\":\"done\",\"outcome\":\"ok\"}\n");
    assert_string_equal(run(&f, owners), "{\"t\":\"done\",\"outcome\":\"ok\"}\n");
    end(&f);
}

/* ---- words ---- */

static void words(struct fixture *f, const struct icetop_host *h)
{
    const struct icetop_finding finding = {.struct_size = sizeof finding,
                                           .id = "TEST-01",
                                           .subject = "thing a",
                                           .text = "it\x1b[31m is bad",
                                           .since_ms = 5};
    const struct icetop_finding strange = {.struct_size = sizeof strange, .id = "IT-C01", .subject = "s", .text = "t"};
    const struct icetop_finding small = {.struct_size = 8, .id = "TEST-01"};
    (void)f;
    h->log(h, ICETOP_WARN, "%d lines\nin one", 2);
    h->event(h, ICETOP_ERROR, "thing a", "it %s", "fell");
    h->finding(h, &finding);
    h->finding(h, &strange);
    h->finding(h, &small);
    for (int i = 0; i < 150; i++)
        h->event(h, ICETOP_INFO, NULL, "again");
    h->done(h, ICETOP_OK, NULL);
}

static void words_are_safe_and_few(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    const char *said = run(&f, words);
    says(said, "{\"t\":\"log\",\"level\":\"warn\",\"text\":\"2 lines in one\"}\n");
    says(said, "{\"t\":\"event\",\"severity\":\"error\",\"subject\":\"thing a\",\"text\":\"it fell\"}\n");
    says(said, "{\"t\":\"finding\",\"id\":\"TEST-01\",\"severity\":\"critical\",\"subject\":\"thing "
               "a\",\"text\":\"it\xEF\xBF\xBD[31m "
               "is bad\",\"since\":5}\n");
    says_not(said, "IT-C01\",");
    says(said, "\"outcome\":\"partial\",\"text\":\"finding IT-C01: it has no page (and 2 more)\"");
    size_t events = 0;
    for (const char *at = said; (at = strstr(at, "\"t\":\"event\"")); at++)
        events++;
    assert_int_equal(events, PLUGIN_HOST_EVENTS);
    end(&f);
}

/* ---- rounds ---- */

static void nothing(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    (void)h;
}

static void twice_done(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    h->done(h, ICETOP_OK, NULL);
    h->done(h, ICETOP_FAILED, "not heard");
}

static void odd_outcome(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    h->done(h, (enum icetop_outcome)3, NULL);
}

static void a_row_and_no_end(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    put(h, 0, "a", 1);
}

static void rounds_end_once(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, "{\"deadline_ms\": 100}");
    says(run(&f, nothing), "{\"t\":\"done\",\"outcome\":\"failed\",\"text\":\"not done within 100 ms\"}\n");
    says(run(&f, a_row_and_no_end), "\"outcome\":\"partial\",\"text\":\"not done within 100 ms\"}\n");
    says_not(run(&f, twice_done), "not heard");
    says(run(&f, odd_outcome), "an outcome that there is not");
    end(&f);
}

/* ---- timers and descriptors ---- */

static void fire(void *arg)
{
    struct fixture *f = arg;
    if (++f->fired == 2)
        f->face->done(f->face, ICETOP_OK, NULL);
}

static void never(void *arg)
{
    (void)arg;
    fail_msg("what was cancelled came");
}

static void on_pipe(void *arg)
{
    struct fixture *f = arg;
    char byte;
    assert_int_equal(read(f->pipe[0], &byte, 1), 1);
    f->face->cancel(f->face, f->number);
    fire(f);
}

static void wake(struct fixture *f, const struct icetop_host *h)
{
    h->timer(h, 0, fire, f);
    h->cancel(h, h->timer(h, 0, never, NULL));
    f->number = h->watch(h, f->pipe[0], on_pipe, f);
    assert_int_equal(write(f->pipe[1], "ab", 2), 2);
}

static void timers_and_watches(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_int_equal(pipe(f.pipe), 0);
    says(run(&f, wake), "\"outcome\":\"ok\"");
    assert_int_equal(f.fired, 2);
    assert_true(f.face->now_ms(f.face) > INT64_C(1600000000000));
    f.face->timer(f.face, 1000000, never, NULL);
    close(f.pipe[0]);
    close(f.pipe[1]);
    end(&f);
}

/* ---- requests ---- */

static void on_answer(void *arg, const struct icetop_answer *answer)
{
    struct fixture *f = arg;
    vec_push(&f->answers, mem_printf("%d %s %s %s", answer->status, answer->error ? answer->error : "-", answer->body,
                                     answer->json ? f->face->json_text(f->face->json_get(answer->json, "say")) : "-"));
    if (f->answers.n == f->again)
        f->face->done(f->face, ICETOP_OK, NULL);
}

static void ask(struct fixture *f, const struct icetop_host *h)
{
    static const char *const headers[] = {"X-Own: yes", NULL};
    const struct icetop_request plain = {.struct_size = sizeof plain, .url = "/gone?x=1", .headers = headers};
    f->again = 3;
    h->get_json(h, "/hello", on_answer, f);
    h->get(h, &plain, on_answer, f);
    h->get_json(h, "/gone", on_answer, f);
    assert_int_equal(f->answers.n, 0);
}

static const char *answer_of(const struct fixture *f, const char *begin)
{
    for (size_t i = 0; i < f->answers.n; i++)
        if (strncmp(f->answers.items[i], begin, strlen(begin)) == 0)
            return f->answers.items[i];
    fail_msg("no answer %s", begin);
    return "";
}

static const struct web_page pages_there[] = {
    {.path = "/base/hello", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"say\":\"hey\"}"},
    {.path = "/hang", .bytes = "HTTP/1.1 200 OK\r\n", .hang = 1},
    {.path = NULL, .bytes = "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"},
    {.bytes = NULL},
};

static char *configured(const struct web *w, const char *path, int deadline_ms)
{
    char *url = web_url(w, path);
    char *text =
        mem_printf("{\"deadline_ms\": %d, \"options\": [{\"name\": \"url\", \"value\": \"%s\"}, {\"name\": \"token\", "
                   "\"value\": \"t0ken\", \"secret\": true}]}",
                   deadline_ms, url);
    free(url);
    return text;
}

static void requests_are_answered(void **state)
{
    (void)state;
    struct fixture f;
    struct web *w = web_start(pages_there);
    char *text = configured(w, "/base/", 60000);
    begin_with(&f, text);
    run(&f, ask);
    assert_string_equal(answer_of(&f, "200"), "200 - {\"say\":\"hey\"} hey");
    assert_string_equal(answer_of(&f, "404 - "), "404 - no -");
    says(answer_of(&f, "404 http"), "/base/gone: 404 Not Found");
    bool own_header = false;
    for (size_t i = 0; i < web_count(w); i++) {
        char *request = web_request(w, i);
        says(request, "Authorization: Bearer t0ken\r\n");
        own_header = own_header || strstr(request, "X-Own: yes\r\n");
        free(request);
    }
    assert_true(own_header);
    end(&f);
    free(text);
    web_stop(w);
}

static char *elsewhere;

static void ask_elsewhere(struct fixture *f, const struct icetop_host *h)
{
    f->again = 1;
    h->get_json(h, elsewhere, on_answer, f);
}

/* Another port is another service: it is not told who we are. */
static void credentials_stay(void **state)
{
    (void)state;
    struct fixture f;
    struct web *w = web_start(pages_there), *other = web_start(pages_there);
    char *text = configured(w, "", 60000);
    elsewhere = web_url(other, "/base/hello");
    begin_with(&f, text);
    run(&f, ask_elsewhere);
    answer_of(&f, "200 - ");
    char *request = web_request(other, 0);
    says_not(request, "t0ken");
    free(request);
    end(&f);
    free(elsewhere);
    free(text);
    web_stop(w);
    web_stop(other);
}

static void ask_and_hang(struct fixture *f, const struct icetop_host *h)
{
    f->again = SIZE_MAX > UINT32_MAX ? UINT32_MAX : 0; /* never done */
    for (int i = 0; i < 20; i++)
        h->get_json(h, "/hang", on_answer, f);
}

static void given_up(void **state)
{
    (void)state;
    struct fixture f;
    struct web *w = web_start(pages_there);
    char *text = configured(w, "", 300);
    begin_with(&f, text);
    says(run(&f, ask_and_hang), "\"outcome\":\"failed\",\"text\":\"not done within 300 ms\"");
    assert_int_equal(f.answers.n, 20);
    for (size_t i = 0; i < 20; i++)
        says(f.answers.items[i], "0 ");
    /* At the end too, each is answered once. */
    f.round = ask_and_hang;
    plugin_host_refresh(f.host);
    end(&f);
    free(text);
    web_stop(w);
}

static void ask_nobody(struct fixture *f, const struct icetop_host *h)
{
    f->again = 2;
    h->get_json(h, "/path", on_answer, f);
    h->get_json(h, "nonsense://x y", on_answer, f);
}

static void no_url(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    run(&f, ask_nobody);
    answer_of(&f, "0 a path, where no option `url` is given");
    end(&f);
}

/* ---- options ---- */

static void options_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *options, *words;
    } cases[] = {
        {"{\"name\": \"ulr\", \"value\": \"x\", \"place\": \"icetop.yaml:3:5\"}",
         "icetop.yaml:3:5: unknown key \"ulr\" (did you mean \"url\"?)"},
        {"{\"name\": \"url\", \"value\": \"x\"}, {\"name\": \"url\", \"value\": \"y\"}", "option url is given twice"},
        {"{\"name\": \"token\", \"value\": \"s3cret\"}", "option token is a secret"},
        {"{\"name\": \"wait\", \"value\": \"soon\"}", "option wait: \"soon\" is not a duration"},
        {"{\"name\": \"wait\"}", "option 0 has no name, or no value"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = {0};
        struct error err = {0};
        char *text = mem_printf("{\"options\": [%s]}", cases[i].options);
        f.base = loop_new();
        assert_int_equal(start(&f, text, &err), ERR_INVALID);
        says(err.text, cases[i].words);
        says_not(err.text, "s3cret");
        says(str_text(&f.said), "{\"t\":\"hello\"");
        end(&f);
        free(text);
    }
}

static void ask_options(struct fixture *f, const struct icetop_host *h)
{
    (void)f;
    assert_null(h->option_text(h, "url"));
    assert_null(h->option_text(h, "there is none"));
    assert_int_equal(h->option_int(h, "wait"), 90000);
    assert_string_equal(h->option_item(h, "wait", 0), "90s");
    assert_null(h->option_item(h, "wait", 1));
    assert_false(h->option_bool(h, "wait"));
    assert_string_equal(h->instance, "one");
    assert_true(ICETOP_HOST_HAS(h, cancel));
    h->done(h, ICETOP_OK, NULL);
}

static void options_are_told(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    run(&f, ask_options);
    end(&f);
}

static int set_up(void **state)
{
    (void)state;
    struct error err = {0};
    return plugin_descriptor_read(&plugin, sizeof plugin, &descriptor, &err);
}

static int tear_down(void **state)
{
    (void)state;
    plugin_descriptor_free(descriptor);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_changes_go_out),
        cmocka_unit_test(cells_of_all_types),
        cmocka_unit_test(mistakes_are_said),
        cmocka_unit_test(rows_have_a_cap),
        cmocka_unit_test(rows_go_when_said),
        cmocka_unit_test(cells_go_by_key),
        cmocka_unit_test(words_are_safe_and_few),
        cmocka_unit_test(rounds_end_once),
        cmocka_unit_test(timers_and_watches),
        cmocka_unit_test(requests_are_answered),
        cmocka_unit_test(credentials_stay),
        cmocka_unit_test(given_up),
        cmocka_unit_test(no_url),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(options_are_told),
    };
    return cmocka_run_group_tests_name("host", tests, set_up, tear_down);
}
