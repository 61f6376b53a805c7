/* A problem is a row that is not fine: how it is called, what is said of it, and which of two comes first. */
#ifndef UI_PROBLEM_H
#define UI_PROBLEM_H

#include "ui/verdict.h"

/* "group payments", of a finding its subject: "connector orders-sink"; brief: "payments", "orders-sink". Appended. */
void problem_name(const struct table *t, const struct row *r, bool brief, struct str *out);
/* The sentence, without the name that it may begin with. Appended; returns how bad it is. */
enum severity problem_say(const struct context *ctx, const struct table *t, const struct row *r, struct str *out);
/* Of two that are equally bad the greater comes first: findings in their order, then what is furthest behind. */
double problem_weight(const struct table *t, const struct row *r);

#endif
