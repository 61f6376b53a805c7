/* The configuration file: the one that is named, the user's or the system's. */
#include "conf/place.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>

char *conf_place_user(void)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (config && *config == '/')
        return mem_printf("%s/icetop/icetop.yaml", config);
    return home && *home ? mem_printf("%s/.config/icetop/icetop.yaml", home) : NULL;
}

int conf_place_read(const char *named, char **path, struct conf_file *f, struct error *err)
{
    char *candidates[] = {named ? mem_strdup(named) : conf_place_user(), named ? NULL : mem_strdup(CONF_PLACE_SYSTEM)};
    int rc = ERR_NOT_FOUND;
    for (size_t i = 0; rc == ERR_NOT_FOUND && i < 2; i++) {
        if (!candidates[i])
            continue;
        rc = conf_file_read(candidates[i], LIMITS_CONFIG_BYTES, f, err);
        if (rc == 0) {
            *path = candidates[i];
            candidates[i] = NULL;
        }
    }
    free(candidates[0]);
    free(candidates[1]);
    return rc == ERR_NOT_FOUND && !named ? 0 : rc;
}
