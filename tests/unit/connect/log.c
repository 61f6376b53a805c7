/* Unpacks recorded logs and takes them apart into entries. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "connect/line.h"
#include "tests/unit/connect/log.h"

#include <libdeflate.h>

struct str log_load(const char *run)
{
    char *path = mem_printf("%s/connect/%s.log.gz", getenv("TEST_DATA"), run);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot open %s", path);
    struct str packed = {0}, log = {0};
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, f));)
        str_bytes(&packed, piece, n);
    fclose(f);
    free(path);
    size_t len = 0;
    str_repeat(&log, ' ', 1 << 20);
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_gzip_decompress(d, packed.s, packed.len, log.s, log.len, &len), LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(d);
    str_cut(&log, len);
    str_done(&packed);
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
