/* Any bytes as a SOCKS proxy's answers. */
#include "net/socks_talk.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct net_socks_talk t = {.host = "h", .port = 1};
    if (size && data[0] & 1) {
        t.user = "u";
        t.password = "p";
    }
    struct str out = {0};
    struct error err = {0};
    size_t at = size ? 1 : 0, used = 1;
    net_socks_talk_begin(&t, &out);
    while (used && t.step != NET_SOCKS_TALK_OPEN &&
           net_socks_talk_read(&t, data + at, size - at, &used, &out, &err) == 0) {
        if (used > size - at)
            abort();
        at += used;
    }
    str_done(&out);
    return 0;
}
