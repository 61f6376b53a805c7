/* Reads reference values and compares with them. */
#include "numbers.h"

#include "tests/unit/data.h"

#include <math.h>

static void read_line(const char *text, struct numbers *line)
{
    size_t len = strcspn(text, " ");
    assert_true(len < sizeof line->kind);
    memcpy(line->kind, text, len);
    line->kind[len] = '\0';
    line->n = 0;
    for (const char *at = text + len;;) {
        char *end;
        double v = strtod(at, &end);
        if (end == at)
            break;
        assert_true(line->n < NUMBERS_MAX);
        line->values[line->n++] = v;
        at = end;
    }
}

void numbers_each(const char *name, void (*see)(const struct numbers *line))
{
    char *text = data_text(data_path("drift/%s", name));
    static struct numbers line;
    size_t seen = 0;
    for (char *at = text, *next; *at; at = next) {
        char *end = strchr(at, '\n');
        assert_non_null(end);
        *end = '\0';
        next = end + 1;
        if (*at == '#')
            continue;
        read_line(at, &line);
        see(&line);
        seen++;
    }
    assert_true(seen > 0);
    free(text);
}

void numbers_close(double got, double want, double rel, const struct numbers *line)
{
    if (got == want || fabs(got - want) <= rel * fabs(want) + 1e-300)
        return;
    for (size_t i = 0; line && i < line->n && i < 40; i++)
        print_message("%s%.17g", i ? " " : line->kind, line->values[i]);
    fail_msg(": %.17g instead of %.17g, off by %.3g", got, want, fabs(got - want) / fabs(want));
}

uint64_t numbers_count(const struct numbers *line, size_t *at)
{
    assert_true(*at < line->n);
    return (uint64_t)line->values[(*at)++];
}

void numbers_counts(const struct numbers *line, size_t *at, size_t n, uint64_t *counts)
{
    for (size_t i = 0; i < n; i++)
        counts[i] = numbers_count(line, at);
}
