/* One file of a log, read to its end and on from there, whatever is done to it: appended to, rotated by another
 * name, cut and written anew, removed, made. Everything here may block: not for the loop. */
#ifndef CONNECT_FOLLOW_H
#define CONNECT_FOLLOW_H

#include "base/vec.h"
#include "connect/entries.h"

#include <sys/types.h>

enum { CONNECT_FOLLOW_HEAD = 256 /* bytes of a file's beginning, by which it is known again */ };

/* A file by its number, whatever its name is by now. */
struct connect_follow_seen {
    dev_t device;
    ino_t inode;
    const void *holder; /* who reads it; NULL: nobody now */
    int64_t offset;     /* up to which it was read */
    char head[CONNECT_FOLLOW_HEAD];
    size_t head_len;
};

/* Files that were read, so that one that gets another name is not read twice; shared by those that follow. */
struct connect_follow_files {
    VEC(struct connect_follow_seen) list;
};

struct connect_follow {
    char *path;
    struct connect_entries entries;
    char *error;    /* why nothing is read now; NULL: it is */
    bool archive;   /* read once, to the end that it has */
    bool finished;  /* so it was */
    bool caught_up; /* its end was reached once */
    int64_t bytes, truncations, rotations;
    int64_t read_us; /* when bytes came last; the caller's clock */
    /* the rest is follow.c's */
    struct connect_follow_files *files;
    struct connect_follow_seen seen; /* of the file that is open */
    int fd;
    void *gzip;              /* of an archive that is packed */
    int64_t back, missed_us; /* missed_us: since when another file stands at the path */
    bool skip_line;
};

/* back: how much of the file is read at the beginning, if it is there then; -1: all. entries go to fn. path is
 * copied, files borrowed. */
struct connect_follow *connect_follow_new(const char *path, bool archive, int64_t back,
                                          struct connect_follow_files *files, connect_entries_fn *fn, void *arg);
/* NULL is allowed. */
void connect_follow_free(struct connect_follow *f);

/* Reads at most max bytes; 0: there is nothing more for now. */
size_t connect_follow_read(struct connect_follow *f, size_t max, int64_t now_us);
/* True if a file that is open stands at no path any more. */
bool connect_follow_gone(const struct connect_follow *f);

void connect_follow_files_done(struct connect_follow_files *files);

/* "connect.log" of "connect.log.2.gz", "connect.log-20261120" and "connect-2026-11-20.log.gz": the log of which
 * rotation has made this file; another name is its own. On the heap. */
char *connect_follow_log(const char *path);

#endif
