/* The body of an answer as it arrives: inflated if it is gzip, capped, and whole or an error; nobody but net/transfer.c
 * includes it.
 *
 * gzip is read here, and not by libcurl, since libcurl takes one that breaks off for whole. */
#ifndef NET_BODY_H
#define NET_BODY_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct z_stream_s;

struct net_body {
    struct str text;            /* inflated; its max is the cap */
    size_t arrived;             /* bytes as they came */
    int64_t told;               /* Content-Length; -1: none was named */
    char coding[32];            /* Content-Encoding, cut; "" for none */
    struct z_stream_s *inflate; /* NULL until the first bytes of gzip */
    bool open;                  /* within gzip: more has to come */
    const char *not_gzip;       /* why it is none; or NULL */
};

/* max: bytes after inflation. */
void net_body_init(struct net_body *b, size_t max);
/* Wipes and frees. A zeroed one is allowed. */
void net_body_done(struct net_body *b);

/* A line of the headers, the status included, of this answer or of one before it that was a redirect. */
void net_body_header(struct net_body *b, const char *line, size_t len);
/* What came; false once no more is of use: net_body_check says why. */
bool net_body_add(struct net_body *b, const void *bytes, size_t len);

/* ERR_LIMIT, for one that is beyond the cap or says that it will be. */
int net_body_too_large(const struct net_body *b, const char *shown, struct error *err);
/* Is it good so far? ERR_LIMIT beyond the cap, with what is known of its size; ERR_REMOTE for no gzip and another encoding.
 * Errors begin with `shown`. */
int net_body_check(const struct net_body *b, const char *shown, struct error *err);
/* The same at its end; ERR_UNAVAILABLE for gzip that breaks off. status: that of the answer. */
int net_body_end(const struct net_body *b, int status, const char *shown, struct error *err);

#endif
