/* A collector as a child process, with a stream to it. */
#ifndef STREAM_CHILD_H
#define STREAM_CHILD_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct event_base;
struct stream_child;

struct stream_child_options {
    const char *exe;         /* NULL: this program (/proc/self/exe) */
    const char *const *argv; /* NULL: "icetop", "collect"; "--stdio-fd=N" is added at the end */
    const char *log_path;    /* where its stdout and stderr are appended, 0600; NULL: nowhere */
    /* Another program that speaks the stream on its standard input and output, as ssh does: exe is looked for in PATH, argv is
     * all its words, it stays in our process group (so that it may ask the terminal), and complaints, if not NULL, gets the
     * end of a pipe from which its stderr is read, the caller's to close. */
    bool foreign;
    int *complaints;
};

/* Starts it: a process group of its own, stdin empty, signals as they were before the program
 * changed them, no descriptor but these and its end of a socket pair. What it is to do goes over
 * the stream (stream_client_configure), not argv. */
int stream_child_spawn(const struct stream_child_options *o, struct stream_child **ret, struct error *err);

pid_t stream_child_pid(const struct stream_child *c);
/* Our end of the stream; from now on the caller's. To be called once. The child ends by itself when
 * it is closed. */
int stream_child_take_fd(struct stream_child *c);

/* Calls ended once from the loop, soon after the child has ended; how: "collector ended with status
 * 2", "collector killed by signal 6 (Aborted)". */
void stream_child_watch(struct stream_child *c, struct event_base *base, void (*ended)(void *arg, const char *how),
                        void *arg);
/* How it ended, as above; NULL while it runs. Does not wait. */
const char *stream_child_ended(struct stream_child *c);

/* The same, if it was killed or ended with another status than 0. Waits up to wait_ms for its end: a
 * stream ends a moment before its process does. */
const char *stream_child_failed(struct stream_child *c, int wait_ms);

/* Forgets the child without ending it: others read from it. */
void stream_child_leave(struct stream_child *c);

/* Closes the stream if nobody took it and gives the child wait_ms to end by itself, then ends it
 * with its process group (a foreign one alone): SIGTERM, and soon SIGKILL. NULL is allowed. */
void stream_child_free(struct stream_child *c, int wait_ms);

#endif
