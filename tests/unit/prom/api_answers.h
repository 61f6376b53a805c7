/* Bodies of the Prometheus HTTP API, and what was read from them as text. */
#ifndef TESTS_UNIT_PROM_API_ANSWERS_H
#define TESTS_UNIT_PROM_API_ANSWERS_H

#include "tests/unit/data.h"

/* A file of tests/data/prom/api, for free. */
static inline char *answer_load(const char *name)
{
    return data_text(data_path("prom/api/%s", name));
}

/* What was written into s, which is freed. */
static inline void assert_written(struct str *s, const char *expected)
{
    assert_string_equal(str_text(s), expected);
    str_done(s);
}

#endif
