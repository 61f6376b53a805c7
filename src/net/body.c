/* Bodies of answers, inflated as they arrive. */
#include "net/body.h"

#include "base/mem.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

enum {
    PIECE = 32 * 1024,           /* bytes that are inflated at a time */
    GZIP_WINDOW = MAX_WBITS + 16 /* as zlib wants it: gzip, and nothing else */
};

void net_body_init(struct net_body *b, size_t max)
{
    *b = (struct net_body){.told = -1};
    str_init(&b->text, max);
}

void net_body_done(struct net_body *b)
{
    if (b->inflate)
        inflateEnd(b->inflate);
    free(b->inflate);
    if (b->text.s)
        explicit_bzero(b->text.s, b->text.len); /* may be a token */
    str_done(&b->text);
    *b = (struct net_body){0};
}

/* ---- headers ---- */

/* The value of a header of this name, in scratch; or NULL. */
static const char *value_of(const char *line, size_t len, const char *name, char *scratch, size_t room)
{
    size_t n = strlen(name);
    if (len <= n || line[n] != ':' || strncasecmp(line, name, n) != 0)
        return NULL;
    const char *from = line + n + 1, *end = line + len;
    while (from < end && (*from == ' ' || *from == '\t'))
        from++;
    while (end > from && strchr(" \t\r\n", end[-1]))
        end--;
    len = (size_t)(end - from) < room ? (size_t)(end - from) : room - 1;
    memcpy(scratch, from, len);
    scratch[len] = '\0';
    return scratch;
}

void net_body_header(struct net_body *b, const char *line, size_t len)
{
    char scratch[sizeof b->coding];
    const char *value;
    if (b->arrived)
        return; /* it stands behind the body */
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        b->told = -1;
        b->coding[0] = '\0';
    } else if ((value = value_of(line, len, "Content-Length", scratch, sizeof scratch))) {
        b->told = (int64_t)strtoll(value, NULL, 10);
    } else if ((value = value_of(line, len, "Content-Encoding", scratch, sizeof scratch))) {
        memcpy(b->coding, value, strlen(value) + 1);
    }
}

static bool is_gzip(const struct net_body *b)
{
    return strcasecmp(b->coding, "gzip") == 0 || strcasecmp(b->coding, "x-gzip") == 0;
}

static bool is_readable(const struct net_body *b)
{
    return !*b->coding || strcasecmp(b->coding, "identity") == 0 || is_gzip(b);
}

/* ---- bytes ---- */

/* Members one behind the other are one text, as RFC 1952 has it. */
static bool inflate_more(struct net_body *b, const void *bytes, size_t len)
{
    unsigned char piece[PIECE];
    z_stream *z = b->inflate;
    z->next_in = (z_const Bytef *)(uintptr_t)bytes; /* zlib does not write there */
    z->avail_in = (uInt)len;
    do {
        z->next_out = piece;
        z->avail_out = sizeof piece;
        b->open = true;
        int rc = inflate(z, Z_NO_FLUSH);
        str_bytes(&b->text, piece, sizeof piece - z->avail_out);
        if (rc == Z_STREAM_END) {
            b->open = false;
            inflateReset(z);
        } else if (rc != Z_OK && rc != Z_BUF_ERROR) { /* the latter: all that came is read */
            b->not_gzip = z->msg ? z->msg : "its data is damaged";
        }
    } while (!b->not_gzip && !b->text.overflow && (z->avail_in || (b->open && !z->avail_out)));
    return !b->not_gzip && !b->text.overflow;
}

bool net_body_add(struct net_body *b, const void *bytes, size_t len)
{
    b->arrived += len;
    if (!is_readable(b) || !len)
        return !len;
    if (!is_gzip(b)) {
        str_bytes(&b->text, bytes, len);
        return !b->text.overflow;
    }
    if (!b->inflate) {
        b->inflate = mem_new(z_stream);
        if (inflateInit2(b->inflate, GZIP_WINDOW) != Z_OK) {
            b->not_gzip = "there is no memory to read it";
            return false;
        }
    }
    return inflate_more(b, bytes, len);
}

/* ---- what came of it ---- */

int net_body_too_large(const struct net_body *b, const char *shown, struct error *err)
{
    const char *gzip = is_gzip(b) ? " of gzip" : "";
    if (b->told >= 0)
        return error_set(err, ERR_LIMIT, "%s: the body is larger than %zu bytes, the limit: it has %" PRId64 "%s",
                         shown, b->text.max, b->told, gzip);
    return error_set(err, ERR_LIMIT, "%s: the body is larger than %zu bytes, the limit: %zu%s came, and no end of them",
                     shown, b->text.max, b->arrived, gzip);
}

int net_body_check(const struct net_body *b, const char *shown, struct error *err)
{
    if (b->text.overflow)
        return net_body_too_large(b, shown, err);
    if (b->not_gzip)
        return error_set(err, ERR_REMOTE, "%s: the body should be gzip, and is none: %s", shown, b->not_gzip);
    if (!b->arrived || is_readable(b))
        return 0;
    struct str coding = {0};
    text_safe(&coding, b->coding, strlen(b->coding));
    int rc = error_set(err, ERR_REMOTE, "%s: Content-Encoding %s, where gzip was asked for", shown, str_text(&coding));
    str_done(&coding);
    return rc;
}

int net_body_end(const struct net_body *b, int status, const char *shown, struct error *err)
{
    int rc = net_body_check(b, shown, err);
    bool none = !b->arrived && status == 200 && is_gzip(b); /* even nothing has a header and a trailer */
    if (rc || (!b->open && !none))
        return rc;
    return error_set(err, ERR_UNAVAILABLE, "%s: the body is cut off: its gzip has no end within %zu bytes", shown,
                     b->arrived);
}
