/* A record's bytes as text in every form, and a message with records. */
#include "base/text.h"
#include "stream/decode.h"
#include "stream/record_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Nothing that a terminal would take for more than characters. */
static void check(const struct str *s, bool lines)
{
    const char *text = str_text(s);
    for (size_t i = 0; i < s->len; i++)
        if (((unsigned char)text[i] < ' ' && !(lines && text[i] == '\n')) || text[i] == 0x7F)
            abort();
    if (!text_is_utf8(text, s->len))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str out = {0};
    if (size < 2)
        return 0;
    const struct stream_record_bytes b = {
        .s = (char *)(uintptr_t)(data + 2), .len = size - 2, .size = size - 2 + data[0] % 2};
    for (int form = 0; form < STREAM_RECORD_FORMS; form++) {
        str_clear(&out);
        stream_record_text(&out, &b, (enum stream_record_form)form, data[1]);
        check(&out, true);
    }
    str_clear(&out);
    stream_record_text_short(&out, &b, data[1]);
    check(&out, false);
    if (text_width(str_text(&out), out.len) > (data[1] > 8 ? data[1] : 8))
        abort();
    str_done(&out);

    json_t *m;
    const char *type;
    if (stream_decode_line((const char *)data, size, &m, &type, NULL) == 0) {
        struct stream_records r = {0};
        bool more;
        struct str again = {0};
        if (stream_record_decode(m, &r, &more, NULL) == 0)
            for (size_t i = 0; i < r.items.n; i++)
                stream_record_encode(&again, 1, &r.items.items[i]);
        str_done(&again);
        stream_record_done(&r);
        json_decref(m);
    }
    return 0;
}
