/* The way out to the terminal: takes what curses writes and sends it on without ever blocking. Part
 * of ui/term.h. */
#ifndef UI_TERM_PUMP_H
#define UI_TERM_PUMP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct event_base;
struct term_pump;

/* idle is called from the loop when all has been taken (0), or when the terminal is gone
 * (ERR_CLOSED, once). */
typedef void term_pump_fn(void *arg, int status);

/* Sends to the terminal that fd is, through a description of its own: O_NONBLOCK on fd itself would
 * be everybody's. */
int term_pump_new(struct event_base *base, int fd, term_pump_fn *idle, void *arg, struct term_pump **ret,
                  struct error *err);
void term_pump_free(struct term_pump *p);
/* What curses may write to at any time, and any amount; owned by p. */
FILE *term_pump_file(struct term_pump *p);
/* The descriptor it sends through, for those who must write past it (a crash). */
int term_pump_fd(const struct term_pump *p);
/* Takes what was written to the file and sends as much as the terminal takes now; the rest follows
 * from the loop. */
void term_pump_send(struct term_pump *p);
/* Puts bytes behind what is waiting. */
void term_pump_add(struct term_pump *p, const void *bytes, size_t len);
/* Is something still waiting? */
bool term_pump_busy(const struct term_pump *p);
/* Bytes that the terminal took so far. */
uint64_t term_pump_total(const struct term_pump *p);
/* Sends all, waiting for the terminal at most `ms` milliseconds: for the end and before a stop.
 * ERR_TIMEOUT, with the rest thrown away, or ERR_CLOSED. */
int term_pump_flush(struct term_pump *p, int ms);

#endif
