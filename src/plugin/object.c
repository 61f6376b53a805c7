/* dlopen, on the descriptor that was looked at. */
#include "plugin/object.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "plugin/trust.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the loader says names the descriptor; people know the file by another name. */
static int refuse(const char *name, struct error *err)
{
    const char *text = dlerror();
    struct str safe = {0};
    text = text ? text : "it cannot be loaded";
    size_t n = strlen(name);
    if (strncmp(text, name, n) == 0)
        text += n + strspn(text + n, ": ");
    text_safe(&safe, text, strlen(text));
    int rc = error_set(err, ERR_INVALID, "%.400s", str_text(&safe));
    str_done(&safe);
    return rc;
}

/* Bytes of what the symbol names, as the object's own table has it; 0: not known. */
static size_t symbol_size(const void *symbol)
{
    Dl_info info;
    void *entry = NULL;
    if (!dladdr1(symbol, &info, &entry, RTLD_DL_SYMENT) || !entry || info.dli_saddr != symbol)
        return 0;
    return ((const ElfW(Sym) *)entry)->st_size;
}

static int load(struct plugin_object *o, struct error *err)
{
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", o->fd);
    o->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!o->handle)
        return refuse(name, err);
    const struct icetop_plugin *declared = dlsym(o->handle, "icetop_plugin");
    if (!declared)
        return error_set(err, ERR_INVALID, "it is no plugin: it exports no icetop_plugin");
    return plugin_descriptor_read(declared, symbol_size(declared), &o->descriptor, err);
}

int plugin_object_open(const char *path, struct plugin_object **ret, struct error *err)
{
    int fd;
    char *resolved;
    int rc = plugin_trust_open(path, &fd, &resolved, err);
    if (rc)
        return rc;
    struct plugin_object *o = mem_new(struct plugin_object);
    *o = (struct plugin_object){.path = resolved, .fd = fd};
    rc = load(o, err);
    if (rc) {
        struct str safe = {0};
        text_safe(&safe, path, strlen(path));
        error_prefix(err, "%.200s", str_text(&safe));
        str_done(&safe);
        plugin_object_close(o);
    } else {
        *ret = o;
    }
    return rc;
}

void plugin_object_close(struct plugin_object *o)
{
    if (!o)
        return;
    plugin_descriptor_free(o->descriptor);
    if (o->handle)
        dlclose(o->handle);
    close(o->fd);
    free(o->path);
    free(o);
}
