/* Bodies of the Prometheus HTTP API, and what was read from them as text. */
#ifndef TESTS_UNIT_PROM_API_ANSWERS_H
#define TESTS_UNIT_PROM_API_ANSWERS_H

#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"

/* A file of tests/data/prom/api, on the heap. */
static inline char *answer_load(const char *name)
{
    const char *data = getenv("TEST_DATA");
    char *path = mem_printf("%s/prom/api/%s", data ? data : "tests/data", name);
    FILE *f = fopen(path, "r");
    if (!f)
        fail_msg("%s", path);
    struct str s = {0};
    char buf[4096];
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_bytes(&s, buf, n);
    fclose(f);
    free(path);
    return str_take(&s);
}

/* What was written into s, which is freed. */
static inline void assert_written(struct str *s, const char *expected)
{
    assert_string_equal(str_text(s), expected);
    str_done(s);
}

#endif
