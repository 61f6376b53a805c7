/* A plugin's shared object, loaded into this process. */
#ifndef PLUGIN_OBJECT_H
#define PLUGIN_OBJECT_H

#include "base/error.h"
#include "plugin/descriptor.h"

struct plugin_object {
    struct plugin_descriptor *descriptor;
    char *path; /* absolute, without links */
    void *handle;
    int fd; /* of the file, open for as long as it is loaded */
};

/* Loads the file of path, if it may be trusted (plugin/trust.h), and reads what it says of itself. What the object does when it is
 * loaded (constructors) is done. Errors are of plugin_trust_open and plugin_descriptor_read, or ERR_INVALID: it is no such object, or
 * something that it needs is not there; texts begin with the path. */
int plugin_object_open(const char *path, struct plugin_object **ret, struct error *err);
/* Unloads it: nothing of it may be called any longer. NULL is allowed. */
void plugin_object_close(struct plugin_object *o);

#endif
