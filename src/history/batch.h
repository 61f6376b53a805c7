/* What the loop's thread hands to the writer's: operations packed one after the other
 * (history/pack.h).
 *
 * Tables and rows are named by numbers that the loop gives and may give anew: a table is declared
 * again when its columns change, a row's number is free again once it has died. */
#ifndef HISTORY_BATCH_H
#define HISTORY_BATCH_H

/* Each operation begins with one of these as a byte. */
enum history_batch_op {
    HISTORY_BATCH_TABLE = 'T', /* uint table; bytes name; bytes key columns ("cluster:text,...");
                                  uint count; for each column: bytes name, uint type, uint unit */
    HISTORY_BATCH_BORN = 'B',  /* uint row; uint table; int time; bytes key */
    HISTORY_BATCH_DIED = 'D',  /* uint row; int time */
    HISTORY_BATCH_ROW = 'R',   /* uint row; int time; uint count; for each cell: uint column, byte
                                  (bits 0-2 quality, bit 5 fresh), and unless unknown: bytes for a
                                  text, 8 bytes for a real, else int */
    HISTORY_BATCH_PAST = 'P',  /* uint table; bytes key; uint column; bytes chunk (history/chunk.h) */
};

enum { HISTORY_BATCH_QUALITY = 7, HISTORY_BATCH_FRESH = 1 << 5 };

#endif
