/* Values of options: reading, checking and writing them. */
#include "conf/value.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/address.h"
#include "conf/globs.h"
#include "conf/headers.h"
#include "conf/items.h"
#include "conf/lists.h"
#include "conf/secret.h"
#include "conf/settings.h"
#include "conf/suggest.h"
#include "conf/yaml.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
    const char *name;
    int64_t factor;
};

/* Largest first, as they are tried when a value is written; the last is the plain one. */
static const struct unit durations[] = {
    {"w", INT64_C(604800000)}, {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {NULL, 0},
};
static const struct unit sizes[] = {
    {"TB", INT64_C(1000000000000)}, {"GB", 1000000000}, {"MB", 1000000},  {"kB", 1000},     {"B", 1},
    {"TiB", INT64_C(1) << 40},      {"GiB", 1 << 30},   {"MiB", 1 << 20}, {"KiB", 1 << 10}, {NULL, 0},
};

static void *field(const struct conf_option *o, void *base)
{
    return (char *)base + o->offset;
}

static const void *const_field(const struct conf_option *o, const void *base)
{
    return (const char *)base + o->offset;
}

static int64_t number(const struct conf_option *o, const void *base)
{
    const void *p = const_field(o, base);
    return o->size == sizeof(int64_t) ? *(const int64_t *)p : *(const int *)p;
}

static void set_number(const struct conf_option *o, void *base, int64_t v)
{
    if (o->size == sizeof(int64_t))
        *(int64_t *)field(o, base) = v;
    else
        *(int *)field(o, base) = (int)v;
}

static void set_text(const struct conf_option *o, void *base, const char *text)
{
    char **p = field(o, base);
    free(*p);
    *p = mem_strdup(text);
}

static const struct unit *find_unit(const struct unit *units, const char *s, size_t len, bool any_case)
{
    for (; units->name; units++)
        if (strlen(units->name) == len &&
            (any_case ? strncasecmp(units->name, s, len) == 0 : memcmp(units->name, s, len) == 0))
            return units;
    return NULL;
}

/* digits [. digits]: the number times 10^*places, both exact; false if there is none or it is too
 * long. */
static bool read_decimal(const char **s, int64_t *digits, int *places)
{
    const char *p = *s;
    int64_t v = 0;
    bool point = false;
    int n = 0;
    *places = 0;
    for (; isdigit((unsigned char)*p) || (*p == '.' && !point && n); p++) {
        if (*p == '.') {
            point = true;
            continue;
        }
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
            return false;
        n++;
        *places += point;
    }
    *digits = v;
    *s = p;
    return n > 0 && p[-1] != '.';
}

/* digits / 10^places * factor; false if that is no whole number or too large. */
static bool scale(int64_t digits, int places, int64_t factor, int64_t *ret)
{
    __extension__ typedef __int128 wide;
    wide v = (wide)digits * factor;
    for (; places > 0; places--) {
        if (v % 10 != 0)
            return false;
        v /= 10;
    }
    *ret = (int64_t)v;
    return v <= INT64_MAX;
}

/* One or more of number and unit; a number alone has the factor `plain`. */
static bool read_quantity(const char *text, const struct unit *units, int64_t plain, bool any_case, int64_t *ret)
{
    int64_t sum = 0;
    const char *p = text;
    do {
        const char *begin = p;
        int64_t digits, part;
        int places;
        if (!read_decimal(&p, &digits, &places))
            return false;
        p += *p == ' ' && p[1];
        size_t len = 0;
        while (isalpha((unsigned char)p[len]))
            len++;
        const struct unit *u = find_unit(units, p, len, any_case);
        bool alone = *p == '\0' && begin == text;
        if (!u && !alone)
            return false;
        if (!scale(digits, places, u ? u->factor : plain, &part) || __builtin_add_overflow(sum, part, &sum))
            return false;
        p += len;
    } while (*p);
    *ret = sum;
    return true;
}

int conf_value_duration(const char *text, int64_t *ms)
{
    return read_quantity(text, durations, 1000, false, ms) ? 0 : ERR_INVALID;
}

int conf_value_size(const char *text, int64_t *bytes)
{
    return read_quantity(text, sizes, 1, true, bytes) ? 0 : ERR_INVALID;
}

static void write_quantity(struct str *out, const struct unit *units, int64_t v)
{
    if (v == 0) {
        str_char(out, '0');
        return;
    }
    while (v % units->factor != 0)
        units++;
    str_printf(out, "%" PRId64 "%s", v / units->factor, units->name);
}

static void write_number(const struct conf_option *o, struct str *out, int64_t v)
{
    if (o->type == CONF_DURATION)
        write_quantity(out, durations + 1, v); /* weeks are read, days are written */
    else if (o->type == CONF_SIZE)
        write_quantity(out, sizes, v);
    else
        str_printf(out, "%" PRId64, v);
}

void conf_value_quote(struct str *out, const char *text)
{
    struct str safe = {0};
    text_safe(&safe, text, strnlen(text, 256));
    size_t n = text_fit(str_text(&safe), safe.len, 60, NULL);
    str_char(out, '"');
    str_bytes(out, str_text(&safe), n);
    str_add(out, n < safe.len || strlen(text) > 256 ? "...\"" : "\"");
    str_done(&safe);
}

void conf_value_allowed(const struct conf_option *o, struct str *out)
{
    switch (o->type) {
    case CONF_INT:
    case CONF_DURATION:
    case CONF_SIZE:
        write_number(o, out, o->min);
        str_add(out, " to ");
        write_number(o, out, o->max);
        break;
    case CONF_BOOL:
        str_add(out, "true, false");
        break;
    case CONF_CHOICE:
        for (size_t i = 0; o->choices[i]; i++)
            str_printf(out, "%s%s", i ? ", " : "", o->choices[i]);
        break;
    default:
        str_add(out, o->allowed);
    }
}

const char *conf_value_type_name(enum conf_type type)
{
    static const char *const names[] = {
        [CONF_STRING] = "text",
        [CONF_PATH] = "path",
        [CONF_INT] = "whole number",
        [CONF_DURATION] = "duration",
        [CONF_SIZE] = "size",
        [CONF_BOOL] = "boolean",
        [CONF_CHOICE] = "choice",
        [CONF_GLOBS] = "list of globs",
        [CONF_KEEP] = "list of globs and selectors",
        [CONF_PROPERTIES] = "map of texts",
        [CONF_SECRET] = "secret",
        [CONF_HEADERS] = "map of headers",
        [CONF_ADDRESSES] = "map of addresses",
        [CONF_STEPS] = "list of steps",
        [CONF_TEXTS] = "list of texts",
        [CONF_PATHS] = "list of paths",
        [CONF_COMMANDS] = "list of commands",
        [CONF_PREFIXES] = "map of prefixes",
        [CONF_ITEMS] = "list of maps",
        [CONF_SELECTORS] = "list of selectors",
        [CONF_PAIRS] = "map of texts",
        [CONF_SETTINGS] = "map of texts",
    };
    return names[type];
}

/* "\"5 parsecs\" is no duration; allowed: 100ms to 1h (...)". */
static int refuse(const struct conf_option *o, const char *text, const char *verdict, const char *more,
                  struct error *err)
{
    struct str s = {0};
    conf_value_quote(&s, text);
    str_printf(&s, " %s; allowed: ", verdict);
    conf_value_allowed(o, &s);
    str_add(&s, more);
    int rc = error_set(err, ERR_INVALID, "%s", str_text(&s));
    str_done(&s);
    return rc;
}

static int parse_number(const struct conf_option *o, const char *text, void *base, struct error *err)
{
    static const struct unit none[] = {{NULL, 0}};
    int64_t v;
    if (o->type == CONF_DURATION && !read_quantity(text, durations, 1000, false, &v))
        return refuse(o, text, "is not a duration", ", as 500ms, 5s, 2m, 1h30m, 7d; a plain number is seconds", err);
    if (o->type == CONF_SIZE && !read_quantity(text, sizes, 1, true, &v))
        return refuse(o, text, "is not a size", ", as 500MB, 4GB, 1TB, 2GiB", err);
    if (o->type == CONF_INT && !read_quantity(text, none, 1, false, &v))
        return refuse(o, text, "is not a whole number", "", err);
    if (v < o->min || v > o->max)
        return refuse(o, text, "is out of range", "", err);
    set_number(o, base, v);
    return 0;
}

static int parse_bool(const struct conf_option *o, const char *text, void *base, struct error *err)
{
    static const char *const words[][2] = {{"true", "false"}, {"yes", "no"}, {"on", "off"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (size_t no = 0; no < 2; no++)
            if (strcasecmp(text, words[i][no]) == 0) {
                *(bool *)field(o, base) = no == 0;
                return 0;
            }
    return refuse(o, text, "is neither true nor false", "", err);
}

static int parse_choice(const struct conf_option *o, const char *text, void *base, struct error *err)
{
    for (size_t i = 0; o->choices[i]; i++)
        if (strcmp(text, o->choices[i]) == 0) {
            if (o->size == sizeof(bool))
                *(bool *)field(o, base) = i == 1;
            else
                set_text(o, base, text);
            return 0;
        }
    struct conf_suggest near = {.wanted = text};
    for (size_t i = 0; o->choices[i]; i++)
        conf_suggest_offer(&near, o->choices[i]);
    struct str verdict = {0};
    str_add(&verdict, "is not known");
    conf_suggest_write(&near, &verdict);
    int rc = refuse(o, text, str_text(&verdict), "", err);
    str_done(&verdict);
    return rc;
}

/* A duration that ends at `end`, without the spaces around it. */
static bool read_duration(const char *text, const char *end, int64_t *ret)
{
    char part[32];
    while (*text == ' ')
        text++;
    while (end > text && end[-1] == ' ')
        end--;
    size_t n = (size_t)(end - text);
    if (n >= sizeof part)
        return false;
    memcpy(part, text, n);
    part[n] = '\0';
    return read_quantity(part, durations, 1000, false, ret);
}

static int parse_steps(const struct conf_option *o, const char *text, void *base, struct error *err)
{
    struct conf_steps steps = {0};
    const char *p = text;
    bool more = strcmp(text, "none") != 0;
    while (more) {
        const char *end = p + strcspn(p, ","), *colon = memchr(p, ':', (size_t)(end - p));
        struct conf_step s;
        if (!colon || !read_duration(p, colon, &s.after_ms) || !read_duration(colon + 1, end, &s.every_ms))
            return refuse(o, text, "is no list of steps", "; ages and steps are durations: 2h:5m, 1d:30m", err);
        const struct conf_step *last = steps.n ? &steps.items[steps.n - 1] : &(struct conf_step){0, 999};
        if (s.every_ms <= last->every_ms || s.after_ms <= last->after_ms || s.every_ms > s.after_ms ||
            s.after_ms > o->max)
            return refuse(o, text, "is out of order",
                          "; ages and steps grow, from 1s on, and no step is longer than its age", err);
        if (steps.n == CONF_STEPS_MAX)
            return refuse(o, text, "has more than 8 steps", "", err);
        steps.items[steps.n++] = s;
        more = *end == ',';
        p = end + 1;
    }
    *(struct conf_steps *)field(o, base) = steps;
    return 0;
}

static void write_steps(const struct conf_steps *steps, struct str *out)
{
    for (size_t i = 0; i < steps->n; i++) {
        str_add(out, i ? ", " : "");
        write_quantity(out, durations + 1, steps->items[i].after_ms);
        str_char(out, ':');
        write_quantity(out, durations + 1, steps->items[i].every_ms);
    }
    str_add(out, steps->n ? "" : "none");
}

int conf_value_parse(const struct conf_option *o, const char *text, void *base, struct error *err)
{
    switch (o->type) {
    case CONF_STRING:
    case CONF_PATH:
    case CONF_SECRET:
        if (!*text)
            return refuse(o, text, "is empty", "", err);
        set_text(o, base, text);
        return 0;
    case CONF_BOOL:
        return parse_bool(o, text, base, err);
    case CONF_CHOICE:
        return parse_choice(o, text, base, err);
    case CONF_INT:
    case CONF_DURATION:
    case CONF_SIZE:
        return parse_number(o, text, base, err);
    case CONF_STEPS:
        return parse_steps(o, text, base, err);
    default:
        return error_set(err, ERR_INVALID, "%s is no single value", o->name);
    }
}

void conf_value_preset(const struct conf_option *o, void *base)
{
    conf_value_free(o, base);
    if (!o->preset)
        return;
    if (o->type == CONF_GLOBS)
        conf_globs_add(field(o, base), o->preset, NULL);
    else
        conf_value_parse(o, o->preset, base, NULL);
}

void conf_value_format(const struct conf_option *o, const void *base, struct str *out)
{
    const void *p = const_field(o, base);
    switch (o->type) {
    case CONF_STRING:
    case CONF_PATH:
        if (*(char *const *)p)
            conf_yaml_write(out, *(char *const *)p);
        break;
    case CONF_INT:
    case CONF_DURATION:
    case CONF_SIZE:
        if (o->preset || number(o, base) >= o->min) /* else it is not set */
            write_number(o, out, number(o, base));
        break;
    case CONF_BOOL:
        str_add(out, *(const bool *)p ? "true" : "false");
        break;
    case CONF_CHOICE:
        if (o->size == sizeof(bool))
            str_add(out, o->choices[*(const bool *)p]);
        else if (*(char *const *)p)
            str_add(out, *(char *const *)p);
        break;
    case CONF_GLOBS:
    case CONF_KEEP:
        conf_globs_write(p, out);
        break;
    case CONF_SECRET:
        if (*(char *const *)p)
            str_add(out, CONF_SECRET_SHOWN);
        break;
    case CONF_HEADERS:
        conf_headers_write(*(char **const *)p, out);
        break;
    case CONF_ADDRESSES:
        if (((const struct conf_address_map *)p)->n)
            conf_address_write(p, out);
        break;
    case CONF_STEPS:
        write_steps(p, out);
        break;
    case CONF_TEXTS:
    case CONF_PATHS:
    case CONF_SELECTORS:
        if (*(char **const *)p)
            conf_lists_write(*(char **const *)p, out);
        break;
    case CONF_COMMANDS:
        if (((const struct conf_commands *)p)->n)
            conf_lists_write_commands(p, out);
        break;
    case CONF_PREFIXES:
    case CONF_PAIRS:
        if (((const struct conf_pairs *)p)->n)
            conf_lists_write_pairs(p, out);
        break;
    case CONF_ITEMS:
        if (((const struct conf_items *)p)->n)
            conf_items_write(o, p, out);
        break;
    case CONF_SETTINGS:
        conf_settings_write(p, out);
        break;
    case CONF_PROPERTIES:
        break;
    }
}

void conf_value_free(const struct conf_option *o, void *base)
{
    switch (o->type) {
    case CONF_STRING:
    case CONF_PATH:
        free(*(char **)field(o, base));
        *(char **)field(o, base) = NULL;
        break;
    case CONF_CHOICE:
        if (o->size != sizeof(bool)) {
            free(*(char **)field(o, base));
            *(char **)field(o, base) = NULL;
        }
        break;
    case CONF_HEADERS:
        conf_headers_done(field(o, base));
        break;
    case CONF_SECRET:
        mem_free_secret(*(char **)field(o, base));
        *(char **)field(o, base) = NULL;
        break;
    case CONF_GLOBS:
    case CONF_KEEP:
        conf_globs_done(field(o, base));
        break;
    case CONF_ADDRESSES:
        conf_address_done(field(o, base));
        break;
    case CONF_TEXTS:
    case CONF_PATHS:
    case CONF_SELECTORS:
        conf_lists_done(field(o, base));
        break;
    case CONF_COMMANDS:
        conf_lists_commands_done(field(o, base));
        break;
    case CONF_PREFIXES:
    case CONF_PAIRS:
        conf_lists_pairs_done(field(o, base));
        break;
    case CONF_ITEMS:
        conf_items_done(o, field(o, base));
        break;
    case CONF_SETTINGS:
        conf_settings_done(field(o, base));
        break;
    case CONF_PROPERTIES:
    case CONF_INT:
    case CONF_DURATION:
    case CONF_SIZE:
    case CONF_BOOL:
    case CONF_STEPS:
        break; /* properties are the cluster's to free: their count stands beside them */
    }
}
