/* One error value: a code for programs and a text for people, made once at the origin. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

/* What went wrong, by class. Functions return 0 or one of these; never a bare -1. */
enum error_code {
    ERR_INVALID =
        -1,         /* the caller's input is malformed: a configuration, an expression, a message */
    ERR_IO = -2,    /* the operating system said no */
    ERR_LIMIT = -3, /* a cap was hit: size, depth, count */
    ERR_TIMEOUT = -4,     /* the deadline passed */
    ERR_REMOTE = -5,      /* a remote answered with an error */
    ERR_UNAVAILABLE = -6, /* nothing answered, or a needed part is not there */
    ERR_PARTIAL = -7,     /* there is a result, but something is missing from it */
    ERR_NOT_FOUND = -8,   /* what was named does not exist */
    ERR_CLOSED = -9,      /* the other side has gone */
};

struct error {
    int code;       /* 0 or an enum error_code */
    char text[512]; /* one line, no newline, safe to print once passed through text_safe where it
                       quotes a remote */
};

/* Fills *err (which may be NULL) and returns code, so that `return error_set(err, ERR_IO, ...)`
 * reads well. */
__attribute__((format(printf, 3, 4))) int error_set(struct error *err, int code, const char *fmt,
                                                    ...);

/* The same with ": " and strerror(errnum) appended. */
__attribute__((format(printf, 4, 5))) int error_set_errno(struct error *err, int code, int errnum,
                                                          const char *fmt, ...);

/* Puts text and ": " before the text that is there ("clusters.prod: connect: refused"). Returns
 * err->code. */
__attribute__((format(printf, 2, 3))) int error_prefix(struct error *err, const char *fmt, ...);

#endif
