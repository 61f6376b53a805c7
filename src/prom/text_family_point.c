/* Values of OpenMetrics' points, type by type. */
#include "prom/text_family_point.h"

#include "base/number.h"
#include "prom/text_why.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *suffix;
    enum prom_text_family_part part;
} suffixes[PROM_TEXT_TYPES][5] = {
    [PROM_TEXT_UNKNOWN] = {{"", PART_VALUE}},
    [PROM_TEXT_GAUGE] = {{"", PART_VALUE}},
    [PROM_TEXT_STATESET] = {{"", PART_VALUE}},
    [PROM_TEXT_COUNTER] = {{"_total", PART_TOTAL}, {"_created", PART_CREATED}},
    [PROM_TEXT_HISTOGRAM] = {{"_bucket", PART_BUCKET},
                             {"_count", PART_COUNT},
                             {"_sum", PART_SUM},
                             {"_created", PART_CREATED}},
    [PROM_TEXT_GAUGEHISTOGRAM] = {{"_bucket", PART_BUCKET}, {"_gcount", PART_COUNT}, {"_gsum", PART_SUM}},
    [PROM_TEXT_SUMMARY] = {{"", PART_VALUE}, {"_count", PART_COUNT}, {"_sum", PART_SUM}, {"_created", PART_CREATED}},
    [PROM_TEXT_INFO] = {{"_info", PART_INFO}},
};

const char *prom_text_family_suffix(enum prom_text_type type, size_t i)
{
    return suffixes[type][i].suffix;
}

bool prom_text_family_part_of(enum prom_text_type type, struct prom_text_span suffix, enum prom_text_family_part *ret)
{
    for (size_t i = 0; suffixes[type][i].suffix; i++)
        if (strlen(suffixes[type][i].suffix) == suffix.len &&
            memcmp(suffixes[type][i].suffix, suffix.s, suffix.len) == 0) {
            *ret = suffixes[type][i].part;
            return true;
        }
    return false;
}

static int refuse(struct prom_text_item *item, const char *what)
{
    return prom_text_why(item, ERR_INVALID, "%s", what);
}

static int add_bucket(struct prom_text_family_point *p, struct prom_text_span special, double exemplar,
                      struct prom_text_item *item)
{
    double le;
    if (!special.s)
        return refuse(item, "a bucket without a label le");
    if (number_read(special.s, special.len, &le) || isnan(le) ||
        (isinf(le) && (special.len != 4 || memcmp(special.s, "+Inf", 4) != 0)))
        return prom_text_why(item, ERR_INVALID, "le=\"%.*s\" is no bound", PROM_TEXT_WHY_QUOTE(special.s, special.len));
    const bool first = !(p->parts & 1u << PART_BUCKET);
    if (!first && le <= p->le)
        return refuse(item, "the bounds of buckets do not rise");
    if (!first && item->number < p->bucket)
        return refuse(item, "a bucket has less than the one before it, though they are cumulative");
    if (item->exemplar.len && (exemplar > le || (!first && exemplar <= p->le)))
        return refuse(item, "the exemplar lies outside of its bucket");
    p->negative_le |= le < 0;
    p->le = le;
    p->bucket = item->number;
    return 0;
}

static int check_quantile(struct prom_text_span special, struct prom_text_item *item)
{
    double q;
    if (!special.s)
        return refuse(item, "a summary's value without a label quantile");
    if (number_read(special.s, special.len, &q) || !(q >= 0 && q <= 1))
        return prom_text_why(item, ERR_INVALID, "quantile=\"%.*s\" is not from 0 to 1",
                             PROM_TEXT_WHY_QUOTE(special.s, special.len));
    return item->number < 0 ? refuse(item, "a quantile is negative") : 0;
}

static int check_state(struct prom_text_span special, struct prom_text_item *item)
{
    if (!special.s)
        return refuse(item, "a state without a label that is called as the family");
    return item->number == 0 || item->number == 1 ? 0 : refuse(item, "a state is neither 0 nor 1");
}

static bool is_count(double number)
{
    return number >= 0 && (isinf(number) || number == floor(number));
}

int prom_text_family_point_add(struct prom_text_family_point *p, enum prom_text_type type,
                               enum prom_text_family_part part, struct prom_text_span special, double exemplar,
                               struct prom_text_item *item)
{
    const bool many =
        part == PART_BUCKET || (part == PART_VALUE && (type == PROM_TEXT_SUMMARY || type == PROM_TEXT_STATESET));
    const double number = item->number;
    int code = 0;
    if (!many && p->parts & 1u << part)
        return refuse(item, "the same series twice at the same time");
    if (item->exemplar.len && part != PART_TOTAL && part != PART_BUCKET)
        return refuse(item, "only totals and buckets have exemplars");
    if ((part == PART_BUCKET || part == PART_COUNT) && !is_count(number))
        return refuse(item, "a count that is not a whole number from 0 on");
    if (part == PART_TOTAL && !(number >= 0))
        return refuse(item, "a counter below zero, or not a number");
    if (part == PART_SUM && (isnan(number) || (number < 0 && type != PROM_TEXT_GAUGEHISTOGRAM)))
        return refuse(item, "a sum below zero, or not a number");
    if (part == PART_INFO && number != 1)
        return refuse(item, "an info's value is not 1");
    if (part == PART_BUCKET)
        code = add_bucket(p, special, exemplar, item);
    else if (many)
        code = type == PROM_TEXT_SUMMARY ? check_quantile(special, item) : check_state(special, item);
    if (part == PART_COUNT)
        p->count = number;
    if (part == PART_SUM)
        p->sum = number;
    p->parts |= 1u << part;
    return code;
}

/* What is known only when something else begins. */
static int refuse_above(struct prom_text_item *item, const char *what)
{
    return prom_text_why(item, ERR_INVALID, "above this line: %s", what);
}

int prom_text_family_point_close(const struct prom_text_family_point *p, enum prom_text_type type,
                                 struct prom_text_item *item)
{
    const bool bucket = p->parts & 1u << PART_BUCKET, count = p->parts & 1u << PART_COUNT,
               sum = p->parts & 1u << PART_SUM;
    if (!p->parts)
        return 0;
    if (type == PROM_TEXT_COUNTER && !(p->parts & 1u << PART_TOTAL))
        return refuse_above(item, "a counter without its total");
    if (type != PROM_TEXT_HISTOGRAM && type != PROM_TEXT_GAUGEHISTOGRAM)
        return 0;
    if (!bucket || !isinf(p->le))
        return refuse_above(item, "a histogram without a bucket for +Inf");
    if (count && p->count != p->bucket)
        return refuse_above(item, "a histogram's count is not that of its bucket for +Inf");
    if (count != sum)
        return refuse_above(item, "a histogram with only one of count and sum");
    if (sum && p->negative_le && type == PROM_TEXT_HISTOGRAM)
        return refuse_above(item, "a histogram with bounds below zero and a sum");
    if (sum && !p->negative_le && p->sum < 0)
        return refuse_above(item, "a sum below zero though no bound is");
    return 0;
}
