/* Which series are kept. */
#include "prom/keep.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static struct prom_keep_rule rule_of(const char *entry)
{
    struct prom_keep_rule r = {0};
    if (!strchr(entry, '{'))
        r.glob = mem_strdup(entry);
    else if (prom_selector_parse(entry, &r.selector, NULL, NULL) != 0)
        r.selector = NULL;
    return r;
}

void prom_keep_init(struct prom_keep *k, const struct conf_globs *entries)
{
    *k = (struct prom_keep){0};
    for (size_t i = 0; entries->in && entries->in[i]; i++)
        vec_push(&k->in, rule_of(entries->in[i]));
    for (size_t i = 0; entries->out && entries->out[i]; i++)
        vec_push(&k->out, rule_of(entries->out[i]));
}

static void free_rules(struct prom_keep_rule *rules, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(rules[i].glob);
        prom_selector_free(rules[i].selector);
    }
}

void prom_keep_done(struct prom_keep *k)
{
    free_rules(k->in.items, k->in.n);
    free_rules(k->out.items, k->out.n);
    vec_done(&k->in);
    vec_done(&k->out);
}

/* Does the rule match all series of the name, some, or none? */
static enum prom_keep_answer match(const struct prom_keep_rule *r, const char *name, const char *family)
{
    if (r->glob)
        return text_glob(r->glob, name) || text_glob(r->glob, family) ? PROM_KEEP_ALL : PROM_KEEP_NONE;
    if (!r->selector || !(prom_selector_name(r->selector, name) || prom_selector_name(r->selector, family)))
        return PROM_KEEP_NONE;
    return prom_selector_is_name(r->selector) ? PROM_KEEP_ALL : PROM_KEEP_SOME;
}

/* The same of several: of the one that matches most. */
static enum prom_keep_answer most(const struct prom_keep_rule *rules, size_t n, const char *name, const char *family)
{
    enum prom_keep_answer answer = PROM_KEEP_NONE;
    for (size_t i = 0; answer != PROM_KEEP_ALL && i < n; i++) {
        enum prom_keep_answer a = match(&rules[i], name, family);
        answer = a == PROM_KEEP_NONE ? answer : a;
    }
    return answer;
}

enum prom_keep_answer prom_keep_name(const struct prom_keep *k, const char *name, const char *family)
{
    enum prom_keep_answer in = k->in.n ? most(k->in.items, k->in.n, name, family) : PROM_KEEP_ALL;
    enum prom_keep_answer out = in == PROM_KEEP_NONE ? PROM_KEEP_NONE : most(k->out.items, k->out.n, name, family);
    if (in == PROM_KEEP_NONE || out == PROM_KEEP_ALL)
        return PROM_KEEP_NONE;
    return out == PROM_KEEP_SOME ? PROM_KEEP_SOME : in;
}

/* Does any of the rules match the series? */
static bool any(const struct prom_keep_rule *rules, size_t n, const char *name, const char *family,
                struct prom_text_span series)
{
    bool matches = false;
    for (size_t i = 0; !matches && i < n; i++) {
        enum prom_keep_answer a = match(&rules[i], name, family);
        matches = a == PROM_KEEP_ALL || (a == PROM_KEEP_SOME && prom_selector_series(rules[i].selector, series));
    }
    return matches;
}

bool prom_keep_series(const struct prom_keep *k, const char *name, const char *family, struct prom_text_span series)
{
    return (!k->in.n || any(k->in.items, k->in.n, name, family, series)) &&
           !any(k->out.items, k->out.n, name, family, series);
}
