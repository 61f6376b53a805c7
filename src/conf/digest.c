/* All that a collector does differently for another configuration, hashed. */
#include "conf/digest.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "conf/named.h"
#include "conf/options.h"
#include "conf/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

enum { NAME_BYTES = 24 };

static void add_options(const struct conf_section *s, const void *base, struct str *out)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->options[i].type == CONF_SECRET)
            continue;
        str_printf(out, "%s=", s->options[i].name);
        conf_value_format(&s->options[i], base, out);
        str_char(out, '\n');
    }
}

char *conf_digest(const struct conf *c)
{
    struct str s = {0}, name = {0};
    str_printf(&s, "%s\n", ICETOP_VERSION);
    for (size_t i = 0; i < c->nclusters; i++) {
        const struct conf_cluster *cluster = &c->clusters[i];
        str_printf(&s, "cluster %s\n", cluster->name);
        add_options(&conf_options[CONF_CLUSTERS], cluster, &s);
        for (size_t k = 0; k < cluster->nproperties; k++) {
            const struct conf_property *p = &cluster->properties[k];
            str_printf(&s, "property %s=%s\n", p->name, p->secret ? "" : p->value);
        }
    }
    for (size_t id = CONF_CLUSTERS + 1; id < CONF_NAMED; id++)
        for (size_t i = 0; i < conf_kind_count(conf_named[id], c); i++) {
            const void *thing = conf_kind_at(conf_named[id], c, i);
            str_printf(&s, "%s %s\n", conf_options[id].name, conf_kind_name(thing));
            add_options(&conf_options[id], thing, &s);
        }
    add_options(&conf_options[CONF_HISTORY], c, &s);
    const char *first = "none";
    for (size_t id = CONF_NAMED; id-- > 0;)
        first = conf_kind_count(conf_named[id], c) ? conf_kind_name(conf_kind_at(conf_named[id], c, 0)) : first;
    for (size_t i = 0; first[i] && i < NAME_BYTES; i++)
        str_char(&name, isalnum((unsigned char)first[i]) || first[i] == '_' ? first[i] : '-');
    str_printf(&name, "-%016" PRIx64, map_hash(str_text(&s), s.len));
    str_done(&s);
    return str_take(&name);
}
