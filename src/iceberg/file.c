/* Reading a small local file whole. */
#include "iceberg/file.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GZIP_LEAST = 18 /* bytes of the shortest gzip member */, RATIO = 8 /* text to its gzip, as a first guess */ };

static int64_t ns(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int failed(const char *path, struct error *err)
{
    int code = errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    return error_set_errno(err, code, errno, "%s", path);
}

static int stamp_of(const char *path, const struct stat *st, struct iceberg_stamp *ret, struct error *err)
{
    if (!S_ISREG(st->st_mode))
        return error_set(err, ERR_INVALID, "%s: no regular file", path);
    *ret = (struct iceberg_stamp){
        .device = st->st_dev,
        .inode = st->st_ino,
        .size = st->st_size,
        .modified_ns = ns(st->st_mtim),
        .changed_ns = ns(st->st_ctim),
    };
    return 0;
}

int iceberg_file_stamp(const char *path, struct iceberg_stamp *ret, struct error *err)
{
    struct stat st;
    return stat(path, &st) ? failed(path, err) : stamp_of(path, &st, ret, err);
}

bool iceberg_file_same(const struct iceberg_stamp *a, const struct iceberg_stamp *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size && a->modified_ns == b->modified_ns &&
           a->changed_ns == b->changed_ns;
}

static int beyond(const char *source, const char *what, uint64_t size, size_t max, struct error *err)
{
    return error_set(err, ERR_LIMIT, "%s: %s %llu bytes; at most %zu are read", source, what, (unsigned long long)size,
                     max);
}

/* The whole file, which may grow meanwhile. */
static int slurp(int fd, const char *path, size_t max, struct str *raw, struct iceberg_stamp *stamp, struct error *err)
{
    struct stat st;
    char buf[64 * 1024];
    if (fstat(fd, &st))
        return failed(path, err);
    int rc = stamp_of(path, &st, stamp, err);
    if (rc)
        return rc;
    if ((uint64_t)st.st_size > max)
        return beyond(path, "has", (uint64_t)st.st_size, max, err);
    for (;;) {
        ssize_t n = read(fd, buf, sizeof buf);
        if (n == 0)
            return 0;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed(path, err);
        if (raw->len + (size_t)n > max)
            return beyond(path, "has more than", max, max, err);
        str_bytes(raw, buf, (size_t)n);
    }
}

bool iceberg_file_is_gzip(const void *bytes, size_t len)
{
    return len >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0;
}

/* One member into the rest of out; grows it as far as max. */
static enum libdeflate_result member(struct libdeflate_decompressor *d, const char *in, size_t len, size_t max,
                                     size_t *used, char **out, size_t *out_len, size_t *room)
{
    for (;;) {
        size_t got = 0;
        enum libdeflate_result result =
            libdeflate_gzip_decompress_ex(d, in, len, *out + *out_len, *room - *out_len, used, &got);
        if (result == LIBDEFLATE_SUCCESS)
            *out_len += got;
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE || *room == max)
            return result;
        *room = *room < max / 4 ? *room * 4 : max;
        *out = mem_realloc(*out, *room + 1, 1);
    }
}

int iceberg_file_inflate(const void *bytes, size_t len, size_t max, const char *source, struct str *text,
                         struct error *err)
{
    const char *in = bytes;
    size_t room = len < max / RATIO ? len * RATIO : max, out_len = 0, used = 0;
    char *out = mem_alloc(room + 1);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    enum libdeflate_result result = d && len >= GZIP_LEAST ? LIBDEFLATE_SUCCESS : LIBDEFLATE_BAD_DATA;
    for (size_t at = 0; at < len && result == LIBDEFLATE_SUCCESS; at += used)
        result = member(d, in + at, len - at, max, &used, &out, &out_len, &room);
    if (d)
        libdeflate_free_decompressor(d);
    str_clear(text);
    if (result == LIBDEFLATE_SUCCESS)
        str_bytes(text, out, out_len);
    free(out);
    if (result == LIBDEFLATE_SUCCESS)
        return 0;
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
        return error_set(err, ERR_LIMIT, "%s: %zu bytes inflate to more than %zu; at most that many are read", source,
                         len, max);
    return error_set(err, ERR_INVALID, "%s: its gzip is damaged or not whole", source);
}

int iceberg_file_read(const char *path, size_t max, struct str *text, struct iceberg_stamp *stamp, struct error *err)
{
    struct iceberg_stamp before;
    struct str raw = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return failed(path, err);
    int rc = slurp(fd, path, max, &raw, &before, err);
    close(fd);
    if (!rc && iceberg_file_is_gzip(raw.s, raw.len)) {
        rc = iceberg_file_inflate(raw.s, raw.len, max, path, text, err);
    } else if (!rc) {
        str_done(text);
        *text = raw;
        raw = (struct str){0};
    }
    if (!rc && stamp)
        *stamp = before;
    str_done(&raw);
    return rc;
}
