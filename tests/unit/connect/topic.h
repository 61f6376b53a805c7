/* Recorded control topics (tests/data/connect), and events made by hand. */
#ifndef TESTS_UNIT_CONNECT_TOPIC_H
#define TESTS_UNIT_CONNECT_TOPIC_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct topic_record {
    int32_t partition;
    int64_t offset, time_ms;
    char *key, *value;
    size_t key_len, value_len;
};

struct topic {
    struct topic_record *records;
    size_t n;
};

/* The control topic of a run ("healthy-1.9.2") in order of offsets; fails the test if it cannot be read. */
struct topic topic_load(const char *run);
void topic_free(struct topic *t);

/* What a text in base64 stands for, on the heap; fails the test where it is none. */
char *topic_base64(const char *text, size_t *len);

/* The schema of an event as Iceberg 1.5 writes it, on the heap. payload: "StartCommit", "DataWritten", "DataComplete",
 * "CommitToTable", "CommitToTable 1.11" or "CommitComplete". */
char *topic_schema(const char *payload);
/* The value of an event: the magic, the schema, the datum. */
void topic_value(struct str *out, const char *schema, const void *datum, size_t len);

/* The parts of a datum. */
void topic_long(struct str *out, int64_t value);
void topic_bytes(struct str *out, const void *bytes, size_t len);
void topic_text(struct str *out, const char *text);
void topic_hex(struct str *out, const char *hex); /* spaces are skipped */

#endif
