/* Where a file that somebody else names lies as seen from here. */
#include "iceberg/place.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void iceberg_place_done(struct iceberg_place *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->prefixes[i].from);
        free(p->prefixes[i].to);
    }
    free(p->prefixes);
    *p = (struct iceberg_place){0};
}

/* Length of "scheme:" in front, 0 if there is none. */
static size_t scheme(const char *text)
{
    size_t n = 0;
    while (isalnum((unsigned char)text[n]) || (n && strchr("+-.", text[n]) && text[n]))
        n++;
    return n > 1 && text[n] == ':' && isalpha((unsigned char)text[0]) ? n + 1 : 0;
}

char *iceberg_place_form(const char *written)
{
    struct str out = {0};
    size_t n = scheme(written);
    const char *rest = written + n;
    if (n && strncasecmp(written, "file:", n) == 0) {
        if (strncasecmp(rest, "//localhost/", 12) == 0)
            rest += 11;
    } else if (n) {
        bool s3 = n == 4 && (strncasecmp(written, "s3a:", n) == 0 || strncasecmp(written, "s3n:", n) == 0);
        str_bytes(&out, s3 ? "s3:" : written, s3 ? 3 : n);
        size_t slashes = strncmp(rest, "//", 2) == 0 ? 2 : 0;
        str_bytes(&out, rest, slashes);
        rest += slashes;
    }
    size_t root = out.len;
    for (; *rest; rest++)
        if (*rest != '/' || out.len == root || out.s[out.len - 1] != '/')
            str_char(&out, *rest);
    if (out.len > root + 1 && out.s[out.len - 1] == '/')
        str_cut(&out, out.len - 1);
    return str_take(&out);
}

bool iceberg_place_same(const char *a, const char *b)
{
    char *x = iceberg_place_form(a), *y = iceberg_place_form(b);
    bool same = strcmp(x, y) == 0;
    free(x);
    free(y);
    return same;
}

int iceberg_place_add(struct iceberg_place *p, const char *from, const char *to, struct error *err)
{
    if (!*from || !*to)
        return error_set(err, ERR_INVALID, "a prefix of paths is empty");
    if (p->n == p->room) {
        p->room = vec_room(p->room, p->n + 1);
        p->prefixes = mem_realloc(p->prefixes, p->room, sizeof *p->prefixes);
    }
    p->prefixes[p->n++] = (struct iceberg_place_prefix){.from = iceberg_place_form(from), .to = iceberg_place_form(to)};
    return 0;
}

/* What comes behind a prefix, with its slash; NULL if it does not fit. */
static const char *behind(const char *path, const char *prefix)
{
    size_t len = strlen(prefix);
    if (strncmp(path, prefix, len) != 0)
        return NULL;
    if (len && prefix[len - 1] == '/') /* the root */
        return path + len - 1;
    return path[len] == '/' || !path[len] ? path + len : NULL;
}

int iceberg_place_map(const struct iceberg_place *p, const char *written, char **ret, struct error *err)
{
    if (!*written)
        return error_set(err, ERR_INVALID, "an empty path");
    char *path = iceberg_place_form(written);
    const struct iceberg_place_prefix *best = NULL;
    for (size_t i = 0; i < p->n; i++)
        if (behind(path, p->prefixes[i].from) && (!best || strlen(p->prefixes[i].from) >= strlen(best->from)))
            best = &p->prefixes[i];
    if (best) {
        char *mapped = mem_printf("%s%s", best->to, behind(path, best->from));
        free(path);
        path = iceberg_place_form(mapped);
        free(mapped);
    }
    *ret = path;
    return 0;
}

bool iceberg_place_is_web(const char *path)
{
    return strncasecmp(path, "http://", 7) == 0 || strncasecmp(path, "https://", 8) == 0;
}

int iceberg_place_here(const struct iceberg_place *p, const char *written, char **ret, struct error *err)
{
    char *path;
    int rc = iceberg_place_map(p, written, &path, err);
    if (rc)
        return rc;
    if (scheme(path)) {
        error_set(err, ERR_UNAVAILABLE, "%.300s: no local path, and no prefix says where it lies here", written);
        free(path);
        return ERR_UNAVAILABLE;
    }
    *ret = path;
    return 0;
}
