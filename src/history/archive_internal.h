/* What archive.c, fold.c, roll.c, trim.c and reader.c share; nobody else includes it. */
#ifndef HISTORY_ARCHIVE_INTERNAL_H
#define HISTORY_ARCHIVE_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "history/archive.h"
#include "history/db.h"
#include "history/journal.h"

#include <stdatomic.h>

struct archive_column {
    int slot; /* negative: not kept, all slots of the table are in use */
    enum column_type type;
};

/* A table by the loop's number. */
struct archive_table {
    int64_t id;
    VEC(struct archive_column) columns;
};

/* A row by the loop's number. */
struct archive_row {
    uint64_t item : 48, table : 16;
};

/* Folding goes in slices: the journal's entries up to `through` are read in several passes, each
 * for some of the items, and taken series by series. */
struct archive_fold {
    bool active;
    int64_t through;
    int64_t pass, passes;
    struct history_entries entries; /* of this pass, sorted */
    size_t at;
};

struct history_archive {
    struct history_archive_settings settings;
    char *path;
    struct history_db db;
    enum history_archive_state state;
    bool elsewhere; /* another process writes: its last run goes on */
    bool condemned;
    int lock; /* -1: none */
    uint64_t epoch;
    int64_t run, seen_ms;
    VEC(struct archive_table) tables;
    VEC(struct archive_row) rows;
    struct map texts;                                          /* bytes → struct archive_text */
    bool open;                                                 /* a transaction */
    struct history_journal journal;                            /* of this transaction */
    int64_t journal_id;                                        /* its number to be */
    int64_t journal_bytes, journal_samples, journal_oldest_ms; /* what is to be folded */
    struct archive_fold fold;
    int64_t trimmed_ms; /* when trimming was last looked at */
    bool trimming;      /* and was not finished */
    int64_t rolled_ms;  /* when rolling up was last looked at */
    bool rolling;       /* and was not finished */
    atomic_bool hurry;
};

/* archive.c */
void archive_forget_texts(struct history_archive *a);
/* Adds delta samples to those that name a text. */
int archive_text_refs(struct history_archive *a, int64_t id, int64_t delta, struct error *err);
int archive_journal_size(struct history_archive *a, struct error *err);

/* fold.c: a slice of folding, if it is due; within the transaction. */
int archive_fold(struct history_archive *a, struct error *err);
void archive_fold_done(struct archive_fold *f);
/* Adds sign for every sample of a chunk that names a text. ERR_INVALID if the chunk is damaged. */
int archive_chunk_refs(struct history_archive *a, const void *chunk, size_t len, int sign, struct error *err);

/* roll.c: a slice of thinning what is old, if space is short; within the transaction. */
int archive_roll(struct history_archive *a, int64_t now_ms, struct error *err);

/* trim.c: a slice of removing what is too old or too much; within the transaction. */
int archive_trim(struct history_archive *a, int64_t now_ms, struct error *err);
/* Tells SQLite the greatest size of the file. */
int archive_limit(struct history_archive *a, struct error *err);
/* Of the file: pages with something in them, free ones, and how many it may have. */
int archive_size_in_pages(struct history_archive *a, int64_t *used, int64_t *freed, int64_t *cap, struct error *err);

/* Microseconds that never jump, for budgets of work on this thread. */
int64_t archive_now_us(void);

#endif
