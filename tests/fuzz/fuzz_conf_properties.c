/* Any bytes as a Java client's properties, and each value as a JAAS entry. */
#include "base/text.h"
#include "conf/jaas.h"
#include "conf/properties.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf_properties p;
    if (conf_properties_parse("fuzz", (const char *)data, size, &p, NULL) != 0)
        return 0;
    for (size_t i = 0; i < p.n; i++) {
        struct conf_jaas j;
        if (!text_is_utf8(p.items[i].key, strlen(p.items[i].key)) ||
            !text_is_utf8(p.items[i].value, strlen(p.items[i].value)))
            abort();
        if (conf_jaas_parse(p.items[i].value, &j, NULL) == 0) {
            if (!*conf_jaas_module_name(&j) && !strrchr(j.module, '.'))
                abort();
            conf_jaas_done(&j);
        }
    }
    conf_properties_done(&p);
    return 0;
}
