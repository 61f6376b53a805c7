/* The console behind a real stream: a server over a filled store, a client, keys and screens. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "stream/server.h"

#include <event2/event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

enum { DEADLINE_S = 20 };

struct pair {
    struct event_base *base;
    struct world w; /* the collector's store; its app stays unused */
    struct stream_server *server;
    struct stream_client *client;
    struct app *app;
    int draws, histories, refreshes;
    char focused[4096]; /* groups */
    bool closed;
};

static void changed(void *arg, bool complete)
{
    struct pair *p = arg;
    if (p->app)
        app_changed(p->app, complete);
}

static void closed(void *arg, const struct error *err)
{
    struct pair *p = arg;
    p->closed = true;
    app_detach(p->app, err);
}

static void history(void *arg, struct stream_reader *reader, int request, const struct table *table,
                    const struct value *key, const char *column, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
    struct pair *p = arg;
    (void)key;
    (void)step_ms;
    assert_true(from_ms < to_ms);
    assert_true(table_column_index(table, column) >= 0);
    const struct stream_point points[] = {{from_ms + 1000, 10}, {to_ms - 60000, 20}};
    p->histories++;
    stream_server_history(p->server, reader, request, points, 2, NULL);
}

static void refresh(void *arg, const char *what)
{
    struct pair *p = arg;
    assert_null(what);
    p->refreshes++;
}

static void add_focused(void *arg, const struct value *key)
{
    struct pair *p = arg;
    size_t len = strlen(p->focused);
    snprintf(p->focused + len, sizeof p->focused - len, " %s/%s", key[0].s->raw, key[1].s->raw);
}

static void focus(void *arg)
{
    struct pair *p = arg;
    p->focused[0] = '\0';
    stream_server_focused(p->server, "groups", add_focused, p);
}

static void draw(void *arg)
{
    struct pair *p = arg;
    struct cells c;
    cells_init(&c, 80, 24, false);
    app_draw(p->app, &c);
    cells_done(&c);
    p->draws++;
}

static const struct stream_client_ops client_ops = {.changed = changed, .closed = closed};
static const struct stream_server_ops server_ops = {.history = history, .refresh = refresh, .focus = focus};
static const struct app_ops app_ops = {.draw = draw};

/* A client whose other end a server over the world's store serves. */
static struct stream_client *connected(struct pair *p)
{
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    p->server = stream_server_new(p->base, p->w.store, &server_ops, p);
    stream_server_add(p->server, fds[0]);
    return stream_client_new(p->base, fds[1], &p->w.clock, &client_ops, p);
}

static void begin(struct pair *p)
{
    static const struct app_settings settings = {.graph = GRAPH_BRAILLE, .utc = true};
    memset(p, 0, sizeof *p);
    p->base = event_base_new();
    world_init(&p->w);
    world_fill(&p->w);
    p->app = app_new(p->base, &p->w.clock, &settings, &app_ops, p);
    p->client = connected(p);
    app_attach(p->app, p->client);
}

static void end(struct pair *p)
{
    app_free(p->app);
    stream_client_free(p->client);
    stream_server_free(p->server);
    world_done(&p->w);
    event_base_free(p->base);
}

static bool shows(struct pair *p, const char *text)
{
    struct cells c;
    struct str s = {0};
    cells_init(&c, 80, 24, false);
    app_draw(p->app, &c);
    for (int y = 0; y < 24; y++) {
        cells_row_text(&c, y, &s);
        str_char(&s, '\n');
    }
    cells_done(&c);
    bool found = strstr(str_text(&s), text) != NULL;
    str_done(&s);
    return found;
}

/* Lets the loop run a little; fails once the deadline has passed. */
static void turn(struct pair *p, int64_t until_us, const char *what)
{
    const struct timeval tick = {.tv_usec = 10000};
    if (clock_mono_us(&clock_system) > until_us)
        fail_msg("\"%s\" never came", what);
    event_base_loopexit(p->base, &tick);
    event_base_dispatch(p->base);
}

static void wait_for(struct pair *p, const char *text)
{
    int64_t until = clock_mono_us(&clock_system) + DEADLINE_S * 1000000LL;
    while (!shows(p, text))
        turn(p, until, text);
}

static void press(struct pair *p, const char *name)
{
    struct input in = {0};
    assert_int_equal(input_parse(name, &in.key), 0);
    app_input(p->app, &in);
}

static void test_live(void **state)
{
    (void)state;
    struct pair p;
    begin(&p);
    wait_for(&p, "payments       84.2 k behind, payments.events-7");
    wait_for(&p, "2 of 2 live");
    int draws = p.draws;
    press(&p, "2");
    assert_int_equal(p.draws, draws + 1); /* a key is answered at once */
    wait_for(&p, "GROUPS 44");
    press(&p, "j");
    int64_t until = clock_mono_us(&clock_system) + DEADLINE_S * 1000000LL;
    while (!strstr(p.focused, " prod-eu/payments"))
        turn(&p, until, "focus");
    press(&p, "Enter");
    wait_for(&p, "PARTITIONS 12");
    wait_for(&p, "MEMBERS 3");
    wait_for(&p, "range"); /* a column that only this view asks for */
    assert_true(p.histories >= 3);
    world_set(&p.w, "group_partitions", "prod-eu/payments/payments.events/3", "lag", "31500");
    store_commit(p.w.store);
    wait_for(&p, "31.5 k");
    press(&p, "r");
    press(&p, "/");
    for (const char *c = "lag"; *c; c++)
        press(&p, (const char[]){*c, '\0'});
    press(&p, "Esc");
    press(&p, "Esc");
    wait_for(&p, "GROUPS 44");
    until = clock_mono_us(&clock_system) + DEADLINE_S * 1000000LL;
    while (p.refreshes == 0)
        turn(&p, until, "refresh");
    assert_int_equal(p.refreshes, 1);
    end(&p);
}

/* The collector goes, the picture stays; another one comes, and the console goes on where it was. */
static void test_restart(void **state)
{
    (void)state;
    struct pair p;
    begin(&p);
    wait_for(&p, "2 of 2 live");
    press(&p, "2");
    press(&p, "j");
    press(&p, "Enter");
    wait_for(&p, "PARTITIONS 12");
    stream_server_free(p.server);
    p.server = NULL;
    wait_for(&p, "this picture is");
    assert_true(p.closed);
    assert_true(shows(&p, "PARTITIONS 12"));

    struct stream_client *next = connected(&p);
    stream_client_adopt(next, p.client);
    app_attach(p.app, next);
    stream_client_free(p.client);
    p.client = next;
    wait_for(&p, "collector restarted");
    wait_for(&p, "2 of 2 live");
    wait_for(&p, "PARTITIONS 12");
    world_set(&p.w, "group_partitions", "prod-eu/payments/payments.events/3", "lag", "31500");
    store_commit(p.w.store);
    wait_for(&p, "31.5 k");
    press(&p, "Esc");
    wait_for(&p, "GROUPS 44");
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live),
        cmocka_unit_test(test_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
