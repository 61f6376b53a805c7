/* Words for rows that are not fine. */
#include "ui/problem.h"

#include "ui/views.h"

#include <string.h>

static bool is_finding(const struct table *t)
{
    return strcmp(table_name(t), "findings") == 0;
}

/* "orders-sink" of "connector orders-sink" */
static const char *brief_subject(const struct row *r)
{
    const char *subject = row_text(r, "subject"), *blank = strchr(subject, ' ');
    return blank ? blank + 1 : subject;
}

void problem_name(const struct table *t, const struct row *r, bool brief, struct str *out)
{
    if (is_finding(t)) {
        str_add(out, brief ? brief_subject(r) : row_text(r, "subject"));
        return;
    }
    size_t len = strlen(table_name(t));
    if (!brief) { /* of "groups" a row is a group */
        const char *name = table_name(t);
        size_t prefix = strncmp(name, "prom_", 5) == 0 ? 5 : 0;
        str_bytes(out, name + prefix, (len > 1 && name[len - 1] == 's' ? len - 1 : len) - prefix);
        str_char(out, ' ');
    }
    views_call(t, r, out);
}

/* What follows the name that text begins with: "orders-sink: no row ..."; text where it does not. */
static const char *behind_name(const char *text, const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || strncmp(text, name, len) != 0 || !strchr(":, ", text[len]) || !text[len])
        return text;
    text += len;
    return text + strspn(text, ":, ");
}

enum severity problem_say(const struct context *ctx, const struct table *t, const struct row *r, struct str *out)
{
    struct str say = {0};
    enum severity s = verdicts_problem(ctx->verdicts, ctx, t, r, &say);
    const char *text = str_text(&say);
    if (is_finding(t)) {
        text = behind_name(text, row_text(r, "subject"));
        text = behind_name(text, brief_subject(r));
    }
    str_add(out, text);
    str_done(&say);
    return s;
}

double problem_weight(const struct table *t, const struct row *r)
{
    static const double first = 4e15; /* more than any lag, and so little that the next integer is another number */
    struct value v = row_cell(r, is_finding(t) ? "rank" : "lag");
    if (is_finding(t))
        return first - (v.quality == QUALITY_UNKNOWN ? first / 2 : (double)v.i);
    int lag = table_column_index(t, "lag");
    if (lag < 0 || table_column(t, (size_t)lag)->type != COLUMN_INT || v.quality == QUALITY_UNKNOWN)
        return -1;
    return (double)v.i;
}
