/* Caps on everything that comes from elsewhere, in one place; hitting one is an error that names
 * it. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum limits {
    LIMITS_NAME_BYTES = 4096, /* a name or text in a cell; longer is cut, with U+2026 at its end */
    LIMITS_TABLE_ROWS = 2000000,           /* rows of one table */
    LIMITS_TABLE_COLUMNS = 250,            /* columns of one table, all groups together */
    LIMITS_TABLES = 1000,                  /* tables of one store */
    LIMITS_STREAM_LINE = 1024 * 1024,      /* one line of the stream, either way */
    LIMITS_STREAM_BATCH = 64 * 1024,       /* what a writer puts in one line */
    LIMITS_CONFIG_BYTES = 4 * 1024 * 1024, /* a configuration file */
    LIMITS_SECRET_BYTES = 64 * 1024,       /* a secret from a file or a command */
    LIMITS_EXPR_BYTES = 4096,              /* an expression's text */
    LIMITS_EXPR_DEPTH = 100,               /* its nesting */
};

#endif
