/* How many lines of workers' logs are read a second: beginnings found, entries read, sentences looked up. */
#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "connect/line.h"
#include "iceberg/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMES = 100, FLOOR = 1000000 /* lines a second; less than this fails */ };

struct result {
    size_t lines, entries, known, bytes;
};

static void read_entry(struct result *r, const char *entry, size_t len)
{
    struct connect_line line;
    if (connect_line_read(entry, len, 0, &line, NULL))
        return;
    r->entries++;
    r->known += line.kind != CONNECT_LINE_OTHER;
}

static void read_log(struct result *r, const struct str *log)
{
    const char *begin = log->s, *end = log->s + log->len;
    for (const char *p = log->s; p < end; r->lines++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p)), *next = newline ? newline + 1 : end;
        if (p > begin && connect_line_begins(p, (size_t)(next - p))) {
            read_entry(r, begin, (size_t)(p - begin));
            begin = p;
        }
        p = next;
    }
    read_entry(r, begin, (size_t)(end - begin));
    r->bytes += log->len;
}

int main(void)
{
    static const char *const runs[] = {"healthy-1.9.2", "failing-1.11.0"};
    double slowest = 0;
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct str log = {0};
        struct error err;
        struct result r = {0};
        char *path = mem_printf("%s/connect/%s.log.gz", getenv("TEST_DATA"), runs[i]);
        if (iceberg_file_read(path, 16 * 1024 * 1024, &log, NULL, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        const int64_t begin = clock_mono_us(&clock_system);
        for (int n = 0; n < TIMES; n++)
            read_log(&r, &log);
        const double seconds = (double)(clock_mono_us(&clock_system) - begin) / 1e6;
        const double rate = (double)r.lines / seconds;
        printf("%s: %.2f million lines/s, %.0f MB/s; %zu entries, %zu known\n", runs[i], rate / 1e6,
               (double)r.bytes / seconds / 1e6, r.entries / TIMES, r.known / TIMES);
        slowest = !i || rate < slowest ? rate : slowest;
        str_done(&log);
        free(path);
    }
    return slowest < FLOOR;
}
