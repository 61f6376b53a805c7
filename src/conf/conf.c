/* A loaded configuration's end, and what may be asked of it. */
#include "conf/conf.h"

#include "conf/keys.h"
#include "conf/loading.h"
#include "conf/named.h"
#include "conf/section.h"
#include "conf/theme.h"

#include <stdlib.h>
#include <string.h>

void conf_free(struct conf *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < CONF_NAMED; i++)
        conf_kind_clear(conf_named[i], c);
    for (size_t i = CONF_NAMED; i < CONF_NSECTIONS; i++)
        conf_section_done(&conf_options[i], c, c->internal->origins[i]);
    conf_keys_done(c);
    conf_theme_done(c);
    free(c->internal->file);
    str_done(&c->internal->warnings);
    free(c->internal);
    free(c);
}

const struct conf_cluster *conf_find_cluster(const struct conf *c, const char *name)
{
    for (size_t i = 0; c && i < c->nclusters; i++)
        if (strcmp(c->clusters[i].name, name) == 0)
            return &c->clusters[i];
    return NULL;
}

const char *conf_ui_origin(const struct conf *c, const char *name)
{
    size_t i;
    return conf_options_find(&conf_options[CONF_UI], name, &i) ? c->internal->origins[CONF_UI][i] : NULL;
}

const char *conf_file(const struct conf *c)
{
    return c->internal->file;
}

const char *conf_warnings(const struct conf *c)
{
    return str_text(&c->internal->warnings);
}
