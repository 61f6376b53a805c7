/* HTTP on the loop and on a thread, against servers that answer well, badly, half, or not at all. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/http.h"
#include "tests/unit/net/web.h"
#include "tests/unit/unit.h"

#include <event2/event.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define OK(type, text) "HTTP/1.1 200 OK\r\nContent-Type: " type "\r\nConnection: close\r\n\r\n" text

static const char secret[] = "planted-secret-77";

/* What done was called with. */
struct result {
    int called, rc, status;
    char text[1024];
    struct error err;
};

static void on_done(void *arg, const struct net_http_answer *a, const struct error *err)
{
    struct result *r = arg;
    r->called++;
    r->rc = err ? err->code : 0;
    if (err)
        r->err = *err;
    if (a) {
        r->status = a->status;
        snprintf(r->text, sizeof r->text, "%s", a->body);
    }
}

/* Turns the loop until `called` calls have come; fails after a while. */
static void turn_until(struct event_base *base, const struct result *r, int called)
{
    int64_t until = clock_mono_us(&clock_system) + 20 * INT64_C(1000000);
    while (r->called < called) {
        assert_true(clock_mono_us(&clock_system) < until);
        const struct timeval tick = {.tv_usec = 20000};
        event_base_loopexit(base, &tick);
        event_base_dispatch(base);
    }
}

/* Asks on the loop and on the thread: both must say the same. */
static struct result ask(const struct net_http_request *q)
{
    struct result loop = {0}, thread = {0};
    struct event_base *base = event_base_new();
    struct net_http *h = net_http_new(base);
    net_http_start(h, q, on_done, &loop);
    assert_int_equal(loop.called, 0);
    turn_until(base, &loop, 1);
    net_http_free(h);
    event_base_free(base);
    struct net_http_answer a = {0};
    struct error err = {0};
    int rc = net_http_get(q, NULL, &a, &err);
    on_done(&thread, rc ? NULL : &a, rc ? &err : NULL);
    net_http_answer_done(&a);
    assert_int_equal(loop.rc, thread.rc);
    assert_int_equal(loop.status, thread.status);
    assert_string_equal(loop.text, thread.text);
    assert_null(strstr(loop.err.text, secret));
    assert_null(strstr(thread.err.text, secret));
    return loop;
}

static struct result ask_page(const struct web_page *pages, struct net_http_request q, const char *path)
{
    struct web *w = web_start(pages);
    char *url = web_url(w, path);
    q.url = url;
    struct result r = ask(&q);
    free(url);
    web_stop(w);
    return r;
}

static void good_answers(void **state)
{
    (void)state;
    static const struct web_page pages[] = {
        {.path = "/plain", .bytes = OK("text/plain", "hello")},
        {.path = "/chunks",
         .bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"},
        {.path = "/none", .bytes = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"},
        {.path = "/missing",
         .bytes = "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nConnection: "
                  "close\r\n\r\n{\"e\":\"no\x1b[31m\"}"},
        {0},
    };
    struct web *w = web_start(pages);
    static const struct {
        const char *path, *body;
        int status;
    } cases[] = {{"/plain", "hello", 200},
                 {"/chunks", "abcde", 200},
                 {"/none", "", 204},
                 {"/missing?q=1", "{\"e\":\"no\x1b[31m\"}", 404}};
    for (size_t i = 0; i < 4; i++) {
        char *url = web_url(w, cases[i].path);
        const struct net_http_request q = {.url = url};
        struct result r = ask(&q);
        assert_int_equal(r.rc, 0);
        assert_int_equal(r.status, cases[i].status);
        assert_string_equal(r.text, cases[i].body);
        struct net_http_answer a = {
            .status = r.status, .body = r.text, .len = strlen(r.text), .content_type = "application/json"};
        struct error err = {0};
        assert_int_equal(net_http_check(&q, &a, &err), r.status == 404 ? ERR_REMOTE : 0);
        if (r.status == 404) {
            assert_non_null(strstr(err.text, "/missing: 404 Not Found: {\"e\":\"no"));
            assert_null(strchr(err.text, 0x1b));
            assert_null(strstr(err.text, "q=1"));
        }
        free(url);
    }
    web_stop(w);
}

static void requests_say_who_asks(void **state)
{
    (void)state;
    static const struct web_page pages[] = {{.bytes = OK("text/plain", "x")}, {0}};
    struct web *w = web_start(pages);
    char *url = web_url(w, "/a");
    const char *const headers[] = {"X-One: 1", NULL};
    const struct net_http_request cases[] = {
        {.url = url, .headers = headers},
        {.url = url, .auth = {.user = "aladdin", .password = "opensesame"}},
        {.url = url, .auth = {.bearer = secret}},
        {.url = url, .form = "grant_type=client_credentials"},
    };
    const char *const expected[] = {"X-One: 1", "Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l\r\n",
                                    "Authorization: Bearer planted-secret-77\r\n",
                                    "\r\n\r\ngrant_type=client_credentials"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(ask(&cases[i]).rc, 0);
        char *sent = web_request(w, 2 * i);
        assert_non_null(strstr(sent, expected[i]));
        assert_int_equal(strncmp(sent, i == 3 ? "POST /a " : "GET /a ", i == 3 ? 8 : 7), 0);
        free(sent);
    }
    free(url);
    web_stop(w);
}

static void deadlines_hold(void **state)
{
    (void)state;
    static const struct web_page pages[] = {
        {.path = "/silent", .bytes = "HTTP/1.1 200 OK\r\n", .hang = 1},
        {.path = "/slow", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes.", .hang = 1},
        {0},
    };
    int64_t begun = clock_mono_us(&clock_system);
    struct result r = ask_page(pages, (struct net_http_request){.deadline_ms = 200}, "/silent");
    assert_int_equal(r.rc, ERR_TIMEOUT);
    assert_non_null(strstr(r.err.text, "no answer within 200 ms"));
    r = ask_page(pages, (struct net_http_request){.deadline_ms = 200}, "/slow");
    assert_int_equal(r.rc, ERR_TIMEOUT);
    assert_non_null(strstr(r.err.text, "10 bytes and no end of them within 200 ms"));
    assert_true(clock_mono_us(&clock_system) - begun < 10 * INT64_C(1000000));
}

static void broken_answers(void **state)
{
    (void)state;
    static const struct web_page pages[] = {
        {.path = "/half", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nten bytes."},
        {.path = "/garbage", .bytes = "\x01\x02 no web server \x1b[2J\r\n\r\n"},
        {.path = "/nothing", .bytes = "\r\n", .len = 0},
        {.path = "/gzip",
         .bytes = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\nthis is none"},
        {0},
    };
    assert_int_equal(ask_page(pages, (struct net_http_request){0}, "/half").rc, ERR_UNAVAILABLE);
    assert_int_equal(ask_page(pages, (struct net_http_request){0}, "/garbage").rc, ERR_REMOTE);
    assert_true(ask_page(pages, (struct net_http_request){0}, "/nothing").rc < 0);
    assert_int_equal(ask_page(pages, (struct net_http_request){0}, "/gzip").rc, ERR_REMOTE);
}

/* A page whose Content-Length is that of the first len bytes of gzip; on the heap. */
static struct str gzip_page(const struct str *gzip, size_t len)
{
    struct str s = {0};
    str_printf(&s, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", len);
    str_bytes(&s, gzip->s, len);
    return s;
}

static void add_gzip(struct str *out, const char *text)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    char buf[1000];
    str_bytes(out, buf, libdeflate_gzip_compress(c, text, strlen(text), buf, sizeof buf));
    libdeflate_free_compressor(c);
}

/* gzip is whole or no answer, wherever it breaks off, whatever length the headers tell. */
static void gzip_is_whole(void **state)
{
    (void)state;
    struct str gzip = {0}, two, cut, more;
    add_gzip(&gzip, "requests_total 17\nerrors_total 4\n");
    size_t one = gzip.len;
    add_gzip(&gzip, "queue 3\n");
    two = gzip_page(&gzip, gzip.len);
    struct web_page pages[] = {{.path = "/two", .bytes = two.s, .len = two.len}, {.path = "/cut"}, {0}};
    struct result r = ask_page(pages, (struct net_http_request){0}, "/two");
    assert_int_equal(r.rc, 0);
    assert_string_equal(r.text, "requests_total 17\nerrors_total 4\nqueue 3\n");
    for (size_t len = 0; len < gzip.len; len++) {
        cut = gzip_page(&gzip, len);
        pages[1].bytes = cut.s;
        pages[1].len = cut.len;
        r = ask_page(pages, (struct net_http_request){0}, "/cut");
        assert_int_equal(r.rc, len == one ? 0 : ERR_UNAVAILABLE);
        if (len != one)
            assert_non_null(strstr(r.err.text, "/cut: the body is cut off: its gzip has no end within "));
        str_done(&cut);
    }
    str_add(&gzip, "and more");
    more = gzip_page(&gzip, gzip.len);
    pages[1] = (struct web_page){.path = "/cut", .bytes = more.s, .len = more.len};
    r = ask_page(pages, (struct net_http_request){0}, "/cut");
    assert_int_equal(r.rc, ERR_REMOTE);
    assert_non_null(strstr(r.err.text, "the body should be gzip, and is none"));
    pages[1] = (struct web_page){.path = "/cut",
                                 .bytes = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n."};
    r = ask_page(pages, (struct net_http_request){0}, "/cut");
    assert_int_equal(r.rc, ERR_REMOTE);
    assert_non_null(strstr(r.err.text, "Content-Encoding br, where gzip was asked for"));
    str_done(&two);
    str_done(&more);
    str_done(&gzip);
}

static void put_bits(struct str *s, unsigned *at, unsigned bits, unsigned n)
{
    for (unsigned i = 0; i < n; i++, ++*at) {
        if (*at % 8 == 0)
            str_char(s, 0);
        if (bits >> i & 1)
            s->s[s->len - 1] = (char)(s->s[s->len - 1] | 1 << *at % 8);
    }
}

/* gzip of mb million zeros: a fixed Huffman block, one literal 0 and matches of 258 bytes at distance 1. */
static void make_bomb(struct str *s, size_t mb)
{
    unsigned at = 0;
    str_bytes(s, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    put_bits(s, &at, 1 | 1 << 1, 3);
    put_bits(s, &at, 0x0c, 8); /* 00110000, its first bit first */
    for (size_t n = 0; n < mb * 1000000; n += 258) {
        put_bits(s, &at, 0xa3, 8); /* 11000101 likewise */
        put_bits(s, &at, 0, 5);
    }
}

static void caps_hold(void **state)
{
    (void)state;
    struct str bomb = {0}, headers = {0};
    str_add(&bomb, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
    make_bomb(&bomb, 50);
    assert_true(bomb.len < 400000);
    str_add(&headers, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 3000; i++)
        str_printf(&headers, "X-Header-%d: as long as it needs to be\r\n", i);
    str_add(&headers, "\r\n");
    const struct web_page pages[] = {
        {.path = "/bomb", .bytes = bomb.s, .len = bomb.len},
        {.path = "/headers", .bytes = headers.s, .len = headers.len},
        {.path = "/long", .bytes = OK("text/plain", "0123456789")},
        {.path = "/told", .bytes = "HTTP/1.1 200 OK\r\nContent-Length: 300000000\r\n\r\n0", .hang = 1},
        {0},
    };
    struct result r = ask_page(pages, (struct net_http_request){.max_body = 1000000}, "/bomb");
    assert_int_equal(r.rc, ERR_LIMIT);
    assert_non_null(strstr(r.err.text, "/bomb: the body is larger than 1000000 bytes, the limit: "));
    assert_non_null(strstr(r.err.text, " of gzip came, and no end of them"));
    r = ask_page(pages, (struct net_http_request){.max_body = 9}, "/long");
    assert_int_equal(r.rc, ERR_LIMIT);
    assert_non_null(
        strstr(r.err.text, "/long: the body is larger than 9 bytes, the limit: 10 came, and no end of them"));
    assert_int_equal(ask_page(pages, (struct net_http_request){.max_body = 10}, "/long").rc, 0);
    r = ask_page(pages, (struct net_http_request){.max_body = 9}, "/told");
    assert_int_equal(r.rc, ERR_LIMIT);
    assert_non_null(strstr(r.err.text, "/told: the body is larger than 9 bytes, the limit: it has 300000000"));
    r = ask_page(pages, (struct net_http_request){0}, "/headers");
    assert_int_equal(r.rc, ERR_LIMIT);
    assert_non_null(strstr(r.err.text, "headers are larger"));
    str_done(&bomb);
    str_done(&headers);
}

static void redirects(void **state)
{
    (void)state;
    static const struct web_page pages[] = {
        {.path = "/once",
         .bytes = "HTTP/1.1 302 Found\r\nLocation: /there?token=planted-secret-77\r\nContent-Length: 0\r\nConnection: "
                  "close\r\n\r\n"},
        {.path = "/loop",
         .bytes = "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.path = "/file",
         .bytes =
             "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
        {.path = "/there", .bytes = OK("text/plain", "arrived")},
        {0},
    };
    struct result r = ask_page(pages, (struct net_http_request){0}, "/once");
    assert_int_equal(r.rc, 0);
    assert_string_equal(r.text, "arrived");
    assert_int_equal(ask_page(pages, (struct net_http_request){0}, "/loop").rc, ERR_LIMIT);
    assert_int_equal(ask_page(pages, (struct net_http_request){0}, "/file").rc, ERR_REMOTE);
    static const char *const own[] = {"X-Key: planted-secret-77", NULL};
    const struct net_http_request guarded[] = {{.auth = {.bearer = secret}},
                                               {.auth = {.headers = own}},
                                               {.auth = {.user = "u", .password = secret}},
                                               {.form = "client_secret=planted-secret-77"}};
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded; i++) {
        struct web *w = web_start(pages);
        char *url = web_url(w, "/once");
        struct net_http_request q = guarded[i];
        q.url = url;
        r = ask(&q);
        assert_int_equal(r.rc, ERR_REMOTE);
        assert_non_null(strstr(r.err.text, "/there, where credentials do not follow"));
        assert_int_equal(web_count(w), 2); /* both ways of asking, and nobody went there */
        free(url);
        web_stop(w);
    }
}

static void requests_that_are_none(void **state)
{
    (void)state;
    const char *const cookie[] = {"Cookie: a", NULL}, *const split[] = {"X: a\r\nY: b", NULL};
    const struct net_http_request cases[] = {
        {.url = "file:///etc/passwd"},
        {.url = "http://user:planted-secret-77@127.0.0.1/"},
        {.url = "http://"},
        {.url = "http://127.0.0.1:1/", .headers = cookie},
        {.url = "http://127.0.0.1:1/", .headers = split},
        {.url = "http://127.0.0.1:1/", .auth = {.headers = split}},
        {.url = "http://127.0.0.1:1/", .auth = {.bearer = secret, .user = "u"}},
        {.url = "http://127.0.0.1:1/", .auth = {.bearer = "planted-secret-77\r\nX: y"}},
        {.url = "https://127.0.0.1:1/", .tls = {.ca = "/does/not/exist.pem"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(ask(&cases[i]).rc, ERR_INVALID);
}

static void connections_that_do_not_come(void **state)
{
    (void)state;
    static const struct web_page pages[] = {{.bytes = OK("text/plain", "x")}, {0}};
    struct web *w = web_start(pages);
    char *url = web_url(w, "/gone");
    web_stop(w); /* its port is closed now */
    struct result r = ask(&(struct net_http_request){.url = url, .auth = {.bearer = secret}});
    assert_int_equal(r.rc, ERR_UNAVAILABLE);
    assert_non_null(strstr(r.err.text, "/gone: "));
    r = ask(&(struct net_http_request){.url = "http://name.invalid/", .deadline_ms = 15000});
    assert_int_equal(r.rc, ERR_UNAVAILABLE);
    char *proxy = mem_printf("http://user:%s@%s", secret, url + strlen("http://"));
    assert_int_equal(ask(&(struct net_http_request){.url = "http://example.invalid/", .proxy = proxy}).rc,
                     ERR_UNAVAILABLE);
    free(proxy);
    free(url);
}

static void a_cancelled_call_is_silent(void **state)
{
    (void)state;
    static const struct web_page pages[] = {{.path = "/never", .bytes = "HTTP/1.1 200 OK\r\n", .hang = 1},
                                            {.path = "/now", .bytes = OK("text/plain", "x")},
                                            {0}};
    struct web *w = web_start(pages);
    char *never = web_url(w, "/never"), *now = web_url(w, "/now");
    struct event_base *base = event_base_new();
    struct net_http *h = net_http_new(base);
    struct result cancelled = {0}, left = {0}, good = {0};
    struct net_http_call *c =
        net_http_start(h, &(struct net_http_request){.url = never, .deadline_ms = 100}, on_done, &cancelled);
    struct net_http_call *bad = net_http_start(h, &(struct net_http_request){.url = "ftp://x/"}, on_done, &cancelled);
    net_http_cancel(bad);
    net_http_start(h, &(struct net_http_request){.url = now}, on_done, &good);
    turn_until(base, &good, 1);
    net_http_cancel(c);
    net_http_start(h, &(struct net_http_request){.url = never}, on_done, &left);
    good.called = 0;
    net_http_start(h, &(struct net_http_request){.url = now}, on_done, &good);
    turn_until(base, &good, 1);
    net_http_free(h); /* with one under way */
    event_base_free(base);
    assert_int_equal(cancelled.called, 0);
    assert_int_equal(left.called, 0);
    atomic_bool stop = true;
    struct net_http_answer a = {0};
    struct error err = {0};
    assert_int_equal(net_http_get(&(struct net_http_request){.url = never}, &stop, &a, &err), ERR_CLOSED);
    free(never);
    free(now);
    web_stop(w);
}

/* ---- TLS, with openssl's own server ---- */

/* Starts `openssl ...` in dir, its output into a descriptor (-1: nowhere). */
static pid_t start_openssl(const char *dir, const char *command, int out)
{
    char *words[40] = {NULL}, *text = mem_strdup(command), *rest = text;
    for (size_t n = 0; rest && n < 39; n++)
        words[n] = strsep(&rest, " ");
    pid_t pid;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    if (out >= 0)
        posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addchdir_np(&files, dir);
    assert_int_equal(posix_spawnp(&pid, "openssl", &files, NULL, words, environ), 0);
    posix_spawn_file_actions_destroy(&files);
    free(text);
    return pid;
}

static void openssl(const char *dir, const char *command)
{
    int status;
    pid_t pid = start_openssl(dir, command, -1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

struct tls_server {
    pid_t pid;
    FILE *out;
    int port;
};

/* `openssl s_server -www`, on a port that the system chooses. */
static struct tls_server tls_start(const char *dir, const char *verify)
{
    struct tls_server s = {0};
    int out[2];
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    char *command = mem_printf(
        "openssl s_server -accept 127.0.0.1:0 -cert server.pem -key server.key -www -CAfile server.pem %s 1", verify);
    s.pid = start_openssl(dir, command, out[1]);
    free(command);
    close(out[1]);
    s.out = fdopen(out[0], "r");
    char line[256];
    while (!s.port && fgets(line, sizeof line, s.out))
        sscanf(line, "ACCEPT 127.0.0.1:%d", &s.port);
    assert_true(s.port > 0);
    return s;
}

static void tls_stop(struct tls_server *s)
{
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    fclose(s->out);
}

static int tls_ask(int port, const char *host, struct net_tls tls, struct error *err)
{
    char *url = mem_printf("https://%s:%d/", host, port);
    struct net_http_answer a = {0};
    int rc = net_http_get(&(struct net_http_request){.url = url, .tls = tls}, NULL, &a, err);
    if (rc == 0)
        assert_int_equal(a.status, 200);
    net_http_answer_done(&a);
    free(url);
    return rc;
}

static void certificates(void **state)
{
    (void)state;
    char dir[] = "/tmp/icetop-http-XXXXXX";
    assert_non_null(mkdtemp(dir));
    openssl(dir,
            "openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.pem -subj /CN=server -days 2 "
            "-addext subjectAltName=IP:127.0.0.1");
    openssl(dir, "openssl req -newkey rsa:2048 -passout pass:planted-secret-77 -keyout client.key -out client.csr "
                 "-subj /CN=client");
    openssl(
        dir,
        "openssl x509 -req -in client.csr -CA server.pem -CAkey server.key -CAcreateserial -out client.pem -days 2");
    char *ca = mem_printf("%s/server.pem", dir), *cert = mem_printf("%s/client.pem", dir),
         *key = mem_printf("%s/client.key", dir);
    struct error err = {0};
    struct tls_server s = tls_start(dir, "-verify"); /* may show a certificate */
    assert_int_equal(tls_ask(s.port, "127.0.0.1", (struct net_tls){0}, &err), ERR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "certificate"));
    assert_int_equal(tls_ask(s.port, "127.0.0.1", (struct net_tls){.insecure = true}, &err), 0);
    assert_int_equal(tls_ask(s.port, "127.0.0.1", (struct net_tls){.ca = ca}, &err), 0);
    assert_int_equal(tls_ask(s.port, "localhost", (struct net_tls){.ca = ca}, &err),
                     ERR_UNAVAILABLE); /* not its name */
    tls_stop(&s);
    s = tls_start(dir, "-Verify"); /* must show one */
    assert_true(tls_ask(s.port, "127.0.0.1", (struct net_tls){.ca = ca}, &err) < 0);
    const struct net_tls mutual = {.ca = ca, .certificate = cert, .key = key, .key_password = secret};
    assert_int_equal(tls_ask(s.port, "127.0.0.1", mutual, &err), 0);
    struct net_tls wrong = mutual;
    wrong.key_password = NULL;
    assert_int_equal(tls_ask(s.port, "127.0.0.1", wrong, &err), ERR_INVALID);
    wrong.key_password = "wrong";
    assert_int_equal(tls_ask(s.port, "127.0.0.1", wrong, &err), ERR_INVALID);
    assert_null(strstr(err.text, "wrong"));
    tls_stop(&s);
    free(ca);
    free(cert);
    free(key);
    static const char *const names[] = {"server.key", "server.pem", "server.srl",
                                        "client.key", "client.csr", "client.pem"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = mem_printf("%s/%s", dir, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(dir);
}

static void encoding(void **state)
{
    (void)state;
    struct str s = {0};
    net_http_encode(&s, "a b&c=\xc3\xa4+~/");
    assert_string_equal(str_text(&s), "a%20b%26c%3D%C3%A4%2B~%2F");
    str_done(&s);
}

/* What an answer is known by comes with it, and its body can be taken out. */
static void on_tagged(void *arg, const struct net_http_answer *a, const struct error *err)
{
    assert_null(err);
    struct result *r = arg;
    r->called++;
    snprintf(r->text, sizeof r->text, "%s", a->etag);
    char *body = net_http_answer_take(a);
    assert_string_equal(body, "text");
    assert_null(a->body);
    free(body);
}

static void etags(void **state)
{
    (void)state;
    char *longer = mem_printf("HTTP/1.1 200 OK\r\nETag: \"%0300d\"\r\n\r\ntext", 7);
    const struct web_page pages[] = {{"/weak", "HTTP/1.1 200 OK\r\netag:  W/\"a b\" \r\n\r\ntext", 0, 0},
                                     {"/none", "HTTP/1.1 200 OK\r\n\r\ntext", 0, 0},
                                     {"/longer", longer, 0, 0},
                                     {0}};
    static const char *const expected[][2] = {{"/weak", "W/\"a b\""}, {"/none", ""}, {"/longer", ""}};
    struct web *w = web_start(pages);
    struct event_base *base = event_base_new();
    struct net_http *h = net_http_new(base);
    for (size_t i = 0; i < 3; i++) {
        struct result r = {0};
        char *url = web_url(w, expected[i][0]);
        const struct net_http_request q = {.url = url};
        net_http_start(h, &q, on_tagged, &r);
        turn_until(base, &r, 1);
        assert_string_equal(r.text, expected[i][1]);
        free(url);
    }
    net_http_free(h);
    event_base_free(base);
    web_stop(w);
    free(longer);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    unsetenv("http_proxy");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(etags),
        cmocka_unit_test(good_answers),
        cmocka_unit_test(requests_say_who_asks),
        cmocka_unit_test(deadlines_hold),
        cmocka_unit_test(broken_answers),
        cmocka_unit_test(gzip_is_whole),
        cmocka_unit_test(caps_hold),
        cmocka_unit_test(redirects),
        cmocka_unit_test(requests_that_are_none),
        cmocka_unit_test(connections_that_do_not_come),
        cmocka_unit_test(a_cancelled_call_is_silent),
        cmocka_unit_test(certificates),
        cmocka_unit_test(encoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
