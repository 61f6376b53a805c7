/* The instructions that a plan is made of: what plan.c writes and datum.c carries out, nobody else's. */
#ifndef AVRO_PROGRAM_H
#define AVRO_PROGRAM_H

#include <stdint.h>

/* "column" is a cell of the row at hand; PROGRAM_NOWHERE: the value is wanted by nobody. Targets are indices of ops. */
enum program_code {
    PROGRAM_END,
    PROGRAM_SKIP_BYTES,   /* a bytes */
    PROGRAM_SKIP_VARINTS, /* a of them */
    PROGRAM_SKIP_TEXTS,   /* a strings or bytes */
    PROGRAM_LONG,         /* into column */
    PROGRAM_INT,          /* the same, of 32 bits */
    PROGRAM_BOOLEAN,
    PROGRAM_FLOAT,
    PROGRAM_DOUBLE,
    PROGRAM_TEXT,
    PROGRAM_FIXED,  /* a bytes into column */
    PROGRAM_SET,    /* column becomes of kind a, an enum avro_datum_is */
    PROGRAM_OPTION, /* union of null and one more: branch a is null, then column becomes null and b is next */
    PROGRAM_BRANCH, /* union of a branches; that many JUMPs follow */
    PROGRAM_JUMP,   /* to a */
    PROGRAM_CALL,   /* to a, until RETURN; while compiling a is a node */
    PROGRAM_RETURN,
    PROGRAM_LIST,       /* into column and rows of store; items of a bytes at least; the body follows, b is behind it */
    PROGRAM_NEXT,       /* end of LIST's body, which begins at a */
    PROGRAM_LIST_LONGS, /* the whole of a list of pairs of numbers: columns a and b of rows of store */
    PROGRAM_LIST_TEXTS, /* of a number and a text: columns a and b */
    PROGRAM_SKIP_LIST,  /* as LIST, only counted into column */
    PROGRAM_SKIP_NEXT,
    PROGRAM_SKIP_LIST_BYTES,   /* the whole of a list whose items have a bytes each */
    PROGRAM_SKIP_LIST_VARINTS, /* a varints each */
    PROGRAM_SKIP_LIST_PAIRS,   /* a varint and a text each */
    PROGRAM_CODES
};

enum { PROGRAM_FIRST_INT = 1, PROGRAM_SECOND_INT = 2 }; /* flags of LIST_LONGS and LIST_TEXTS: a number of 32 bits */

#define PROGRAM_NOWHERE UINT32_MAX

struct avro_plan_op {
    uint8_t code, flags;
    uint16_t store;
    uint32_t column;
    uint32_t a, b;
};

#endif
