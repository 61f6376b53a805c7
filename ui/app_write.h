/* What leaves the console: files and the clipboard. */
#ifndef UI_APP_WRITE_H
#define UI_APP_WRITE_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct app;

/* Endings of files: of rows, or of pictures of the screen. The i-th with what it is; NULL at the end. */
const char *app_write_ending(size_t i, bool picture, const char **help);
/* What of a row can be copied: the i-th name with what it is; NULL at the end. */
const char *app_write_copy(size_t i, const char **help);
/* That of the row under the cursor; column is for "cell". Appended. ERR_NOT_FOUND, ERR_INVALID. */
int app_write_text(struct app *a, const char *what, const char *column, struct str *out, struct error *err);
/* Puts text into the clipboard and says so, or why not. */
void app_write_clipboard(struct app *a, const struct str *text, const char *what);

#endif
