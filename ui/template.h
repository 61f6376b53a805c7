/* Short texts with a row's cells in them: conditions for subscriptions, sentences for people. */
#ifndef UI_TEMPLATE_H
#define UI_TEMPLATE_H

#include "table/format.h"

/* Appends the template with each {column} replaced by the row's cell as a literal, for conditions:
 * "cluster = {cluster} and group = {group}", and each {"text with [column]s of text"} by the whole as
 * one literal: "subject = {\"task [connector]\"}". ERR_NOT_FOUND for a column that is not there,
 * ERR_INVALID for a cell that is unknown or no text or number; then nothing is appended. */
int template_where(struct str *out, const char *text, const struct table *t, const struct row *r);

/* Appends a sentence. Parts are divided by '|' and joined by ", "; a part in which some {column} is
 * unknown or not there is left out, as is one that is empty. {column:noun} adds the noun, with an s unless the number is 1:
 * "1 partition", "3 partitions". Numbers and ages are drawn as format_cell does. */
void template_say(struct str *out, const char *text, const struct table *t, const struct row *r,
                  const struct format_options *o);

#endif
