/* Programs that run beside this one: each without a shell in a process group of its own, and read on a loop by whoever has
 * started it. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process_options {
    const char *path;  /* the file that is run; NULL: argv[0], which is looked for in PATH unless it has a slash */
    char *const *argv; /* its words, NULL-terminated */
    char *const *environment; /* NULL: that of this process */
    bool input;               /* its standard input is written; else it is empty */
};

/* Our ends of its pipes, which do not block, and are closed on exec; the caller's to close. */
struct process_pipes {
    int in; /* -1 without input */
    int out, complaints;
};

/* Starts it, by vfork's way: the size of this process costs nothing. Signals are as they were before this program changed them;
 * no other descriptor is open in it. ERR_IO; the text does not name the program. */
int process_start(const struct process_options *o, pid_t *pid, struct process_pipes *ret, struct error *err);

/* A descriptor that is readable once it has ended, for a loop; -1 where the system has no such. The caller's to close. */
int process_watch(pid_t pid);

/* True once it has ended, with what waitpid has to say and, where cpu_us is not NULL, the processor time that it took with those
 * of its children that it waited for; then what is left of its group is killed, while the group's number is still its own. Does not wait. To be
 * asked until it is true, and then not again. */
bool process_ended(pid_t pid, int *status, int64_t *cpu_us);
/* Kills the group, and waits for the end. */
void process_kill(pid_t pid);

/* Appends "ended with status 3" or "was ended by signal 9". */
void process_how(int status, struct str *out);

/* The last bytes that it said on its standard error. */
struct process_words {
    char said[200];
    size_t n;
};
void process_words_add(struct process_words *w, const char *bytes, size_t len);
/* Appends ": " and the last line, safe for a terminal; nothing where none was said. */
void process_words_last(const struct process_words *w, struct str *out);

#endif
