/* What is in a record as lines that are safe to print, whatever its bytes are. */
#ifndef STREAM_RECORD_TEXT_H
#define STREAM_RECORD_TEXT_H

#include "stream/record.h"

enum stream_record_form {
    STREAM_RECORD_AS_BEST, /* JSON where it is an object or a list, else text, else hex */
    STREAM_RECORD_AS_TEXT,
    STREAM_RECORD_AS_JSON,
    STREAM_RECORD_AS_HEX,
    STREAM_RECORD_FORMS
};

/* "best" "text" "json" "hex". */
const char *stream_record_text_form(enum stream_record_form form);

/* Appends the bytes as lines, each ended by a newline and else without a control character or anything that is not
 * printable: JSON indented by two blanks, with the digits and the order that it has; text in its own lines, with what is
 * not printable as U+FFFD and bytes that are no UTF-8 as \xHH; hex with offset and characters, for a screen of so many
 * columns. cut bytes may end within a character, and as JSON anywhere. Returns the form that was used: text where JSON was
 * asked for and there is none. */
enum stream_record_form stream_record_text(struct str *out, const struct stream_record_bytes *b,
                                           enum stream_record_form form, int columns);
/* The same on one line of at most `columns`, for keys and headers: text in quotes only where it has blanks at an end, hex
 * for what is no text, "null" and "empty" as words. */
void stream_record_text_short(struct str *out, const struct stream_record_bytes *b, int columns);
/* The number that follows a zero byte at the start, as a schema registry's serializers write it; -1: there is none. */
int64_t stream_record_text_schema(const struct stream_record_bytes *b);

#endif
