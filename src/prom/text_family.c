/* Families one after the other: a name, once left, does not come back, and neither does a metric within its family. */
#include "prom/text_family.h"

#include "base/map.h"
#include "base/mem.h"
#include "prom/text_family_point.h"
#include "prom/text_seen.h"
#include "prom/text_why.h"

#include <string.h>

struct prom_text_family {
    struct prom_text_seen seen; /* names, and series of each family: what was there does not come again */
    bool open;
    struct prom_text_span name;
    enum prom_text_type type;
    unsigned told;   /* 1 << enum prom_text_kind: metadata there were */
    bool unit;       /* it has one that is not empty */
    bool sampled;    /* names are registered, metadata would be too late */
    uint64_t number; /* of the family within the text */
    bool in_group;   /* a metric is open */
    uint64_t group;
    bool has_time; /* of the point that is open, and seconds */
    double seconds;
    struct prom_text_family_point point;
};

/* So that hashes of different things differ. */
static const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);

struct prom_text_family *prom_text_family_new(void)
{
    return mem_new(struct prom_text_family);
}

void prom_text_family_free(struct prom_text_family *f)
{
    if (f)
        prom_text_seen_done(&f->seen);
    free(f);
}

void prom_text_family_begin(struct prom_text_family *f)
{
    struct prom_text_seen seen = f->seen;
    prom_text_seen_clear(&seen);
    *f = (struct prom_text_family){.seen = seen};
}

static bool same(struct prom_text_span a, struct prom_text_span b)
{
    return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

/* The hash of three words. */
static uint64_t mix(uint64_t a, uint64_t b, uint64_t c)
{
    const uint64_t words[] = {a, b, c};
    return map_hash(words, sizeof words);
}

/* The name and all that its samples may be called are its own from now on. */
static int take_names(struct prom_text_family *f, struct prom_text_item *item)
{
    char name[PROM_TEXT_NAME + 16];
    memcpy(name, f->name.s, f->name.len);
    if (!prom_text_seen_add(&f->seen, map_hash(name, f->name.len)))
        return prom_text_why(item, ERR_INVALID, "\"%.*s\" was there before",
                             PROM_TEXT_WHY_QUOTE(f->name.s, f->name.len));
    for (size_t i = 0; prom_text_family_suffix(f->type, i); i++) {
        const char *const suffix = prom_text_family_suffix(f->type, i);
        const size_t len = strlen(suffix);
        if (!len)
            continue;
        memcpy(name + f->name.len, suffix, len);
        if (!prom_text_seen_add(&f->seen, map_hash(name, f->name.len + len)))
            return prom_text_why(item, ERR_INVALID, "\"%.*s%s\" was there before",
                                 PROM_TEXT_WHY_QUOTE(f->name.s, f->name.len), suffix);
    }
    return 0;
}

static int close_family(struct prom_text_family *f, struct prom_text_item *item)
{
    int code = 0;
    if (!f->open)
        return 0;
    if (f->unit && (f->type == PROM_TEXT_INFO || f->type == PROM_TEXT_STATESET))
        return prom_text_why(item, ERR_INVALID, "a family of type %s has no unit", prom_text_type_name(f->type));
    if (!f->sampled)
        code = take_names(f, item);
    if (!code && f->in_group)
        code = prom_text_family_point_close(&f->point, f->type, item);
    return code;
}

static int open_family(struct prom_text_family *f, struct prom_text_span name, struct prom_text_item *item)
{
    int code = close_family(f, item);
    if (code)
        return code;
    *f = (struct prom_text_family){.seen = f->seen, .open = true, .name = name, .number = f->number + 1};
    return 0;
}

int prom_text_family_metadata(struct prom_text_family *f, struct prom_text_item *item)
{
    static const char *const words[] = {
        [PROM_TEXT_TYPE] = "TYPE", [PROM_TEXT_HELP] = "HELP", [PROM_TEXT_UNIT] = "UNIT"};
    if (!f->open || !same(f->name, item->name)) {
        int code = open_family(f, item->name, item);
        if (code)
            return code;
    }
    if (f->sampled)
        return prom_text_why(item, ERR_INVALID, "%s behind a sample of its family", words[item->kind]);
    if (f->told & 1u << item->kind)
        return prom_text_why(item, ERR_INVALID, "a second %s", words[item->kind]);
    f->told |= 1u << item->kind;
    if (item->kind == PROM_TEXT_TYPE)
        f->type = item->type;
    f->unit |= item->kind == PROM_TEXT_UNIT && item->value.len;
    return 0;
}

/* The family that a sample is of, by its name, and what it is there. */
static int find_family(struct prom_text_family *f, struct prom_text_span name, enum prom_text_family_part *ret,
                       struct prom_text_item *item)
{
    const size_t len = f->name.len;
    if (!f->open || name.len < len || memcmp(name.s, f->name.s, len) != 0 ||
        !prom_text_family_part_of(f->type, (struct prom_text_span){name.s + len, name.len - len}, ret)) {
        if (f->open && same(f->name, name))
            return prom_text_why(item, ERR_INVALID, "the name does not end as those of type %s do",
                                 prom_text_type_name(f->type));
        int code = open_family(f, name, item);
        if (code)
            return code;
        *ret = PART_VALUE;
    }
    if (f->sampled)
        return 0;
    f->sampled = true;
    return take_names(f, item);
}

/* The label that makes no other metric: its value, and *ret what the rest comes to, in any order. */
static struct prom_text_span split_labels(const struct prom_text_family *f, const struct prom_text_series *s,
                                          enum prom_text_family_part part, uint64_t *ret)
{
    struct prom_text_span name = {0}, special = {0};
    uint64_t sum = 0;
    if (part == PART_BUCKET)
        name = (struct prom_text_span){"le", 2};
    else if (part == PART_VALUE && f->type == PROM_TEXT_SUMMARY)
        name = (struct prom_text_span){"quantile", 8};
    else if (part == PART_VALUE && f->type == PROM_TEXT_STATESET)
        name = f->name;
    for (size_t i = 0; i < s->n; i++) {
        const struct prom_text_label *const l = &s->labels[i];
        if (name.s && same(l->name, name))
            special = l->value;
        else
            sum += mix(map_hash(l->name.s, l->name.len), map_hash(l->value.s, l->value.len), golden);
    }
    *ret = mix(f->number, sum, 0);
    return special;
}

/* The metric and the point that a sample is of: those that are open, or the next ones. */
static int find_point(struct prom_text_family *f, uint64_t group, const struct prom_text_family_sample *s,
                      struct prom_text_item *item)
{
    const bool other = !f->in_group || group != f->group;
    int code;
    if (other && !prom_text_seen_add(&f->seen, group))
        return prom_text_why(item, ERR_INVALID, "samples of one metric do not stand together");
    if (!other && s->has_time != f->has_time)
        return prom_text_why(item, ERR_INVALID, "samples of one metric with and without time");
    if (!other && s->has_time && s->seconds < f->seconds)
        return prom_text_why(item, ERR_INVALID, "times of one metric do not rise");
    if (!other && (!s->has_time || s->seconds == f->seconds))
        return 0;
    if (f->in_group && (code = prom_text_family_point_close(&f->point, f->type, item)))
        return code;
    f->in_group = true;
    f->group = group;
    f->has_time = s->has_time;
    f->seconds = s->has_time ? s->seconds : 0;
    f->point = (struct prom_text_family_point){0};
    return 0;
}

int prom_text_family_sample(struct prom_text_family *f, const struct prom_text_family_sample *s,
                            struct prom_text_item *item)
{
    enum prom_text_family_part part = PART_VALUE;
    uint64_t group, time;
    int code = find_family(f, s->series.name, &part, item);
    if (code)
        return code;
    const struct prom_text_span special = split_labels(f, &s->series, part, &group);
    if ((code = find_point(f, group, s, item)) ||
        (code = prom_text_family_point_add(&f->point, f->type, part, special, s->exemplar, item)))
        return code;
    if (part != PART_VALUE || !special.s)
        return 0;
    memcpy(&time, &f->seconds, sizeof time);
    if (!prom_text_seen_add(&f->seen, mix(group ^ golden, map_hash(special.s, special.len), time)))
        return prom_text_why(item, ERR_INVALID, "the same series twice at the same time");
    return 0;
}

int prom_text_family_end(struct prom_text_family *f, struct prom_text_item *item)
{
    int code = close_family(f, item);
    f->open = false;
    return code;
}
