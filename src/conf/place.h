/* Where the configuration file is. */
#ifndef CONF_PLACE_H
#define CONF_PLACE_H

#include "conf/file.h"

#define CONF_PLACE_SYSTEM "/etc/icetop/icetop.yaml"

/* ~/.config/icetop/icetop.yaml by the XDG rules, on the heap; NULL without a home. */
char *conf_place_user(void);

/* Reads the file that holds: the one that is named, else (NULL) the user's, else the system's. *path, on the heap, is left alone where
 * there is none, which is an error only of one that is named. */
int conf_place_read(const char *named, char **path, struct conf_file *f, struct error *err);

#endif
