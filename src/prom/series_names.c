/* Families and names: what a sample is by its name. */
#include "prom/series_names.h"

#include "base/map.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void prom_series_names_forget(struct prom_series *s)
{
    for (size_t i = 0; i < s->names.n; i++)
        name_unref(s->names.items[i].name);
    for (size_t i = 0; i < s->families.n; i++) {
        name_unref(s->families.items[i].name);
        name_unref(s->families.items[i].help);
        name_unref(s->families.items[i].unit);
    }
    s->names.n = s->families.n = 0;
    prom_places_done(&s->by_name);
    prom_places_done(&s->by_family);
}

/* The bytes without escapes; valid until scratch is used again. */
static struct prom_text_span plain(struct prom_series *s, struct prom_text_span span)
{
    if (!memchr(span.s, '\\', span.len))
        return span;
    str_clear(&s->scratch);
    prom_text_unescape(span, &s->scratch);
    return (struct prom_text_span){str_text(&s->scratch), s->scratch.len};
}

static int too_many(const struct prom_series *s, struct error *err)
{
    return error_set(err, ERR_LIMIT, "line %u: more than %d names of metrics, the limit", s->text.line,
                     PROM_SERIES_NAMES);
}

/* ---- families ---- */

static uint64_t hash_of_family(const void *owner, uint32_t place)
{
    return ((const struct prom_series *)owner)->families.items[place].name->hash;
}

static bool is_family(const struct prom_series *s, uint32_t place, const char *name, size_t len)
{
    const struct name *n = s->families.items[place].name;
    return n->len == len && memcmp(n->raw, name, len) == 0;
}

/* Its place, or NONE. */
static uint32_t find_family(const struct prom_series *s, const char *name, size_t len)
{
    uint64_t at = (uint32_t)map_hash(name, len);
    uint32_t i;
    while ((i = prom_places_next(&s->by_family, &at)) != PROM_SERIES_NONE)
        if (is_family(s, i, name, len))
            break;
    return i;
}

/* Its place, where it is made if need be; NONE past the limit. */
static uint32_t family_of(struct prom_series *s, const char *name, size_t len)
{
    uint32_t i = find_family(s, name, len);
    if (i != PROM_SERIES_NONE || s->families.n >= PROM_SERIES_NAMES)
        return i;
    i = (uint32_t)s->families.n;
    vec_push(&s->families, (struct prom_series_family){.name = name_intern(s->pool, name, len)});
    prom_places_add(&s->by_family, hash_of_family, s, i);
    return i;
}

/* That of a comment: mostly the one of the comment before, or the next. */
static uint32_t family_told(struct prom_series *s, struct prom_text_span written)
{
    struct prom_text_span name = plain(s, written);
    for (uint32_t i = s->family; i < s->families.n && i - s->family < 2; i++)
        if (is_family(s, i, name.s, name.len))
            return s->family = i;
    uint32_t found = family_of(s, name.s, name.len);
    if (found != PROM_SERIES_NONE)
        s->family = found;
    return found;
}

static void learn_help(struct prom_series *s, struct prom_series_family *f, struct prom_text_span written)
{
    uint64_t hash = map_hash(written.s, written.len);
    if (f->help && f->help_hash == hash)
        return;
    struct str text = {.max = PROM_SERIES_HELP_BYTES};
    prom_text_unescape(written, &text);
    name_unref(f->help);
    f->help = name_intern(s->pool, str_text(&text), text.len);
    f->help_hash = hash;
    s->told = true;
    str_done(&text);
}

int prom_series_names_learn(struct prom_series *s, const struct prom_text_item *item, struct error *err)
{
    uint32_t place = family_told(s, item->name);
    if (place == PROM_SERIES_NONE)
        return too_many(s, err);
    struct prom_series_family *f = &s->families.items[place];
    f->seen = s->scrape;
    if (item->kind == PROM_TEXT_TYPE) {
        s->retyped |= f->used && f->type != item->type;
        s->told |= f->type != item->type;
        f->type = item->type;
    } else if (item->kind == PROM_TEXT_HELP) {
        learn_help(s, f, item->value);
    } else if (!f->unit) {
        f->unit = name_intern(s->pool, item->value.s, item->value.len);
        s->told = true;
    }
    return 0;
}

/* ---- names ---- */

/* The family of which a name is that with a suffix, if its type is among the types (bits); or NONE. */
static uint32_t behind(const struct prom_series *s, const struct name *name, const char *suffix, unsigned types)
{
    size_t cut = strlen(suffix);
    if (name->len <= cut || memcmp(name->raw + name->len - cut, suffix, cut) != 0)
        return PROM_SERIES_NONE;
    uint32_t i = find_family(s, name->raw, name->len - cut);
    return i != PROM_SERIES_NONE && types & 1u << s->families.items[i].type ? i : PROM_SERIES_NONE;
}

#define HISTOGRAMS (1u << PROM_TEXT_HISTOGRAM | 1u << PROM_TEXT_GAUGEHISTOGRAM)

static const struct {
    const char *suffix;
    unsigned types;
    enum prom_series_part part;
} suffixes[] = {
    {"_bucket", HISTOGRAMS, PROM_SERIES_BUCKET},
    {"_sum", 1u << PROM_TEXT_HISTOGRAM, PROM_SERIES_SUM},
    {"_count", 1u << PROM_TEXT_HISTOGRAM, PROM_SERIES_COUNT},
    {"_gsum", 1u << PROM_TEXT_GAUGEHISTOGRAM, PROM_SERIES_SUM},
    {"_gcount", 1u << PROM_TEXT_GAUGEHISTOGRAM, PROM_SERIES_COUNT},
    {"_sum", 1u << PROM_TEXT_SUMMARY, PROM_SERIES_COUNTER},
    {"_count", 1u << PROM_TEXT_SUMMARY, PROM_SERIES_COUNTER},
    {"_total", 1u << PROM_TEXT_COUNTER, PROM_SERIES_COUNTER},
    {"_created", HISTOGRAMS | 1u << PROM_TEXT_COUNTER | 1u << PROM_TEXT_SUMMARY, PROM_SERIES_VALUE},
    {"_info", 1u << PROM_TEXT_INFO, PROM_SERIES_VALUE},
};

/* Whose sample it is by its name, and what of it; family NONE: there are too many. */
static void classify(struct prom_series *s, struct prom_series_name *n)
{
    const struct name *name = n->name;
    n->part = PROM_SERIES_VALUE;
    n->family = find_family(s, name->raw, name->len);
    if (n->family != PROM_SERIES_NONE && s->families.items[n->family].type == PROM_TEXT_COUNTER)
        n->part = PROM_SERIES_COUNTER;
    for (size_t i = 0; n->family == PROM_SERIES_NONE && i < sizeof suffixes / sizeof *suffixes; i++) {
        n->family = behind(s, name, suffixes[i].suffix, suffixes[i].types);
        n->part = n->family != PROM_SERIES_NONE ? suffixes[i].part : PROM_SERIES_VALUE;
    }
    if (n->family == PROM_SERIES_NONE)
        n->family = family_of(s, name->raw, name->len);
    /* without types, as a server's federation tells of its series, the name is all there is */
    if (n->family != PROM_SERIES_NONE && s->families.items[n->family].type == PROM_TEXT_UNKNOWN && name->len > 6 &&
        memcmp(name->raw + name->len - 6, "_total", 6) == 0)
        n->part = PROM_SERIES_COUNTER;
}

static uint64_t hash_of_name(const void *owner, uint32_t place)
{
    return ((const struct prom_series *)owner)->names.items[place].spelling;
}

int prom_series_names_find(struct prom_series *s, struct prom_text_span written, uint32_t *ret, struct error *err)
{
    uint64_t hash = map_hash(written.s, written.len), at = hash;
    uint32_t i;
    while ((i = prom_places_next(&s->by_name, &at)) != PROM_SERIES_NONE)
        if (s->names.items[i].spelling == hash) {
            s->names.items[i].seen = s->scrape;
            *ret = i;
            return 0;
        }
    if (s->names.n >= PROM_SERIES_NAMES)
        return too_many(s, err);
    struct prom_text_span name = plain(s, written);
    struct prom_series_name n = {.name = name_intern(s->pool, name.s, name.len), .spelling = hash, .seen = s->scrape};
    classify(s, &n);
    if (n.family == PROM_SERIES_NONE) {
        name_unref(n.name);
        return too_many(s, err);
    }
    struct prom_series_family *f = &s->families.items[n.family];
    f->used = true;
    n.kept = prom_keep_name(s->keep, n.name->raw, f->name->raw);
    *ret = (uint32_t)s->names.n;
    vec_push(&s->names, n);
    prom_places_add(&s->by_name, hash_of_name, s, *ret);
    return 0;
}

/* ---- those that are gone ---- */

enum { ROOM = 1000 }; /* names beyond twice those that are in use */

/* Which are in use: by a series, or in the scrape that was read. */
static void mark(const struct prom_series *s, bool told, bool *names, bool *families)
{
    for (size_t i = 0; i < s->metrics.n; i++)
        if (s->metrics.items[i].labels)
            names[s->metrics.items[i].name] = true;
    for (size_t i = 0; i < s->histograms.n; i++)
        if (s->histograms.items[i].labels)
            families[s->histograms.items[i].family] = true;
    for (size_t i = 0; i < s->names.n; i++) {
        const struct prom_series_name *n = &s->names.items[i];
        names[i] |= (told && n->seen == s->scrape) || (n->part >= PROM_SERIES_BUCKET && families[n->family]);
    }
    for (size_t i = 0; i < s->names.n; i++)
        families[s->names.items[i].family] |= names[i];
    for (size_t i = 0; told && i < s->families.n; i++)
        families[i] |= s->families.items[i].seen == s->scrape;
}

/* Moves those that are in use together; places[i] becomes where the i-th is. */
static void keep_families(struct prom_series *s, const bool *used, uint32_t *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->families.n; i++) {
        struct prom_series_family f = s->families.items[i];
        places[i] = (uint32_t)kept;
        if (used[i]) {
            s->families.items[kept++] = f;
            continue;
        }
        name_unref(f.name);
        name_unref(f.help);
        name_unref(f.unit);
    }
    s->families.n = kept;
}

static void keep_names(struct prom_series *s, const bool *used, uint32_t *places)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->names.n; i++) {
        struct prom_series_name n = s->names.items[i];
        places[i] = (uint32_t)kept;
        if (used[i])
            s->names.items[kept++] = n;
        else
            name_unref(n.name);
    }
    s->names.n = kept;
}

static void renumber(struct prom_series *s, const uint32_t *names, const uint32_t *families)
{
    for (size_t i = 0; i < s->metrics.n; i++)
        if (s->metrics.items[i].labels)
            s->metrics.items[i].name = names[s->metrics.items[i].name];
    for (size_t i = 0; i < s->histograms.n; i++)
        if (s->histograms.items[i].labels)
            s->histograms.items[i].family = families[s->histograms.items[i].family];
    prom_places_done(&s->by_name);
    prom_places_done(&s->by_family);
    for (size_t i = 0; i < s->names.n; i++) {
        s->names.items[i].family = families[s->names.items[i].family];
        prom_places_add(&s->by_name, hash_of_name, s, (uint32_t)i);
    }
    for (size_t i = 0; i < s->families.n; i++)
        prom_places_add(&s->by_family, hash_of_family, s, (uint32_t)i);
    s->family = 0;
}

void prom_series_names_sweep(struct prom_series *s, bool told)
{
    size_t nnames = s->names.n, nfamilies = s->families.n;
    if (nnames + nfamilies <= (s->names_most ? s->names_most : ROOM))
        return;
    bool *used = mem_calloc(nnames + nfamilies, sizeof *used);
    uint32_t *places = mem_calloc(nnames + nfamilies, sizeof *places);
    mark(s, told, used, used + nnames);
    keep_families(s, used + nnames, places + nnames);
    keep_names(s, used, places);
    if (s->names.n < nnames || s->families.n < nfamilies)
        renumber(s, places, places + nnames);
    s->names_most = 2 * (s->names.n + s->families.n) + ROOM;
    free(used);
    free(places);
}
