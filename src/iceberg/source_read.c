/* Reading the metadata of tables that are due: files and what came over HTTP, parsed on the source's thread. */
#include "iceberg/source_internal.h"
#include "iceberg/file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    PARSING = 2,  /* jobs on the thread or before it: what is parsed waits nowhere else */
    FETCHING = 8, /* requests under way */
    HTTP_NOT_MODIFIED = 304,
};

/* The metadata of one table, from bytes to rows. */
struct job {
    struct iceberg_source *s;
    char *name, *file;
    char *body; /* what came over HTTP; NULL: the file is here */
    size_t len;
    size_t max; /* snapshots */
    int rc;
    struct error err;
    struct iceberg_digest digest;
};

/* ---- parsing ---- */

static int read_text(struct job *j, struct str *text)
{
    if (!j->body)
        return iceberg_file_read(j->file, ICEBERG_METADATA_BYTES, text, NULL, &j->err);
    if (iceberg_file_is_gzip(j->body, j->len))
        return iceberg_file_inflate(j->body, j->len, ICEBERG_METADATA_BYTES, j->file, text, &j->err);
    *text = (struct str){.s = j->body, .len = j->len, .room = j->len + 1};
    j->body = NULL;
    return 0;
}

static void run_job(void *arg)
{
    struct job *j = arg;
    struct str text = {0};
    struct iceberg_metadata *m = NULL;
    j->rc = read_text(j, &text);
    if (!j->rc)
        j->rc = iceberg_metadata_parse(str_text(&text), text.len, j->file, &m, &j->err);
    str_done(&text);
    if (m)
        iceberg_digest_init(&j->digest, m, j->max, j->rc == ERR_PARTIAL);
}

static void free_job(struct job *j)
{
    iceberg_digest_done(&j->digest);
    free(j->body);
    free(j->name);
    free(j->file);
    free(j);
}

static void finish_job(void *arg)
{
    struct job *j = arg;
    struct iceberg_source *s = j->s;
    struct iceberg_source_table *t = s->closing ? NULL : iceberg_source_find(s, j->name);
    s->jobs--;
    if (t && t->reading) {
        t->reading = false;
        s->reading--;
        if (!t->file || strcmp(t->file, j->file) != 0) /* it points elsewhere by now, and is still due */
            ;
        else if (j->digest.metadata)
            iceberg_source_read(s, t, &j->digest);
        else
            iceberg_source_unread(s, t, &j->err);
        store_commit(s->store);
    }
    bool closing = s->closing;
    free_job(j);
    if (!closing)
        iceberg_source_pump(s);
}

/* How many rows of snapshots each of so many tables may have. */
static size_t share(size_t tables)
{
    size_t n = ICEBERG_SOURCE_SNAPSHOTS / (tables ? tables : 1);
    n = n < ICEBERG_DIGEST_SNAPSHOTS ? n : ICEBERG_DIGEST_SNAPSHOTS;
    return n > ICEBERG_SOURCE_LEAST ? n : ICEBERG_SOURCE_LEAST;
}

static void submit(struct iceberg_source *s, const struct iceberg_source_table *t, char *body, size_t len)
{
    struct job *j = mem_new(struct job);
    *j = (struct job){.s = s,
                      .name = mem_strdup(t->name),
                      .file = mem_strdup(t->file),
                      .body = body,
                      .len = len,
                      .max = share(s->tables.n)};
    s->jobs++;
    workers_submit(s->lane, run_job, finish_job, j);
}

/* ---- HTTP ---- */

struct iceberg_source_fetch {
    struct iceberg_source *s;
    char *name, *file;
    struct net_http_call *call;
};

static void free_fetch(struct iceberg_source_fetch *f)
{
    struct iceberg_source *s = f->s;
    for (size_t i = 0; i < s->fetches.n; i++)
        if (s->fetches.items[i] == f) {
            s->fetches.items[i] = s->fetches.items[--s->fetches.n];
            break;
        }
    free(f->name);
    free(f->file);
    free(f);
}

/* Is it where the credentials are meant for: below the catalog's own URL, or one that a prefix names? */
static bool trusted(const struct iceberg_source *s, const char *url)
{
    const char *base = s->settings.uri;
    for (size_t i = 0; i <= s->place.n; i++) {
        size_t n = strlen(base);
        if (iceberg_place_is_web(base) && strncmp(url, base, n) == 0 &&
            (!url[n] || strchr("/?", url[n]) || url[n - 1] == '/'))
            return true;
        base = i < s->place.n ? s->place.prefixes[i].to : "";
    }
    return false;
}

static void fetched(void *arg, const struct net_http_answer *answer, const struct error *failure)
{
    struct iceberg_source_fetch *f = arg;
    struct iceberg_source *s = f->s;
    struct iceberg_source_table *t = iceberg_source_find(s, f->name);
    const struct net_http_request request = {.url = f->file};
    struct error err = {0};
    if (t && t->reading) {
        uint64_t body = answer && answer->status == 200 ? map_hash(answer->body, answer->len) | 1 : 0;
        if (failure)
            err = *failure;
        else if (answer->status != HTTP_NOT_MODIFIED && net_http_check(&request, answer, &err) == 0 && !body)
            error_set(&err, ERR_REMOTE, "%s: status %d", f->file, answer->status);
        bool same = !err.code && (!body || body == t->body);
        t->reading = !err.code && !same;
        s->reading -= !t->reading;
        if (err.code)
            iceberg_source_unread(s, t, &err);
        else if (same)
            iceberg_source_same(s, t);
        else {
            free(t->etag);
            t->etag = *answer->etag ? mem_strdup(answer->etag) : NULL;
            t->body = body;
            submit(s, t, mem_memdup(answer->body, answer->len), answer->len);
        }
        store_commit(s->store);
    }
    free_fetch(f);
    iceberg_source_pump(s);
}

static void fetch(struct iceberg_source *s, const struct iceberg_source_table *t)
{
    struct iceberg_source_fetch *f = mem_new(struct iceberg_source_fetch);
    bool known = trusted(s, t->file);
    char *match = t->etag && t->uuid && !t->failed ? mem_printf("If-None-Match: %s", t->etag) : NULL;
    VEC(const char *) headers = {0};
    for (size_t i = 0; known && s->settings.headers && s->settings.headers[i]; i++)
        vec_push(&headers, s->settings.headers[i]);
    if (match)
        vec_push(&headers, match);
    vec_push(&headers, NULL);
    struct net_http_request q = {.url = t->file,
                                 .headers = headers.items,
                                 .tls = s->settings.tls,
                                 .proxy = s->settings.proxy,
                                 .deadline_ms = s->settings.deadline_ms,
                                 .max_body = ICEBERG_METADATA_BYTES};
    if (known)
        q.auth = s->settings.auth;
    *f = (struct iceberg_source_fetch){.s = s, .name = mem_strdup(t->name), .file = mem_strdup(t->file)};
    vec_push(&s->fetches, f);
    f->call = net_http_start(s->http, &q, fetched, f);
    vec_done(&headers);
    free(match);
}

/* ---- which next ---- */

static bool readable_now(const struct iceberg_source_table *t)
{
    return t->due && !t->reading && !t->pause && t->file;
}

bool iceberg_source_idle(const struct iceberg_source *s)
{
    for (size_t i = 0; i < s->tables.n; i++)
        if (s->tables.items[i]->reading || readable_now(s->tables.items[i]))
            return false;
    return true;
}

void iceberg_source_pump(struct iceberg_source *s)
{
    for (size_t looked = 0; looked < s->tables.n; looked++) {
        struct iceberg_source_table *t = s->tables.items[s->next++ % s->tables.n];
        if (!readable_now(t))
            continue;
        bool web = iceberg_place_is_web(t->file);
        if (web ? s->fetches.n >= FETCHING : s->jobs >= PARSING) {
            s->next--;
            break;
        }
        t->reading = true;
        s->reading++;
        if (web)
            fetch(s, t);
        else
            submit(s, t, NULL, 0);
    }
    s->next = s->tables.n ? s->next % s->tables.n : 0;
    if (s->reading == 0 && !s->looking && iceberg_source_idle(s))
        iceberg_source_drained(s);
}

void iceberg_source_stop(struct iceberg_source *s)
{
    while (s->fetches.n) {
        net_http_cancel(s->fetches.items[0]->call);
        free_fetch(s->fetches.items[0]);
    }
}
