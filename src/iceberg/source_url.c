/* Rounds of the Iceberg source on one table at a URL: a metadata file, or a directory whose version hint is
 * followed, as iceberg/locate.h says of directories here; but nothing can be listed, so that there must be a hint.
 * */
#include "iceberg/locate.h"
#include "iceberg/source_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOUND = 200,
    PART = 206,
    NOT_FOUND = 404,
    GONE = 410,
    DIGITS = 18, /* of a version */
    HINT_BYTES = 1024,
    STEPS = 3 * 1000, /* files that are asked for in one round: three a version */
};

static const char *const endings[] = {".metadata.json", ".gz.metadata.json", ".metadata.json.gz"};
enum { ENDINGS = sizeof endings / sizeof *endings };

struct iceberg_source_url {
    char *base, *table; /* the directory, the table's name */
    bool file;          /* the URL is that of a metadata file */
    struct net_http_call *call;
    char *asked;     /* the URL that the call is for */
    char *hint;      /* what the last hint said; NULL: none came */
    int64_t version; /* that is current; -1: the hint was a name */
    char *current;   /* the file of that version; NULL: it is to be found yet */
    int64_t probed;  /* the version that is asked for */
    size_t ending;   /* with this ending */
    size_t steps;    /* of this round */
};

/* The directory of a metadata file's URL, of its table if the file is in a metadata directory; else the URL itself.
 * */
static char *directory(const char *uri)
{
    size_t n = strlen(uri);
    while (n && uri[n - 1] == '/')
        n--;
    char *base = mem_memdup(uri, n);
    if (!iceberg_locate_is_metadata(base))
        return base;
    *strrchr(base, '/') = 0;
    char *end = strrchr(base, '/');
    if (end && strcmp(end, "/metadata") == 0)
        *end = 0;
    return base;
}

void iceberg_source_url_new(struct iceberg_source *s)
{
    struct iceberg_source_url *u = mem_new(struct iceberg_source_url);
    u->base = directory(s->settings.uri);
    u->file = iceberg_locate_is_metadata(s->settings.uri);
    u->table = s->settings.table ? mem_strdup(s->settings.table) : iceberg_look_name(s->settings.uri);
    s->url = u;
}

void iceberg_source_url_late(struct iceberg_source *s)
{
    if (s->url->call)
        net_http_cancel(s->url->call);
    s->url->call = NULL;
    s->looking = false;
}

void iceberg_source_url_free(struct iceberg_source *s)
{
    struct iceberg_source_url *u = s->url;
    if (!u)
        return;
    iceberg_source_url_late(s);
    free(u->base);
    free(u->table);
    free(u->asked);
    free(u->hint);
    free(u->current);
    free(u);
    s->url = NULL;
}

/* The table is at this URL; whether that was written anew is found out by asking. */
static void take(struct iceberg_source *s, const char *url, const char *how)
{
    const struct iceberg_look_table table = {
        .name = s->url->table, .written = url, .file = url, .how = how, .changed = true};
    const struct iceberg_look_result found = {.tables = &table, .n = 1, .complete = true};
    s->looking = false;
    iceberg_source_take(s, &found);
    store_commit(s->store);
    iceberg_source_pump(s);
}

static void give_up(struct iceberg_source *s, const struct error *err)
{
    s->looking = false;
    if (s->round)
        iceberg_source_end(s, SOURCE_FAILED, err);
}

static void ask(struct iceberg_source *s, char *url, const char *range, net_http_done *done)
{
    free(s->url->asked);
    s->url->asked = url;
    s->url->call = iceberg_source_get(s, url, NULL, range, done, s);
}

/* An answer that is neither the thing nor its absence, as an error. */
static int odd(const struct iceberg_source *s, const struct net_http_answer *answer, const struct error *failure,
               struct error *err)
{
    const struct net_http_request request = {.url = s->url->asked};
    if (failure)
        *err = *failure;
    else if (net_http_check(&request, answer, err) == 0)
        error_set(err, ERR_REMOTE, "%.300s: status %d", s->url->asked, answer->status);
    return err->code;
}

/* The file of a version, whose endings are tried out. */
static void probe(struct iceberg_source *s, net_http_done *done)
{
    struct iceberg_source_url *u = s->url;
    char *url = mem_printf("%s/metadata/v%lld%s", u->base, (long long)u->probed, endings[u->ending]);
    u->steps++;
    ask(s, url, "Range: bytes=0-0", done); /* whether it is there is all that is asked */
}

static void on_probe(void *arg, const struct net_http_answer *answer, const struct error *failure)
{
    struct iceberg_source *s = arg;
    struct iceberg_source_url *u = s->url;
    struct error err = {0};
    u->call = NULL;
    bool there = answer && (answer->status == FOUND || answer->status == PART);
    if (!there && !(answer && (answer->status == NOT_FOUND || answer->status == GONE))) {
        odd(s, answer, failure, &err);
        give_up(s, &err);
        return;
    }
    if (there) {
        free(u->current);
        u->current = mem_strdup(u->asked);
        u->version = u->probed++;
        u->ending = 0;
    } else if (++u->ending == ENDINGS && !u->current) {
        error_set(&err, ERR_NOT_FOUND, "%.300s: its version hint names version %lld, of which there is no file",
                  u->base, (long long)u->probed);
        give_up(s, &err);
        return;
    }
    if (u->ending == ENDINGS || u->steps >= STEPS)
        take(s, u->current, "hint");
    else
        probe(s, on_probe);
}

/* What a hint says, without what is around it; NULL where it can be no hint. */
static char *hint_text(const struct net_http_answer *a)
{
    size_t n = a->len, from = 0;
    while (n && isspace((unsigned char)a->body[n - 1]))
        n--;
    while (from < n && isspace((unsigned char)a->body[from]))
        from++;
    if (from == n || n - from > HINT_BYTES || memchr(a->body + from, 0, n - from) ||
        memchr(a->body + from, '/', n - from))
        return NULL;
    return mem_memdup(a->body + from, n - from);
}

/* Another hint than before: what was found by the old one counts no more. */
static void take_hint(struct iceberg_source *s, char *hint)
{
    struct iceberg_source_url *u = s->url;
    if (u->hint && strcmp(u->hint, hint) == 0) {
        free(hint);
        return;
    }
    size_t digits = strspn(hint, "0123456789");
    free(u->hint);
    free(u->current);
    u->hint = hint;
    u->current = NULL;
    u->version = !hint[digits] && digits <= DIGITS ? strtoll(hint, NULL, 10) : -1;
    if (u->version < 0) {
        struct str name = {0};
        net_http_encode(&name, hint);
        u->current = mem_printf("%s/metadata/%s%s", u->base, str_text(&name),
                                iceberg_locate_is_metadata(hint) ? "" : endings[0]);
        str_done(&name);
    }
}

static void on_hint(void *arg, const struct net_http_answer *answer, const struct error *failure)
{
    struct iceberg_source *s = arg;
    struct iceberg_source_url *u = s->url;
    struct error err = {0};
    u->call = NULL;
    char *hint = answer && answer->status == FOUND ? hint_text(answer) : NULL;
    if (!hint) {
        if (answer && answer->status == FOUND)
            error_set(&err, ERR_REMOTE, "%.300s: this is no version hint", u->asked);
        else
            odd(s, answer, failure, &err);
        give_up(s, &err);
        return;
    }
    take_hint(s, hint);
    if (u->version < 0) {
        take(s, u->current, "hint");
        return;
    }
    u->probed = u->version + (u->current ? 1 : 0);
    u->ending = 0;
    u->steps = 0;
    probe(s, on_probe);
}

void iceberg_source_url_round(struct iceberg_source *s)
{
    if (s->url->file) {
        take(s, s->settings.uri, "given");
        return;
    }
    s->looking = true;
    ask(s, mem_printf("%s/metadata/version-hint.text", s->url->base), NULL, on_hint);
}
