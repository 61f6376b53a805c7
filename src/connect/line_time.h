/* Times as logs and the Iceberg sink print them. */
#ifndef CONNECT_LINE_TIME_H
#define CONNECT_LINE_TIME_H

#include <stddef.h>
#include <stdint.h>

/* Reads a time at p: "2026-11-21 05:44:36,933", with T, without fraction or seconds, with up to nine digits
 * behind a comma or a dot, with Z, UTC, GMT or an offset, or 13 digits of milliseconds since 1970. Where no zone
 * is named it is utc_offset_s seconds east of UTC. Returns what stands behind it, or NULL where there is none;
 * *ret in milliseconds. */
const char *connect_line_time_read(const char *p, const char *end, int utc_offset_s, int64_t *ret);

#endif
