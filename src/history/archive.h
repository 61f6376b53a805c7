/* The database as the writer's thread works on it: takes batches, folds them into chunks, keeps to
 * its size, and reads series back. Everything here is called on one thread and may block, but for
 * history_archive_hurry and history_archive_wait. */
#ifndef HISTORY_ARCHIVE_H
#define HISTORY_ARCHIVE_H

#include "history/series.h"

struct history_archive;

struct history_archive_settings {
    const char *path; /* NULL: history_place_default */
    int64_t max_bytes, max_age_ms;
    bool read_only;
    const char *network; /* the network file system that it is on; NULL: found out */
    int64_t fold_ms;     /* fold the journal when its oldest entry is so old */
    int64_t fold_bytes;  /* or when it is so large */
    struct history_step thin[HISTORY_STEPS_MAX];
    size_t nthin;
    int thin_percent; /* samples are thinned while the file is larger than this part of max_bytes */
};

enum history_archive_state {
    HISTORY_ARCHIVE_CLOSED,
    HISTORY_ARCHIVE_WRITING,
    HISTORY_ARCHIVE_READING, /* as asked, or because somebody else writes */
};

struct history_archive *history_archive_new(const struct history_archive_settings *settings);
void history_archive_free(struct history_archive *a); /* NULL is allowed */

/* Opens, making what is missing. A corrupt file is set aside and another begun. Returns 0 also
 * where it can only read; *note then says why, or what else people should know, else it is "".
 * ERR_LIMIT and ERR_NOT_FOUND: the file is not to be touched (a newer schema, not ours), trying
 * again is of no use. epoch: batches of other epochs are ignored from now on. */
int history_archive_open(struct history_archive *a, int64_t now_ms, uint64_t epoch, char note[static 512],
                         struct error *err);
enum history_archive_state history_archive_state(const struct history_archive *a);
/* Gives up everything since the last commit, and closes. */
void history_archive_close(struct history_archive *a);

/* Takes a batch (history/batch.h) into the open transaction, which it begins if there is none.
 * On any error nothing more can be written: close. ERR_INVALID: the file is corrupt (after closing,
 * opening sets it aside); ERR_LIMIT: the disk or the file is full. */
int history_archive_apply(struct history_archive *a, const void *batch, size_t len, uint64_t epoch, struct error *err);
/* Ends the transaction, with a slice of folding and trimming where due. Errors as above. *more
 * says that there is something left to do even if no batch follows. */
int history_archive_commit(struct history_archive *a, int64_t now_ms, bool *more, struct error *err);
/* Marks the file as damaged, so that the next opening sets it aside. */
void history_archive_condemn(struct history_archive *a);

/* Reads the series of one column (of this type) of the row with this key (table_key_bytes), from
 * the sample in force at from_ms up to to_ms; empty if there is none. ERR_UNAVAILABLE while closed.
 */
int history_archive_read(struct history_archive *a, const char *table, const void *key, size_t key_len,
                         const char *column, enum column_type type, int64_t from_ms, int64_t to_ms,
                         struct history_series *out, struct error *err);
/* The bytes of the text with this number appended to out; ERR_NOT_FOUND. */
int history_archive_text(struct history_archive *a, int64_t id, struct str *out, struct error *err);

/* One series of many; zeroed, then filled by history_archive_read_next. */
struct history_row_series {
    struct str key;
    struct history_series series;
};

/* A walk over the same column of all rows. */
struct history_walk {
    const char *table, *column;
    enum column_type type;
    int64_t from_ms, to_ms;
    int64_t last_item; /* 0 at first */
    struct {
        struct history_row_series *items;
        size_t n, room;
    } rows; /* those of the last step that have samples */
};

void history_walk_clear(struct history_walk *w);
/* The next some hundred rows into w->rows; *end when there are no more after them. */
int history_archive_read_next(struct history_archive *a, struct history_walk *w, bool *end, struct error *err);

/* From any thread: reads give up early from now on. */
void history_archive_hurry(struct history_archive *a);

#endif
