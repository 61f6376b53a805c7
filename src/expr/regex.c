/* Regular expressions over names. */
#include "base/regex.h"

#include "base/text.h"
#include "expr/expr_internal.h"

#include <stdlib.h>
#include <string.h>

enum { REMEMBERED = 256 };

struct expr_regex {
    struct regex *regex;
    bool utf;
    /* What was found of names lately: the same ones stand in thousands of rows. */
    struct remembered {
        const struct name *name; /* only to be compared: it may be gone, and another one at its place */
        uint32_t hash, len;
        enum expr_truth truth;
    } memory[REMEMBERED];
};

void expr_regex_free(struct expr_regex *r)
{
    if (!r)
        return;
    regex_free(r->regex);
    free(r);
}

int expr_regex_new(const char *pattern, size_t len, bool word, struct expr_regex **ret, size_t *offset,
                   struct error *err)
{
    struct expr_regex *r = mem_new(struct expr_regex);
    r->utf = !word || text_is_utf8(pattern, len); /* a regular expression must be, PCRE2 says so */
    int rc = regex_new(pattern, len, (word ? REGEX_WORD : 0) | (r->utf ? 0 : REGEX_BYTES), &r->regex, offset, err);
    if (rc < 0) {
        expr_regex_free(r);
        return rc;
    }
    *ret = r;
    return 0;
}

/* text is UTF-8 if r is. */
static enum expr_truth find(struct expr_regex *r, const char *text, size_t len)
{
    static const enum expr_truth truths[] = {
        [REGEX_NO] = TRUTH_FALSE, [REGEX_YES] = TRUTH_TRUE, [REGEX_TOO_DEAR] = TRUTH_UNKNOWN};
    return truths[regex_find(r->regex, text, len)];
}

static enum expr_truth find_name(struct expr_regex *r, const struct name *n)
{
    if (r->utf && !n->utf8)
        return find(r, n->safe, n->safe_len);
    return find(r, n->raw, n->len);
}

static enum expr_truth find_word(struct expr_regex *r, const struct name *n)
{
    enum expr_truth found = find_name(r, n);
    if (found != TRUTH_TRUE && r->utf && n->safe != n->raw)
        found = find(r, n->safe, n->safe_len);
    return found == TRUTH_TRUE ? TRUTH_TRUE : TRUTH_FALSE;
}

/* A regex is asked in one of two ways only, so that one memory serves both. */
static enum expr_truth remember(struct expr_regex *r, const struct name *n,
                                enum expr_truth (*ask)(struct expr_regex *r, const struct name *n))
{
    struct remembered *m = &r->memory[n->hash % REMEMBERED];
    if (m->name != n || m->hash != n->hash || m->len != n->len)
        *m = (struct remembered){.name = n, .hash = n->hash, .len = n->len, .truth = ask(r, n)};
    return m->truth;
}

enum expr_truth expr_regex_find(struct expr_regex *r, const struct name *n)
{
    return remember(r, n, find_name);
}

enum expr_truth expr_regex_find_word(struct expr_regex *r, const struct name *n)
{
    return remember(r, n, find_word);
}
