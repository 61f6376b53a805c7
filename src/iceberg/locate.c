/* Which metadata file of a table is the current one. */
#include "iceberg/locate.h"
#include "base/mem.h"
#include "iceberg/file.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { HINT_BYTES = 1024, VERSION_DIGITS = 18 };

static const char *const endings[] = {".metadata.json", ".gz.metadata.json", ".metadata.json.gz"};
enum { ENDINGS = sizeof endings / sizeof endings[0] };

/* A version's file. */
struct found {
    char *file;
    struct iceberg_stamp stamp;
    int64_t version;
    enum iceberg_locate_by by;
};

struct iceberg_locate {
    char *path;
    struct found current;      /* file NULL: nothing was found yet */
    struct iceberg_stamp hint; /* of the hint that led to it; zeroed where there was none */
};

struct iceberg_locate *iceberg_locate_new(const char *path)
{
    struct iceberg_locate *l = mem_new(struct iceberg_locate);
    l->path = mem_strdup(path);
    return l;
}

void iceberg_locate_free(struct iceberg_locate *l)
{
    if (!l)
        return;
    free(l->path);
    free(l->current.file);
    free(l);
}

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name), n = strlen(ending);
    return len > n && strcmp(name + len - n, ending) == 0;
}

bool iceberg_locate_is_metadata(const char *name)
{
    return ends_with(name, ".metadata.json") || ends_with(name, ".metadata.json.gz");
}

/* A version as digits up to an ending; -1 if it is none. */
static int64_t digits(const char *text, const char **end)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > VERSION_DIGITS)
        return -1;
    *end = text + n;
    return strtoll(text, NULL, 10);
}

/* The file of version N, if it is there: sets *ret, whose file is on the heap. Anything but its absence is an error. */
static int version(const struct iceberg_locate *l, int64_t n, struct found *ret, struct error *err)
{
    int rc = ERR_NOT_FOUND;
    for (size_t i = 0; i < ENDINGS && rc == ERR_NOT_FOUND; i++) {
        char *file = mem_printf("%s/metadata/v%lld%s", l->path, (long long)n, endings[i]);
        struct iceberg_stamp stamp;
        rc = iceberg_file_stamp(file, &stamp, err);
        if (rc == 0)
            *ret = (struct found){.file = file, .stamp = stamp, .version = n};
        else
            free(file);
    }
    return rc;
}

/* The highest version that is listed; ERR_NOT_FOUND if no file has one. */
static int listed(const struct iceberg_locate *l, int64_t *ret, struct error *err)
{
    char *path = mem_printf("%s/metadata", l->path);
    int64_t best = -1;
    size_t n = 0, others = 0;
    const struct dirent *entry;
    DIR *dir = opendir(path);
    int rc =
        dir ? 0 : error_set_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
    while (dir && !rc && (errno = 0, entry = readdir(dir))) {
        const char *rest = "";
        int64_t v = entry->d_name[0] == 'v' ? digits(entry->d_name + 1, &rest) : -1;
        bool ours = false;
        for (size_t i = 0; i < ENDINGS; i++)
            ours = ours || strcmp(rest, endings[i]) == 0;
        if (ours && v > best)
            best = v;
        others += !ours && iceberg_locate_is_metadata(entry->d_name);
        if (++n > ICEBERG_LOCATE_FILES)
            rc = error_set(err, ERR_LIMIT, "%s: more than %d files; at most that many are looked at", path,
                           ICEBERG_LOCATE_FILES);
    }
    if (!rc && errno && dir)
        rc = error_set_errno(err, ERR_IO, errno, "%s", path);
    if (!rc && best < 0 && others)
        rc = error_set(err, ERR_UNAVAILABLE,
                       "%s: which of %zu metadata files is current only the catalog knows: name it, or a file", path,
                       others);
    else if (!rc && best < 0)
        rc = error_set(err, ERR_NOT_FOUND, "%s: no metadata file", path);
    if (dir)
        closedir(dir);
    free(path);
    if (!rc)
        *ret = best;
    return rc;
}

/* Goes up from a version that is there as long as there is a next one. */
static int climb(const struct iceberg_locate *l, struct found *at, struct error *err)
{
    for (int steps = 0; steps <= ICEBERG_LOCATE_AHEAD; steps++) {
        struct found next;
        int rc = version(l, at->version + 1, &next, err);
        if (rc == ERR_NOT_FOUND)
            return 0;
        if (rc)
            return rc;
        next.by = at->by == ICEBERG_LOCATE_HINT ? ICEBERG_LOCATE_AFTER : at->by;
        free(at->file);
        *at = next;
    }
    return error_set(err, ERR_LIMIT,
                     "%s: its version hint is more than %d versions behind; at most that many are looked at", l->path,
                     ICEBERG_LOCATE_AHEAD);
}

/* A hint that is no number: a file's name, within the directory. */
static int by_name(const struct iceberg_locate *l, const char *name, struct found *ret, struct error *err)
{
    if (!*name || strchr(name, '/'))
        return error_set(err, ERR_NOT_FOUND, "%s: its version hint names no file", l->path);
    char *file = mem_printf("%s/metadata/%s%s", l->path, name, iceberg_locate_is_metadata(name) ? "" : endings[0]);
    struct iceberg_stamp stamp;
    int rc = iceberg_file_stamp(file, &stamp, err);
    if (rc == 0)
        *ret = (struct found){.file = file, .stamp = stamp, .version = -1, .by = ICEBERG_LOCATE_HINT};
    else
        free(file);
    return rc;
}

/* What the hint names. ERR_NOT_FOUND if there is none, or it is of no use. */
static int hinted(const struct iceberg_locate *l, const char *path, struct found *ret, struct error *err)
{
    struct str text = {0};
    const char *end = "";
    int rc = iceberg_file_read(path, HINT_BYTES, &text, NULL, err);
    if (rc == ERR_LIMIT || rc == ERR_INVALID)
        rc = error_set(err, ERR_NOT_FOUND, "%s: no version hint", path);
    while (text.len && isspace((unsigned char)text.s[text.len - 1]))
        str_cut(&text, text.len - 1);
    if (!rc && text.len != strlen(str_text(&text)))
        rc = error_set(err, ERR_NOT_FOUND, "%s: no version hint", path);
    int64_t n = rc ? -1 : digits(str_text(&text), &end);
    if (!rc && n >= 0 && !*end) {
        rc = version(l, n, ret, err);
        if (!rc)
            ret->by = ICEBERG_LOCATE_HINT;
    } else if (!rc) {
        rc = by_name(l, str_text(&text), ret, err);
    }
    str_done(&text);
    return rc;
}

/* From scratch, or because the hint is another one. */
static int search(const struct iceberg_locate *l, const char *hint_path, struct found *ret, struct error *err)
{
    int rc = hinted(l, hint_path, ret, err);
    if (rc == ERR_NOT_FOUND) {
        int64_t n;
        rc = listed(l, &n, err);
        rc = rc ? rc : version(l, n, ret, err);
        if (!rc)
            ret->by = ICEBERG_LOCATE_LISTED;
    }
    return rc;
}

static int directory(const struct iceberg_locate *l, struct found *ret, struct iceberg_stamp *hint, struct error *err)
{
    char *path = mem_printf("%s/metadata/version-hint.text", l->path);
    struct iceberg_stamp none = {0};
    int rc = iceberg_file_stamp(path, hint, err); /* before the reading: what is written meanwhile differs next time */
    if (rc)
        *hint = none;
    bool known = l->current.file && iceberg_file_same(hint, &l->hint);
    rc = ERR_NOT_FOUND;
    if (known) {
        *ret = l->current;
        ret->file = mem_strdup(l->current.file);
        rc = iceberg_file_stamp(ret->file, &ret->stamp, err);
        if (rc)
            free(ret->file);
    }
    if (rc == ERR_NOT_FOUND) /* nothing is known, or what was known has gone */
        rc = search(l, path, ret, err);
    free(path);
    if (!rc && ret->version >= 0) {
        rc = climb(l, ret, err);
        if (rc)
            free(ret->file);
    }
    return rc;
}

int iceberg_locate_poll(struct iceberg_locate *l, struct iceberg_located *ret, struct error *err)
{
    struct found now = {.version = -1, .by = ICEBERG_LOCATE_GIVEN};
    struct iceberg_stamp hint = {0};
    struct stat st;
    int rc = 0;
    if (stat(l->path, &st))
        return error_set_errno(err, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO, errno, "%s", l->path);
    if (S_ISDIR(st.st_mode)) {
        rc = directory(l, &now, &hint, err);
    } else {
        rc = iceberg_file_stamp(l->path, &now.stamp, err);
        now.file = rc ? NULL : mem_strdup(l->path);
    }
    if (rc)
        return rc;
    bool same =
        l->current.file && strcmp(l->current.file, now.file) == 0 && iceberg_file_same(&l->current.stamp, &now.stamp);
    free(l->current.file);
    l->current = now;
    l->hint = hint;
    *ret = (struct iceberg_located){
        .file = now.file, .version = now.version, .by = now.by, .changed = !same};
    return 0;
}
