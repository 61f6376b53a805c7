/* What the console writes: rows in the formats of snapshots, into files that are not there yet. */
#ifndef CMD_EXPORT_H
#define CMD_EXPORT_H

#include "ui/app.h"

/* Appends rows in a format of snapshots; ERR_NOT_FOUND for a format there is not. */
int cmd_export_render(const struct app_rows *rows, const char *format, struct str *out, struct error *err);
/* Writes a file by way of a temporary one beside it. ERR_INVALID where there is something of this name already and it is not
 * to be replaced, or it is no regular file; then nothing is touched. */
int cmd_export_save(const struct app_file *file, struct error *err);

#endif
