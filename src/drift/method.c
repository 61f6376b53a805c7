/* The table of methods, and which one is taken where nobody says. */
#include "drift/method.h"

#include <string.h>

/* Up to so many rows of the reference a p-value is taken; up to so many different numbers they are compared as categories are. */
enum { SMALL_ROWS = 1000, FEW_VALUES = 5 };

const struct drift_method drift_methods[DRIFT_METHODS] = {
    [DRIFT_METHOD_PSI] =
        {.id = DRIFT_METHOD_PSI,
         .name = "psi",
         .display = "PSI",
         .numbers = true,
         .categories = true,
         .threshold = 0.1,
         .help = "population stability index over the reference's bins, sum of (p - q) ln(p / q); an empty "
                 "bin has a share of 0.0001, as in Evidently"},
    [DRIFT_METHOD_KS] = {.id = DRIFT_METHOD_KS,
                         .name = "ks",
                         .display = "K-S D",
                         .numbers = true,
                         .threshold = 0.2,
                         .help = "Kolmogorov and Smirnov's D: the greatest difference of the shares up to any value"},
    [DRIFT_METHOD_KS_P] =
        {.id = DRIFT_METHOD_KS_P,
         .name = "ks-p",
         .display = "K-S p",
         .numbers = true,
         .small = true,
         .threshold = 0.05,
         .help = "p of Kolmogorov and Smirnov's D: exact while all values are held, else of the law of many "
                 "rows"},
    [DRIFT_METHOD_WASSERSTEIN_NORMED] = {.id = DRIFT_METHOD_WASSERSTEIN_NORMED,
                                         .name = "wasserstein",
                                         .display = "Wasserstein / sd",
                                         .numbers = true,
                                         .threshold = 0.1,
                                         .help =
                                             "Wasserstein's distance over the reference's standard deviation (at least "
                                             "0.001), as in Evidently"},
    [DRIFT_METHOD_JS] =
        {.id = DRIFT_METHOD_JS,
         .name = "js",
         .display = "Jensen-Shannon",
         .numbers = true,
         .categories = true,
         .threshold = 0.1,
         .help = "Jensen and Shannon's distance, natural logarithm: from 0 to 0.83; of base 2 it would be 1.2 "
                 "times as much"},
    [DRIFT_METHOD_HELLINGER] =
        {.id = DRIFT_METHOD_HELLINGER,
         .name = "hellinger",
         .display = "Hellinger",
         .numbers = true,
         .categories = true,
         .threshold = 0.1,
         .help = "Hellinger's distance, root of half the sum of (root p - root q) squared: from 0 to 1"},
    [DRIFT_METHOD_TOTAL_VARIATION] =
        {.id = DRIFT_METHOD_TOTAL_VARIATION,
         .name = "tv",
         .display = "total variation",
         .numbers = true,
         .categories = true,
         .threshold = 0.1,
         .help = "half the sum of |p - q|: the share of rows that would have to move; the distance "
                 "itself, not a p-value"},
    [DRIFT_METHOD_L_INFINITY] = {.id = DRIFT_METHOD_L_INFINITY,
                                 .name = "linf",
                                 .display = "L-infinity",
                                 .numbers = true,
                                 .categories = true,
                                 .threshold = 0.1,
                                 .help = "the greatest change of the share of any one bin or category"},
    [DRIFT_METHOD_CHI_SQUARE_P] =
        {.id = DRIFT_METHOD_CHI_SQUARE_P,
         .name = "chi2-p",
         .display = "chi-square p",
         .numbers = true,
         .categories = true,
         .small = true,
         .threshold = 0.05,
         .help = "p of the chi-square test of the contingency table, with Yates's correction where "
                 "there are two categories; finite where a category is new"},
    [DRIFT_METHOD_CRAMER_V] = {.id = DRIFT_METHOD_CRAMER_V,
                               .name = "cramer",
                               .display = "Cramer's V",
                               .numbers = true,
                               .categories = true,
                               .threshold = 0.2,
                               .help = "Cramer's V of the contingency table, corrected for its bias: from 0 to 1"},
    [DRIFT_METHOD_Z_P] =
        {.id = DRIFT_METHOD_Z_P,
         .name = "z-p",
         .display = "z p",
         .numbers = true,
         .categories = true,
         .small = true,
         .threshold = 0.05,
         .help = "p of the test of two proportions: the share of the reference's most frequent value or bin "
                 "against all others"},
    [DRIFT_METHOD_CHI_SQUARE_FIT_P] =
        {.id = DRIFT_METHOD_CHI_SQUARE_FIT_P,
         .name = "chi2-fit-p",
         .display = "chi-square fit p",
         .numbers = true,
         .categories = true,
         .small = true,
         .threshold = 0.05,
         .help = "p of the chi-square test of goodness of fit, as in Evidently: the reference is taken for exact; "
                 "where it has none of a category that is there now, chi2-p's"},
    [DRIFT_METHOD_JS_TWO] = {.id = DRIFT_METHOD_JS_TWO,
                             .name = "js2",
                             .display = "Jensen-Shannon, base 2",
                             .numbers = true,
                             .categories = true,
                             .threshold = 0.1,
                             .help = "Jensen and Shannon's distance with logarithms of base 2, as in NannyML: from 0 "
                                     "to 1"},
    [DRIFT_METHOD_PSI_MOVING] = {.id = DRIFT_METHOD_PSI_MOVING,
                                 .name = "psi-moving",
                                 .display = "PSI, moving bins",
                                 .numbers = true,
                                 .threshold = 0.1,
                                 .help =
                                     "population stability index as Evidently has it, over bins of equal width that "
                                     "reference and window make together (one a value where the reference has up "
                                     "to 20); for icetop drift alone"},
};

const struct drift_method *drift_method_find(const char *name)
{
    for (size_t i = 0; i < DRIFT_METHODS; i++)
        if (strcmp(drift_methods[i].name, name) == 0)
            return &drift_methods[i];
    return NULL;
}

const struct drift_method *drift_method_default(enum drift_type type, uint64_t reference, uint64_t distinct)
{
    bool few = reference <= SMALL_ROWS, numbers = type == DRIFT_TYPE_NUMBER && distinct > FEW_VALUES;
    if (numbers)
        return &drift_methods[few ? DRIFT_METHOD_KS_P : DRIFT_METHOD_WASSERSTEIN_NORMED];
    if (!few)
        return &drift_methods[DRIFT_METHOD_JS];
    return &drift_methods[distinct <= 2 ? DRIFT_METHOD_Z_P : DRIFT_METHOD_CHI_SQUARE_P];
}
