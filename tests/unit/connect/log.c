/* Unpacks recorded logs and takes them apart into entries. */
#include "tests/unit/data.h"

#include "connect/line.h"
#include "iceberg/file.h"
#include "tests/unit/connect/log.h"

struct str log_load(const char *run)
{
    struct str log = {0};
    struct error err;
    char *path = data_path("connect/%s.log.gz", run);
    if (iceberg_file_read(path, 1 << 20, &log, NULL, &err))
        fail_msg("%s", err.text);
    free(path);
    return log;
}

void log_each(const struct str *log, void (*fn)(void *arg, const char *entry, size_t len), void *arg)
{
    const char *begin = NULL, *end = log->s + log->len;
    for (const char *p = log->s; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p)), *next = newline ? newline + 1 : end;
        if (connect_line_begins(p, (size_t)((newline ? newline : end) - p))) {
            if (begin)
                fn(arg, begin, (size_t)(p - begin));
            begin = p;
        }
        p = next;
    }
    if (begin)
        fn(arg, begin, (size_t)(end - begin));
}
