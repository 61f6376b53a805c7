/* Table metadata as the sink leaves it behind, of any length. */
#ifndef TESTS_BENCH_METADATA_TEXT_H
#define TESTS_BENCH_METADATA_TEXT_H

#include "base/str.h"

/* Appends the metadata of a table with so many snapshots, each with numbers of its own, some 1,060 bytes apiece; uuid tells
 * tables apart. */
void metadata_text(struct str *out, int uuid, int snapshots);

#endif
