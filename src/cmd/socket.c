/* Names of sockets. */
#include "cmd/socket.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/options.h"
#include "conf/digest.h"
#include "stream/listen.h"

#include <stdlib.h>

int cmd_socket_path(const struct cmd_options *o, const struct conf *conf, char **ret, struct error *err)
{
    const char *given = cmd_options_value(o, OPTIONS_SOCKET);
    char *directory;
    if (given) {
        *ret = mem_strdup(given);
        return 0;
    }
    int rc = stream_listen_directory(&directory, err);
    if (rc)
        return rc;
    char *name = conf_digest(conf);
    *ret = mem_printf("%s/%s.sock", directory, name);
    free(name);
    free(directory);
    return 0;
}

static int choose(const char *directory, stream_listen_paths *found, char **ret, struct error *err)
{
    if (found->n == 0)
        return error_set(err, ERR_NOT_FOUND,
                         "--attach: no collector listens in %s; icetop collect starts one, and any icetop has one",
                         directory);
    if (found->n == 1) {
        *ret = mem_strdup(found->items[0]);
        return 0;
    }
    struct str names = {0};
    for (size_t i = 0; i < found->n; i++)
        str_printf(&names, "%s%s", i ? ", " : "", found->items[i]);
    int rc =
        error_set(err, ERR_INVALID, "--attach: there are %zu collectors, name one: %s", found->n, str_text(&names));
    str_done(&names);
    return rc;
}

int cmd_socket_attach(const struct cmd_options *o, char **ret, struct error *err)
{
    const char *given = cmd_options_value(o, OPTIONS_ATTACH);
    char *directory;
    if (given && *given) {
        *ret = mem_strdup(given);
        return 0;
    }
    int rc = stream_listen_directory(&directory, err);
    if (rc)
        return rc;
    stream_listen_paths found = {0};
    rc = stream_listen_find(directory, &found, err);
    if (!rc)
        rc = choose(directory, &found, ret, err);
    stream_listen_paths_done(&found);
    free(directory);
    return rc;
}
