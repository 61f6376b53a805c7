/* Evidently's methods. */
#include "drift/evidently_method.h"

#include <stdlib.h>
#include <string.h>

/* A p-value below its threshold, or a distance or score above it; EQ: or equal to it (the comparison in each method's code). */
#define P DRIFT_VERDICT_SMALLER
#define D DRIFT_VERDICT_LARGER
enum { EQ = true, NE = false, LINE = true, RANK = false };

static const struct drift_evidently_method methods[] = {
    {"ks", "K-S p_value", P, EQ, LINE},
    {"chisquare", "chi-square p_value", P, NE, LINE},
    {"z", "Z-test p_value", P, NE, LINE},
    {"anderson", "Anderson-Darling", P, NE, LINE},
    {"cramer_von_mises", "Cramer-von Mises", P, EQ, LINE},
    {"es", "Epps-Singleton", P, NE, LINE},
    {"fisher_exact", "Fisher's Exact test", P, NE, LINE},
    {"g_test", "g_test", P, NE, LINE},
    {"mannw", "Mann-Whitney U-rank test", P, NE, LINE},
    {"t_test", "t_test", P, NE, LINE},
    {"TVD", "Total-Variation-Distance", P, NE, LINE},
    {"empirical_mmd", "empirical_mmd", P, NE, LINE},
    {"wasserstein", "Wasserstein distance (normed)", D, EQ, LINE},
    {"jensenshannon", "Jensen-Shannon distance", D, EQ, LINE},
    {"kl_div", "Kullback-Leibler divergence", D, EQ, LINE},
    {"psi", "PSI", D, EQ, LINE},
    {"hellinger", "Hellinger distance", D, EQ, LINE},
    {"ed", "Energy-distance", D, NE, LINE},
    {"abs_text_content_drift", "Absolute text content drift", D, NE, LINE},
    {"perc_text_content_drift", "Percentile text content drift", D, NE, RANK},
};

const struct drift_evidently_method *drift_evidently_method_find(const char *text)
{
    for (size_t i = 0; text && i < sizeof methods / sizeof *methods; i++)
        if (strcmp(text, methods[i].id) == 0 || strcmp(text, methods[i].name) == 0)
            return &methods[i];
    return NULL;
}

void drift_evidently_method_set(struct drift_verdict *v, const char *text)
{
    if (!text || !*text)
        return;
    const struct drift_evidently_method *m = drift_evidently_method_find(text);
    char *name = mem_strdup(m ? m->name : text);
    free(v->method);
    v->method = name;
    v->direction = m ? m->direction : DRIFT_VERDICT_NO_DIRECTION;
}

void drift_evidently_method_derive(struct drift_verdict *v)
{
    const struct drift_evidently_method *m = drift_evidently_method_find(v->method);
    if (v->drifted != DRIFT_VERDICT_UNSAID || !m || !m->line || !v->value.known || !v->threshold.known)
        return;
    double value = v->value.v, line = v->threshold.v;
    bool beyond = m->direction == DRIFT_VERDICT_SMALLER ? value < line : value > line;
    v->drifted = beyond || (m->inclusive && value == line) ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_STABLE;
    v->derived = true;
}
