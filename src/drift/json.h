/* JSON as Python's json.dumps writes it, which is not all JSON: with NaN, Infinity and -Infinity in it, and with numbers that
 * no double can hold.
 *
 * jansson refuses these, so they are made strings ("NaN", "Infinity", "-Infinity") before it sees them, outside of strings
 * only; a number beyond double becomes the infinity of its sign. drift_json_number knows a number by either form. All numbers
 * are doubles, whole ones too. */
#ifndef DRIFT_JSON_H
#define DRIFT_JSON_H

#include "base/error.h"
#include "drift/verdict.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum drift_json_limit {
    /* of all arrays and objects together: 64 MB of "0,0,0..." would be 32 million, and a gigabyte of memory */
    DRIFT_JSON_VALUES = 4 * 1000 * 1000,
};

/* The parsed text, to be json_decref'ed. ERR_INVALID with the position for what is no JSON even so; ERR_LIMIT beyond max_bytes
 * or DRIFT_JSON_VALUES. what names the text in errors. */
int drift_json_load(const char *what, const void *bytes, size_t len, size_t max_bytes, json_t **ret, struct error *err);

/* True, and *ret, for a number, for the texts that stand for one, and not for anything else (null, NULL, true). */
bool drift_json_number(const json_t *value, double *ret);

/* A member that is a string, NULL for another or none; a member that is a number, not known for another or none. */
const char *drift_json_text(const json_t *object, const char *key);
struct drift_verdict_number drift_json_known(const json_t *object, const char *key);

#endif
