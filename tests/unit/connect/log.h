/* Recorded logs of Connect workers (tests/data/connect). */
#ifndef TESTS_UNIT_CONNECT_LOG_H
#define TESTS_UNIT_CONNECT_LOG_H

#include "base/str.h"

/* The log of a run ("healthy-1.9.2"), unpacked; fails the test if it cannot be read. */
struct str log_load(const char *run);
/* Calls fn for each entry of a log, as connect_line_begins tells them apart. */
void log_each(const struct str *log, void (*fn)(void *arg, const char *entry, size_t len), void *arg);

#endif
