/* Globs that choose names. */
#include "conf/globs.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/lists.h"
#include "conf/yaml.h"

#include <stdlib.h>

enum { MAX_GLOBS = 1000 };

int conf_globs_add(struct conf_globs *g, const char *glob, struct error *err)
{
    bool out = *glob == '!';
    if (!glob[out])
        return error_set(err, ERR_INVALID,
                         "an empty glob; allowed: a pattern of * ? [a-z], with "
                         "! before it to leave out what matches");
    char ***list = out ? &g->out : &g->in;
    size_t n = conf_lists_count(*list);
    if (n >= MAX_GLOBS)
        return error_set(err, ERR_LIMIT, "more than %d globs, the limit", MAX_GLOBS);
    *list = mem_realloc(*list, n + 2, sizeof **list);
    (*list)[n] = mem_strdup(glob + out);
    (*list)[n + 1] = NULL;
    return 0;
}

bool conf_globs_match(const struct conf_globs *g, const char *name)
{
    bool in = conf_lists_count(g->in) == 0;
    for (size_t i = 0; !in && g->in[i]; i++)
        in = text_glob(g->in[i], name);
    for (size_t i = 0; in && g->out && g->out[i]; i++)
        in = !text_glob(g->out[i], name);
    return in;
}

/* Writes one after the other, with its '!'. */
static void write_list(char *const *list, const char *sign, bool *first, struct str *out)
{
    for (size_t i = 0; list && list[i]; i++) {
        char *glob = mem_printf("%s%s", sign, list[i]);
        str_add(out, *first ? "" : ", ");
        conf_yaml_write(out, glob);
        *first = false;
        free(glob);
    }
}

void conf_globs_write(const struct conf_globs *g, struct str *out)
{
    bool first = true;
    str_char(out, '[');
    write_list(g->in, "", &first, out);
    write_list(g->out, "!", &first, out);
    str_char(out, ']');
}

void conf_globs_done(struct conf_globs *g)
{
    conf_lists_done(&g->in);
    conf_lists_done(&g->out);
}
