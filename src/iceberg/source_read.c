/* Reading the metadata of tables that are due: files and what came over HTTP, parsed on the source's thread. */
#include "iceberg/source_internal.h"
#include "iceberg/file.h"
#include "iceberg/rest_page.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    PARSING = 2,  /* jobs on the thread or before it: what is parsed waits nowhere else */
    FETCHING = 8, /* requests under way */
    HTTP_OK = 200,
    HTTP_NOT_MODIFIED = 304,
};

/* The metadata of one table, from bytes to rows. */
struct job {
    struct iceberg_source *s;
    char *name, *file;
    char *body; /* what came over HTTP; NULL: the file is here */
    size_t len;
    size_t max;     /* snapshots */
    bool rest;      /* the body is that of a REST catalog's table */
    char *location; /* of its metadata: as it was known, then as it is */
    bool same;      /* it is where it was */
    int rc;
    struct error err;
    VEC(char *) marks; /* owned; NULL at the end */
    unsigned marking;
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

/* The metadata within a REST catalog's answer; nothing where it lies where it did, for metadata files never change. */
static int find_metadata(struct job *j, const struct str *text, struct iceberg_span *metadata)
{
    char *location = NULL;
    int rc = iceberg_rest_page_table(str_text(text), text->len, j->file, &location, metadata, &j->err);
    j->same = !rc && location && j->location && strcmp(location, j->location) == 0;
    if (!rc) {
        free(j->location);
        j->location = location;
    }
    return rc;
}

static void run_job(void *arg)
{
    struct job *j = arg;
    struct str text = {0};
    struct iceberg_metadata *m = NULL;
    j->rc = read_text(j, &text);
    struct iceberg_span metadata = {str_text(&text), text.len};
    if (!j->rc && j->rest)
        j->rc = find_metadata(j, &text, &metadata);
    if (!j->rc && !j->same)
        j->rc = iceberg_metadata_parse(metadata.s, metadata.len, j->file, &m, &j->err);
    if (j->rest && text.s)
        explicit_bzero(text.s, text.len); /* catalogs send credentials for the files along */
    str_done(&text);
    if (m)
        iceberg_digest_init(&j->digest, m, j->max, j->rc == ERR_PARTIAL, (const char *const *)j->marks.items);
    if (m && j->rest && j->digest.table[ICEBERG_TABLES_METADATA_BYTES].quality == QUALITY_EXACT)
        j->digest.table[ICEBERG_TABLES_METADATA_BYTES].quality = QUALITY_EST;
}

static void free_job(struct job *j)
{
    iceberg_digest_done(&j->digest);
    free(j->body);
    free(j->name);
    free(j->file);
    free(j->location);
    for (size_t i = 0; i < j->marks.n; i++)
        free(j->marks.items[i]);
    vec_done(&j->marks);
    free(j);
}

/* What came of a table. */
static void take_job(struct iceberg_source *s, struct iceberg_source_table *t, struct job *j)
{
    if (!t->file || strcmp(t->file, j->file) != 0) /* it points elsewhere by now, and is still due */
        return;
    if (j->rest && !j->rc && j->location) {
        free(t->written);
        t->written = mem_strdup(j->location);
    }
    if (j->same) {
        iceberg_source_same(s, t);
    } else if (j->digest.metadata) {
        iceberg_source_read(s, t, &j->digest);
        t->marked = j->marking;
    } else {
        iceberg_source_unread(s, t, &j->err);
    }
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
        take_job(s, t, j);
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
                      .max = share(s->tables.n),
                      .rest = s->rest != NULL};
    for (size_t i = 0; i < s->marks.n; i++)
        vec_push(&j->marks, mem_strdup(s->marks.items[i]));
    vec_push(&j->marks, NULL);
    j->marking = s->marking;
    if (s->rest && t->written && t->uuid && !t->failed && t->marked == s->marking)
        j->location = mem_strdup(t->written);
    s->jobs++;
    workers_submit(s->lane, run_job, finish_job, j);
}

/* ---- HTTP ---- */

struct iceberg_source_fetch {
    struct iceberg_source *s;
    char *name, *file;
    struct net_http_call *call; /* NULL: the REST catalog's */
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

/* Nobody answers, which may be so for this table alone: that is known when the round ends. If nothing else has been
 * heard in it, no further table is asked for. */
static void hear_nothing(struct iceberg_source *s, struct iceberg_source_table *t, const struct error *err)
{
    s->silence = s->silence.code ? s->silence : *err;
    t->silent = true;
    t->due = false;
    s->silent++;
    for (size_t i = 0; i < s->tables.n && s->silent >= FETCHING && !s->heard; i++)
        s->tables.items[i]->due = false;
}

/* What an answer is worth: 0, or an error. */
static int judge(const struct iceberg_source *s, const char *url, const struct net_http_answer *answer,
                 const struct error *failure, struct error *err)
{
    const struct net_http_request request = {.url = url};
    if (failure) {
        *err = *failure;
        return failure->code;
    }
    if (answer->status == HTTP_OK || answer->status == HTTP_NOT_MODIFIED)
        return 0;
    if (s->rest || net_http_check(&request, answer, err) == 0)
        error_set(err, ERR_REMOTE, "%.300s: status %d", url, answer->status);
    return err->code;
}

/* An answer with a table, or with the news that it is as it was. */
static void take_answer(struct iceberg_source *s, struct iceberg_source_table *t, const struct net_http_answer *answer)
{
    uint64_t body = answer->status == HTTP_OK ? map_hash(answer->body, answer->len) | 1 : 0;
    if (!body || body == t->body) {
        t->reading = false;
        s->reading--;
        iceberg_source_same(s, t);
        return;
    }
    free(t->etag);
    t->etag = *answer->etag ? mem_strdup(answer->etag) : NULL;
    t->body = body;
    size_t len = answer->len;
    submit(s, t, net_http_answer_take(answer), len);
}

static void fetched(void *arg, const struct net_http_answer *answer, const struct error *failure)
{
    struct iceberg_source_fetch *f = arg;
    struct iceberg_source *s = f->s;
    struct iceberg_source_table *t = iceberg_source_find(s, f->name);
    struct error err = {0};
    if (t && t->reading) {
        int rc = judge(s, f->file, answer, failure, &err);
        bool silent = s->rest && (rc == ERR_UNAVAILABLE || rc == ERR_TIMEOUT || rc == ERR_CLOSED);
        s->heard = s->heard || !silent;
        t->reading = !rc;
        t->missing = s->rest && rc == ERR_NOT_FOUND;
        s->reading -= !t->reading;
        if (silent)
            hear_nothing(s, t, &err);
        else if (rc)
            iceberg_source_unread(s, t, &err);
        else
            take_answer(s, t, answer);
        if (rc == ERR_NOT_FOUND) /* what is there is to be found out anew */
            s->list_us = 0;
        store_commit(s->store);
    }
    free_fetch(f);
    iceberg_source_pump(s);
}

struct net_http_call *iceberg_source_get(struct iceberg_source *s, const char *url, const char *etag, const char *range,
                                         net_http_done *done, void *arg)
{
    bool known = trusted(s, url);
    char *match = etag ? mem_printf("If-None-Match: %s", etag) : NULL;
    VEC(const char *) headers = {0};
    for (size_t i = 0; known && s->settings.headers && s->settings.headers[i]; i++)
        vec_push(&headers, s->settings.headers[i]);
    if (match)
        vec_push(&headers, match);
    if (range)
        vec_push(&headers, range);
    vec_push(&headers, NULL);
    struct net_http_request q = {.url = url,
                                 .headers = headers.items,
                                 .tls = s->settings.login.tls,
                                 .proxy = s->settings.proxy,
                                 .deadline_ms = s->settings.deadline_ms,
                                 .max_body = ICEBERG_METADATA_BYTES};
    if (known)
        q.auth = s->settings.login.auth;
    else
        q.tls.certificate = q.tls.key = q.tls.key_password = NULL;
    struct net_http_call *call = net_http_start(s->http, &q, done, arg);
    vec_done(&headers);
    free(match);
    return call;
}

static void fetch(struct iceberg_source *s, const struct iceberg_source_table *t)
{
    struct iceberg_source_fetch *f = mem_new(struct iceberg_source_fetch);
    const char *etag = t->uuid && !t->failed ? t->etag : NULL;
    *f = (struct iceberg_source_fetch){.s = s, .name = mem_strdup(t->name), .file = mem_strdup(t->file)};
    vec_push(&s->fetches, f);
    if (s->rest)
        iceberg_rest_load(s->rest, f->file, etag, fetched, f);
    else
        f->call = iceberg_source_get(s, f->file, etag, NULL, fetched, f);
}

/* ---- which next ---- */

static bool readable_now(const struct iceberg_source_table *t)
{
    return t->due && !t->reading && !t->pause && t->file;
}

/* No table is due, or being read. */
static bool is_idle(const struct iceberg_source *s)
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
        bool web = s->rest || iceberg_place_is_web(t->file);
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
    if (s->reading == 0 && !s->looking && is_idle(s))
        iceberg_source_drained(s);
}

void iceberg_source_stop(struct iceberg_source *s)
{
    iceberg_source_url_free(s);
    iceberg_rest_free(s->rest);
    s->rest = NULL;
    while (s->fetches.n) {
        if (s->fetches.items[0]->call)
            net_http_cancel(s->fetches.items[0]->call);
        free_fetch(s->fetches.items[0]);
    }
}
