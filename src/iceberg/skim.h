/* Walks over a large JSON text without building anything: what is wanted is handed out as the piece of text it is
 * written in, to be parsed on its own, and the rest is passed over. So a document takes the memory of its largest
 * piece.
 *
 * Strings and brackets are followed exactly; what else is malformed inside a piece is found by whoever parses the
 * piece. */
#ifndef ICEBERG_SKIM_H
#define ICEBERG_SKIM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum { ICEBERG_SKIM_DEPTH = 256 /* of brackets within brackets */ };

/* A piece of text, borrowed; s is NULL where there is none. */
struct iceberg_span {
    const char *s;
    size_t len;
};

/* A walk through the members of one object, or the elements of one array. */
struct iceberg_skim {
    const char *begin, *at, *end;
    char close;         /* the bracket that ends it */
    bool first, over;   /* nothing was read yet; its end was */
    const char *broken; /* what is wrong, NULL while nothing is */
    int code;           /* and its class */
};

/* Begins a walk; where text is not an object ('{') or array ('[') as `open` says, it is broken from the start. */
void iceberg_skim_begin(struct iceberg_skim *s, struct iceberg_span text, char open);
/* The next member. key (NULL allowed; untouched in an array) is what stands between its quotes, escapes and all.
 * False at the end, and where the text is broken. */
bool iceberg_skim_next(struct iceberg_skim *s, struct iceberg_span *key, struct iceberg_span *value);
/* To be asked once there is no next: 0, or ERR_INVALID or ERR_LIMIT with "what, byte N: what is wrong". */
int iceberg_skim_end(const struct iceberg_skim *s, const char *what, struct error *err);

/* True for a key written as this plain name. */
bool iceberg_span_is(struct iceberg_span span, const char *name);
/* True for no piece at all and for the literal null. */
bool iceberg_span_null(struct iceberg_span span);

#endif
