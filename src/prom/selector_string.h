/* Strings of PromQL: in "", '' or ``, with Go's escapes. */
#ifndef PROM_SELECTOR_STRING_H
#define PROM_SELECTOR_STRING_H

#include "base/error.h"
#include "base/str.h"

/* Reads a string whose quote is at **at, and appends what it says to out; *at is moved behind it. ERR_INVALID: *at is where. */
int prom_selector_string_read(const char **at, struct str *out, struct error *err);

#endif
