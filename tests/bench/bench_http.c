/* How fast a large body that comes as gzip is fetched, inflated and read as metrics, beside one that comes as it is. The
 * server is a thread of the same process. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/http.h"
#include "prom/text.h"
#include "tests/unit/net/web.h"

#include <libdeflate.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { SERIES = 150000, ROUNDS = 15, MOST_BODY = 64 * 1024 * 1024 };

static void add_metrics(struct str *s)
{
    uint64_t n = 88172645463325252u;
    for (int i = 0; i < SERIES; i++) {
        n = n * 6364136223846793005u + 1442695040888963407u;
        str_printf(s, "node_cpu_seconds_total{cpu=\"%d\",mode=\"%s\",host=\"worker-%d\"} %llu.%02llu\n", i % 64,
                   i % 2 ? "idle" : "iowait", i / 64, (unsigned long long)(n >> 44),
                   (unsigned long long)(n >> 33) % 100);
    }
}

static void add_gzip(struct str *out, const struct str *text)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
    size_t room = libdeflate_gzip_compress_bound(c, text->len);
    char *buf = mem_alloc(room);
    size_t len = libdeflate_gzip_compress(c, text->s, text->len, buf, room);
    str_printf(out, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n", len);
    str_bytes(out, buf, len);
    free(buf);
    libdeflate_free_compressor(c);
}

static size_t samples_of(const struct net_http_answer *a)
{
    struct prom_text t;
    struct prom_text_item item;
    struct error err;
    size_t n = 0;
    prom_text_init(&t, PROM_TEXT_PLAIN, a->body, a->len);
    while (!prom_text_next(&t, &item, &err) && item.kind != PROM_TEXT_END)
        n += item.kind == PROM_TEXT_SAMPLE;
    prom_text_done(&t);
    return n;
}

/* The best of some rounds; false where one was not answered in full. */
static bool measure(const char *url, const char *what)
{
    int64_t fetch = INT64_MAX, all = INT64_MAX;
    size_t len = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct net_http_answer a = {0};
        struct error err = {0};
        const int64_t begin = clock_mono_us(&clock_system);
        int rc = net_http_get(&(struct net_http_request){.url = url, .max_body = MOST_BODY}, NULL, &a, &err);
        const int64_t came = clock_mono_us(&clock_system);
        if (rc || samples_of(&a) != SERIES) {
            fprintf(stderr, "%s: %s\n", what, rc ? err.text : "not all of it came");
            net_http_answer_done(&a);
            return false;
        }
        const int64_t read = clock_mono_us(&clock_system);
        fetch = came - begin < fetch ? came - begin : fetch;
        all = read - begin < all ? read - begin : all;
        len = a.len;
        net_http_answer_done(&a);
    }
    printf("%s: %zu bytes, %.0f MB/s fetched, %.0f MB/s fetched and read\n", what, len, (double)len / (double)fetch,
           (double)len / (double)all);
    return true;
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    struct str text = {0}, plain = {0}, gzip = {0};
    add_metrics(&text);
    str_printf(&plain, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", text.len);
    str_bytes(&plain, text.s, text.len);
    add_gzip(&gzip, &text);
    const struct web_page pages[] = {{.path = "/plain", .bytes = plain.s, .len = plain.len},
                                     {.path = "/gzip", .bytes = gzip.s, .len = gzip.len},
                                     {0}};
    struct web *w = web_start(pages);
    char *plain_url = web_url(w, "/plain"), *gzip_url = web_url(w, "/gzip");
    bool good = measure(plain_url, "as it is");
    good = measure(gzip_url, "as gzip") && good;
    free(plain_url);
    free(gzip_url);
    web_stop(w);
    str_done(&text);
    str_done(&plain);
    str_done(&gzip);
    return !good;
}
