/* SOCKS5: the words, and streams through a proxy of the test's own. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/socks.h"
#include "net/socks_talk.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WAIT_MS = 20000, FLOOD = 4 * 1024 * 1024 };

/* ---- words ---- */

static int talk_all(struct net_socks_talk *t, const char *in, size_t len, struct str *out, struct error *err)
{
    net_socks_talk_begin(t, out);
    size_t at = 0, used = 1;
    int rc = 0;
    /* One byte more each time: nothing may be taken before it is whole. */
    for (size_t seen = 0; rc == 0 && seen <= len; seen++)
        do {
            rc = net_socks_talk_read(t, (const unsigned char *)in + at, seen - at, &used, out, err);
            at += used;
        } while (rc == 0 && used && t->step != NET_SOCKS_TALK_OPEN);
    return rc;
}

static void words(void **state)
{
    (void)state;
    struct str out = {0};
    struct error err = {0};
    struct net_socks_talk t = {.host = "kafka-1.internal", .port = 9093};
    assert_int_equal(talk_all(&t, "\5\0\5\0\0\1\0\0\0\0\0\0", 12, &out, &err), 0);
    assert_int_equal(t.step, NET_SOCKS_TALK_OPEN);
    const char expected[] = "\5\1\0\5\1\0\3\x10kafka-1.internal\x23\x85";
    assert_int_equal(out.len, sizeof expected - 1);
    assert_memory_equal(out.s, expected, out.len);
    str_clear(&out);
    t = (struct net_socks_talk){.host = "10.1.2.3", .port = 1, .user = "me", .password = "pass"};
    assert_int_equal(talk_all(&t, "\5\2\1\0\5\0\0\3\4name\0\1", 15, &out, &err), 0);
    const char login[] = "\5\2\0\2\1\2me\4pass\5\1\0\1\x0a\1\2\3\0\1";
    assert_int_equal(out.len, sizeof login - 1);
    assert_memory_equal(out.s, login, out.len);
    str_clear(&out);
    t = (struct net_socks_talk){.host = "2001:db8::1", .port = 65535};
    assert_int_equal(talk_all(&t,
                              "\5\0\5\0\0\4"
                              "0123456789abcdef\0\1",
                              24, &out, &err),
                     0);
    assert_int_equal(out.s[6], 4);
    str_done(&out);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *user, *in;
        size_t len;
        const char *said;
    } cases[] = {
        {NULL, "HT", 2, "not a SOCKS5 proxy"},
        {NULL, "\4\x5a", 2, "not a SOCKS5 proxy"},
        {NULL, "\5\xff", 2, "the proxy wants a login"},
        {NULL, "\5\2", 2, "the proxy wants a login"},
        {"u", "\5\xff", 2, "the proxy takes neither a password nor nobody"},
        {"u", "\5\2\1\1", 4, "the proxy refuses the user or its password"},
        {NULL, "\5\0\5\4", 4, "host unreachable"},
        {NULL, "\5\0\5\5", 4, "connection refused"},
        {NULL, "\5\0\5\x63", 4, "the proxy refuses with code 99"},
        {NULL, "\5\0\5\0\0\7\0\0", 8, "the proxy's answer has an address of unknown kind 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct net_socks_talk t = {
            .host = "h", .port = 1, .user = cases[i].user, .password = cases[i].user ? "p" : NULL};
        struct str out = {0};
        struct error err = {0};
        assert_int_equal(talk_all(&t, cases[i].in, cases[i].len, &out, &err), ERR_REMOTE);
        assert_string_equal(err.text, cases[i].said);
        str_done(&out);
    }
    char name[300];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const struct net_socks_talk bad[] = {{.host = name, .port = 1},
                                         {.host = "", .port = 1},
                                         {.host = "h", .port = 0},
                                         {.host = "h", .port = 1, .user = name},
                                         {.host = "h", .port = 1, .user = "u", .password = ""}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(net_socks_talk_check(&bad[i], NULL), ERR_INVALID);
}

/* ---- a proxy ---- */

/* Reads `want` bytes, then says `bytes`; at the end it echoes, closes or is silent. */
struct act {
    size_t want;
    const char *bytes;
    size_t len;
};

struct proxy {
    const struct act *acts;
    enum { ECHO, CLOSE, SILENT, FLOODS } end;
    int fd, port, wake[2];
    pthread_t thread;
    char heard[512];
    size_t nheard;
};

static bool readable(struct proxy *p, int fd)
{
    struct pollfd f[2] = {{.fd = fd, .events = POLLIN}, {.fd = p->wake[0], .events = POLLIN}};
    return poll(f, 2, WAIT_MS) > 0 && !f[1].revents;
}

static void send_all(int fd, const char *bytes, size_t len)
{
    for (ssize_t put; len && (put = send(fd, bytes, len, MSG_NOSIGNAL)) > 0; len -= (size_t)put)
        bytes += put;
}

static void serve(struct proxy *p, int fd)
{
    for (const struct act *a = p->acts; a->want; a++) {
        for (size_t got = 0; got < a->want && readable(p, fd);) {
            ssize_t n = recv(fd, p->heard + p->nheard, a->want - got, 0);
            if (n <= 0)
                return;
            got += (size_t)n;
            p->nheard += (size_t)n;
        }
        send_all(fd, a->bytes, a->len);
    }
    static const char block[65536];
    for (size_t sent = 0; p->end == FLOODS && sent < FLOOD; sent += sizeof block)
        send_all(fd, block, sizeof block);
    char buf[65536];
    while ((p->end == ECHO || p->end == SILENT) && readable(p, fd)) {
        ssize_t n = recv(fd, buf, sizeof buf, 0);
        if (n <= 0)
            return;
        if (p->end == ECHO)
            send_all(fd, buf, (size_t)n);
    }
}

static void *run(void *arg)
{
    struct proxy *p = arg;
    while (readable(p, p->fd)) {
        int fd = accept(p->fd, NULL, NULL);
        serve(p, fd);
        close(fd);
    }
    return NULL;
}

static void proxy_start(struct proxy *p)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    p->fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(p->fd, (struct sockaddr *)&a, len), 0);
    assert_int_equal(listen(p->fd, 8), 0);
    assert_int_equal(getsockname(p->fd, (struct sockaddr *)&a, &len), 0);
    assert_int_equal(pipe(p->wake), 0);
    p->port = ntohs(a.sin_port);
    pthread_create(&p->thread, NULL, run, p);
}

static void proxy_stop(struct proxy *p)
{
    close(p->wake[1]);
    pthread_join(p->thread, NULL);
    close(p->wake[0]);
    close(p->fd);
}

static const struct act agrees[] = {{3, "\5\0", 2}, {4 + 1 + 8 + 2, "\5\0\0\1\0\0\0\0\0\0", 10}, {0}};

/* ---- streams ---- */

/* Reads up to len bytes until the end or an error; returns how many. */
static size_t read_all(int fd, char *buf, size_t len)
{
    size_t got = 0;
    while (got < len) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&p, 1, WAIT_MS), 1);
        ssize_t n = recv(fd, buf + got, len - got, 0);
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

static int open_through(struct net_socks *s, const char *host)
{
    struct error err = {0};
    int fd = -1;
    assert_int_equal(net_socks_resolve(s, &err), 0);
    assert_int_equal(net_socks_open(s, host, 9092, &fd, &err), 0);
    return fd;
}

static void bytes_go_both_ways(void **state)
{
    (void)state;
    struct proxy p = {.acts = agrees, .end = ECHO};
    proxy_start(&p);
    struct net_socks *s = net_socks_new(&(struct net_socks_settings){.host = "localhost", .port = p.port});
    int fd = open_through(s, "broker-1");
    char *sent = mem_alloc(FLOOD), *back = mem_alloc(FLOOD);
    for (size_t i = 0; i < FLOOD; i++)
        sent[i] = (char)(i * 31 + i / 977);
    size_t out = 0, in = 0;
    while (in < FLOOD) { /* more than any buffer on the way holds, so it must flow */
        struct pollfd f = {.fd = fd, .events = (short)(POLLIN | (out < FLOOD ? POLLOUT : 0))};
        assert_int_equal(poll(&f, 1, WAIT_MS), 1);
        ssize_t n = f.revents & POLLOUT ? send(fd, sent + out, FLOOD - out, MSG_NOSIGNAL) : 0;
        out += n > 0 ? (size_t)n : 0;
        n = f.revents & POLLIN ? recv(fd, back + in, FLOOD - in, 0) : 0;
        assert_true(n >= 0 || errno == EAGAIN);
        in += n > 0 ? (size_t)n : 0;
    }
    assert_memory_equal(sent, back, FLOOD);
    assert_memory_equal(p.heard + 3, "\5\1\0\3\10broker-1\x23\x84", 15); /* the name, as it is */
    char text[256];
    net_socks_failure(s, "broker-1", 9092, text, sizeof text);
    assert_string_equal(text, "");
    close(fd);
    net_socks_free(s);
    proxy_stop(&p);
    free(sent);
    free(back);
}

static void all_that_came_before_the_end_arrives(void **state)
{
    (void)state;
    struct proxy p = {.acts = agrees, .end = FLOODS};
    proxy_start(&p);
    struct net_socks *s = net_socks_new(&(struct net_socks_settings){.host = "127.0.0.1", .port = p.port});
    int fd = open_through(s, "broker-1");
    char *buf = mem_alloc(FLOOD + 1);
    assert_int_equal(read_all(fd, buf, FLOOD + 1), FLOOD);
    free(buf);
    close(fd);
    net_socks_free(s);
    proxy_stop(&p);
}

static void failures_have_words(void **state)
{
    (void)state;
    static const struct act refuses[] = {{3, "\5\0", 2}, {15, "\5\4", 2}, {0}}, login[] = {{3, "\5\2", 2}, {0}},
                            nothing[] = {{3, "", 0}, {0}};
    static const struct {
        const struct act *acts;
        int end;
        const char *said;
    } cases[] = {{refuses, SILENT, "host unreachable"},
                 {login, SILENT, "the proxy wants a login"},
                 {nothing, CLOSE, "it closed the connection"},
                 {nothing, SILENT, "not through within 300 ms"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct proxy p = {.acts = cases[i].acts, .end = (unsigned)cases[i].end};
        proxy_start(&p);
        struct net_socks *s = net_socks_new(
            &(struct net_socks_settings){.host = "127.0.0.1", .port = p.port, .deadline_ms = i == 3 ? 300 : 0});
        int fd = open_through(s, "broker-1");
        char buf[1], text[256];
        assert_int_equal(read_all(fd, buf, 1), 0);
        net_socks_failure(s, "broker-1", 9092, text, sizeof text);
        char *expected = mem_printf("SOCKS proxy 127.0.0.1:%d: %s", p.port, cases[i].said);
        assert_string_equal(text, expected);
        free(expected);
        close(fd);
        net_socks_free(s);
        proxy_stop(&p);
    }
}

static void no_proxy_at_all(void **state)
{
    (void)state;
    struct proxy p = {.acts = agrees};
    proxy_start(&p);
    proxy_stop(&p); /* its port is closed now */
    struct net_socks *s = net_socks_new(&(struct net_socks_settings){.host = "localhost", .port = p.port});
    int fd = open_through(s, "broker-1");
    char buf[1], text[256];
    assert_int_equal(read_all(fd, buf, 1), 0);
    net_socks_failure(s, "broker-1", 9092, text, sizeof text);
    assert_non_null(strstr(text, "Connection refused"));
    close(fd);
    net_socks_free(s);
    s = net_socks_new(&(struct net_socks_settings){.host = "proxy.invalid", .port = 1});
    struct error err = {0};
    assert_int_equal(net_socks_resolve(s, &err), ERR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "SOCKS proxy proxy.invalid:1: "));
    net_socks_free(s);
}

static void freed_with_streams_open(void **state)
{
    (void)state;
    static const struct act nothing[] = {{0}};
    struct proxy p = {.acts = nothing, .end = SILENT};
    proxy_start(&p);
    struct net_socks *s = net_socks_new(&(struct net_socks_settings){.host = "127.0.0.1", .port = p.port});
    int fds[20];
    for (size_t i = 0; i < 20; i++)
        fds[i] = open_through(s, "broker-1");
    net_socks_free(s);
    for (size_t i = 0; i < 20; i++) {
        char buf[1];
        assert_int_equal(read_all(fds[i], buf, 1), 0); /* all of them see their end */
        close(fds[i]);
    }
    proxy_stop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(refusals),
        cmocka_unit_test(bytes_go_both_ways),
        cmocka_unit_test(all_that_came_before_the_end_arrives),
        cmocka_unit_test(failures_have_words),
        cmocka_unit_test(no_proxy_at_all),
        cmocka_unit_test(freed_with_streams_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
