/* Values against declarations. */
#include "plugin/options.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/suggest.h"
#include "conf/value.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct plugin_options {
    const struct plugin_descriptor *d;
    VEC(char *) * values; /* one list for each declared option */
};

/* A value as its type has it: in i but for reals. */
struct parsed {
    int64_t i;
    double d;
};

const char *plugin_options_type_name(enum icetop_option_type type)
{
    static const char *const names[] = {
        [ICETOP_OPTION_TEXT] = "text", [ICETOP_OPTION_INT] = "int",           [ICETOP_OPTION_REAL] = "real",
        [ICETOP_OPTION_BOOL] = "bool", [ICETOP_OPTION_DURATION] = "duration", [ICETOP_OPTION_BYTES] = "size",
    };
    return names[type];
}

/* ---- values ---- */

static bool parse_int(const char *text, int64_t *ret)
{
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    *ret = v;
    return !errno && end != text && !*end && (*text == '-' || (*text >= '0' && *text <= '9'));
}

static bool parse_bool(const char *text, int64_t *ret)
{
    static const char *const words[][2] = {{"false", "true"}, {"no", "yes"}, {"off", "on"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int yes = 0; yes < 2; yes++)
            if (strcasecmp(text, words[i][yes]) == 0) {
                *ret = yes;
                return true;
            }
    return false;
}

static bool parse(enum icetop_option_type type, const char *text, struct parsed *ret)
{
    switch (type) {
    case ICETOP_OPTION_TEXT:
        return true;
    case ICETOP_OPTION_INT:
        return parse_int(text, &ret->i);
    case ICETOP_OPTION_REAL:
        return number_read(text, strlen(text), &ret->d) == 0;
    case ICETOP_OPTION_BOOL:
        return parse_bool(text, &ret->i);
    case ICETOP_OPTION_DURATION:
        return conf_value_duration(text, &ret->i) == 0;
    case ICETOP_OPTION_BYTES:
        return conf_value_size(text, &ret->i) == 0;
    }
    return false;
}

static int refuse_value(const struct icetop_option *o, const char *text, struct error *err)
{
    static const char *const wanted[] = {
        [ICETOP_OPTION_TEXT] = "a text",
        [ICETOP_OPTION_INT] = "a whole number",
        [ICETOP_OPTION_REAL] = "a number",
        [ICETOP_OPTION_BOOL] = "true or false",
        [ICETOP_OPTION_DURATION] = "a duration, as 10s",
        [ICETOP_OPTION_BYTES] = "a size, as 64KiB",
    };
    struct str quoted = {0};
    if (!o->secret)
        conf_value_quote(&quoted, text);
    int rc = error_set(err, ERR_INVALID, "option %s: %s is not %s", o->name,
                       o->secret ? "what is given" : str_text(&quoted), wanted[o->type]);
    str_done(&quoted);
    return rc;
}

/* ---- the list ---- */

static int refuse_name(const struct plugin_descriptor *d, const char *name, struct error *err)
{
    const char *names[PLUGIN_OPTIONS] = {NULL};
    for (size_t i = 0; i < d->noptions; i++)
        names[i] = d->options[i].name;
    if (!d->noptions)
        return error_set(err, ERR_INVALID, "option %.60s: plugin %s has none", name, d->calls.name);
    return conf_suggest_unknown(name, names, d->noptions, err);
}

static int add(struct plugin_options *all, const char *name, const char *text, bool named, struct error *err)
{
    const struct icetop_option *o = plugin_descriptor_option(all->d, name);
    if (!o)
        return refuse_name(all->d, name, err);
    size_t at = (size_t)(o - all->d->options);
    struct parsed unused;
    if (all->values[at].n && !o->several)
        return error_set(err, ERR_INVALID, "option %s is given twice", name);
    if (o->secret && !named)
        return error_set(
            err, ERR_INVALID,
            "option %s is a secret: it is named as {env: NAME}, {file: PATH} or {command: [...]}, not written here",
            name);
    if (!parse(o->type, text, &unused))
        return refuse_value(o, text, err);
    vec_push(&all->values[at], mem_strdup(text));
    return 0;
}

static int read_list(struct plugin_options *o, const json_t *list, struct error *err)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *name = json_string_value(json_object_get(item, "name"));
        const char *value = json_string_value(json_object_get(item, "value"));
        const char *place = json_string_value(json_object_get(item, "place"));
        if (!name || !value)
            return error_set(err, ERR_INVALID, "option %zu has no name, or no value that is a text", i);
        int rc = add(o, name, value, json_is_true(json_object_get(item, "secret")), err);
        if (rc && place)
            return error_prefix(err, "%s", place);
        if (rc)
            return rc;
    }
    return 0;
}

/* Presets, and what must be there. */
static int complete(struct plugin_options *o, struct error *err)
{
    for (size_t i = 0; i < o->d->noptions; i++) {
        const struct icetop_option *declared = &o->d->options[i];
        if (o->values[i].n)
            continue;
        if (declared->required)
            return error_set(err, ERR_INVALID, "option %s is missing: %s", declared->name, declared->help);
        struct parsed unused;
        if (declared->preset && !parse(declared->type, declared->preset, &unused))
            return error_set(err, ERR_INVALID, "option %s: its preset is not of its type", declared->name);
        if (declared->preset)
            vec_push(&o->values[i], mem_strdup(declared->preset));
    }
    return 0;
}

int plugin_options_read(const struct plugin_descriptor *d, const json_t *list, struct plugin_options **ret,
                        struct error *err)
{
    struct plugin_options *o = mem_new(struct plugin_options);
    o->d = d;
    o->values = mem_calloc(d->noptions + 1, sizeof *o->values);
    int rc = read_list(o, list, err);
    if (!rc)
        rc = complete(o, err);
    if (rc)
        plugin_options_free(o);
    else
        *ret = o;
    return rc;
}

void plugin_options_free(struct plugin_options *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < o->d->noptions; i++) {
        for (size_t j = 0; j < o->values[i].n; j++)
            mem_free_secret(o->values[i].items[j]);
        vec_done(&o->values[i]);
    }
    free(o->values);
    free(o);
}

/* ---- asking ---- */

const char *plugin_options_text(const struct plugin_options *o, const char *name, size_t i)
{
    const struct icetop_option *declared = plugin_descriptor_option(o->d, name);
    if (!declared)
        return NULL;
    size_t at = (size_t)(declared - o->d->options);
    return i < o->values[at].n ? o->values[at].items[i] : NULL;
}

/* The first value parsed as of one of these types; false where that is not what it is. */
static bool ask(const struct plugin_options *o, const char *name, unsigned types, struct parsed *ret)
{
    const struct icetop_option *declared = plugin_descriptor_option(o->d, name);
    const char *text = plugin_options_text(o, name, 0);
    return text && types & 1u << declared->type && parse(declared->type, text, ret);
}

int64_t plugin_options_int(const struct plugin_options *o, const char *name)
{
    struct parsed v;
    const unsigned types = 1u << ICETOP_OPTION_INT | 1u << ICETOP_OPTION_DURATION | 1u << ICETOP_OPTION_BYTES;
    return ask(o, name, types, &v) ? v.i : 0;
}

double plugin_options_real(const struct plugin_options *o, const char *name)
{
    struct parsed v;
    return ask(o, name, 1u << ICETOP_OPTION_REAL, &v) ? v.d : NAN;
}

bool plugin_options_bool(const struct plugin_options *o, const char *name)
{
    struct parsed v;
    return ask(o, name, 1u << ICETOP_OPTION_BOOL, &v) && v.i;
}
