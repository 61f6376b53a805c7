/* Hands the keys of the configuration to the console, which knows what actions there are. */
#include "cmd/keys.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "ui/keymap.h"

#include <stdlib.h>

int cmd_keys_new(const struct conf *conf, struct keymap **ret, struct error *err)
{
    struct keymap *made;
    struct keymap_change *changes = mem_calloc(conf->nkeys + 1, sizeof *changes);
    for (size_t i = 0; i < conf->nkeys; i++) {
        const struct conf_key *k = &conf->keys[i];
        changes[i] = (struct keymap_change){.action = k->action, .key = k->key, .line = k->line, .column = k->column};
    }
    int rc = keymap_new(conf_file(conf), changes, conf->nkeys, &made, err);
    free(changes);
    if (rc)
        return rc;
    if (ret)
        *ret = made;
    else
        keymap_free(made);
    return 0;
}
