/* Selectors of series where the file has them: checked by who knows what they mean. */
#ifndef CONF_SELECTOR_H
#define CONF_SELECTOR_H

#include "conf/loading.h"

/* Checks the text of a scalar from the byte `from` on, by conf_args.selector; an error is placed at the character that is
 * wrong, as far as the text stands in the file as it is read. path names the option. */
int conf_selector_check(struct conf_loading *l, const struct conf_yaml *scalar, size_t from, const char *path);

#endif
