/* The configuration's keys as the console's bindings. */
#ifndef CMD_KEYS_H
#define CMD_KEYS_H

#include "base/error.h"

struct conf;
struct keymap;

/* Makes the bindings that are in force; ERR_INVALID names the place in the file. ret may be NULL: then they are only checked. */
int cmd_keys_new(const struct conf *conf, struct keymap **ret, struct error *err);

#endif
