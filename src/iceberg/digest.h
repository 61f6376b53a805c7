/* What the rows of a table and of its snapshots say, worked out of its metadata away from the loop. */
#ifndef ICEBERG_DIGEST_H
#define ICEBERG_DIGEST_H

#include "iceberg/metadata.h"
#include "iceberg/tables.h"

enum {
    ICEBERG_DIGEST_RECENT = 20,   /* snapshots over which means and medians are made */
    ICEBERG_DIGEST_LOOKED = 1000, /* ancestors among which they are looked for */
    ICEBERG_DIGEST_CLOCKS =
        60000, /* ms that a snapshot may be older than its parent: writers allow each other as much */
    ICEBERG_DIGEST_SNAPSHOTS = 1000 /* at most this many rows a table */
};

/* A cell before it is one: texts are no names yet, for names belong to the loop. */
struct iceberg_cell {
    enum quality quality;
    union {
        int64_t i;
        double d;
        const char *s;
    };
};

struct iceberg_digest_snapshot {
    int64_t id;
    struct iceberg_cell cells[SNAPSHOTS_CONTROL_OFFSETS + 1]; /* those of the key are unknown */
};

/* By column; texts belong to the metadata, which belongs to this. */
struct iceberg_digest {
    struct iceberg_metadata *metadata;
    struct iceberg_cell table[ICEBERG_TABLES_NOTE + 1]; /* those of the key, metadata and how are unknown */
    struct iceberg_digest_snapshot *snapshots;          /* newest first */
    size_t n;
    size_t left_out; /* snapshots beyond the cap */
    bool odd;        /* something could not be read or contradicts itself, and the note says what */
};

/* Takes the metadata. max: snapshots that get a row, the newest and the current one. newer: its format version is newer
 * than what is known (iceberg_metadata_parse said ERR_PARTIAL). marks: those that are wanted, see iceberg/marks.h. Never fails. */
void iceberg_digest_init(struct iceberg_digest *d, struct iceberg_metadata *m, size_t max, bool newer,
                         const char *const *marks);
/* Zeroed is allowed. */
void iceberg_digest_done(struct iceberg_digest *d);

#endif
