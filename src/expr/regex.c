/* Regular expressions over names, by PCRE2, with a bound on what they may cost. */
#include "base/limits.h"
#include "base/text.h"
#include "expr/expr_internal.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    MATCH_LIMIT = 20000, /* steps on one value: tens of microseconds with the JIT, a few ms without */
    DEPTH_LIMIT = 1000,  /* of the interpreter, where there is no JIT */
    HEAP_LIMIT_KIB = 1024,
    STACK_START = 32 * 1024, /* of the JIT */
    STACK_MAX = 256 * 1024,
    REMEMBERED = 256,
    GIVE_UP = 50, /* values on which the limit was hit, after which the rest is not tried */
};

struct expr_regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    bool utf;
    bool jit;
    unsigned hits; /* of the limit */
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
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->context);
    pcre2_jit_stack_free(r->stack);
    pcre2_code_free(r->code);
    free(r);
}

static int compile(struct expr_regex *r, const char *pattern, size_t len, bool word, size_t *offset, struct error *err)
{
    uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    if (word)
        options = PCRE2_LITERAL | PCRE2_CASELESS;
    if (r->utf)
        options |= PCRE2_UTF;
    int code;
    PCRE2_SIZE at;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_parens_nest_limit(context, LIMITS_EXPR_DEPTH);
    r->code = pcre2_compile((PCRE2_SPTR)pattern, len, options, &code, &at, context);
    pcre2_compile_context_free(context);
    if (!r->code) {
        char text[200];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
        *offset = at < len ? at : len;
        return error_set(err, ERR_INVALID, "regular expression: %s", text);
    }
    return 0;
}

int expr_regex_new(const char *pattern, size_t len, bool word, struct expr_regex **ret, size_t *offset,
                   struct error *err)
{
    struct expr_regex *r = mem_new(struct expr_regex);
    r->utf = !word || text_is_utf8(pattern, len); /* a regular expression must be, PCRE2 says so */
    int rc = compile(r, pattern, len, word, offset, err);
    if (rc < 0) {
        expr_regex_free(r);
        return rc;
    }
    r->data = pcre2_match_data_create(1, NULL);
    r->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(r->context, MATCH_LIMIT);
    pcre2_set_depth_limit(r->context, DEPTH_LIMIT);
    pcre2_set_heap_limit(r->context, HEAP_LIMIT_KIB);
    size_t size = 0; /* stays 0 where there is no JIT or the pattern asks for none */
    pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
    pcre2_pattern_info(r->code, PCRE2_INFO_JITSIZE, &size);
    r->jit = size > 0;
    if (r->jit) {
        r->stack = pcre2_jit_stack_create(STACK_START, STACK_MAX, NULL);
        pcre2_jit_stack_assign(r->context, NULL, r->stack);
    }
    *ret = r;
    return 0;
}

/* text is UTF-8 if r is. */
static enum expr_truth find(struct expr_regex *r, const char *text, size_t len)
{
    if (r->hits >= GIVE_UP)
        return TRUTH_UNKNOWN;
    PCRE2_SPTR subject = (PCRE2_SPTR)text;
    int rc = r->jit ? pcre2_jit_match(r->code, subject, len, 0, 0, r->data, r->context)
                    : pcre2_match(r->code, subject, len, 0, PCRE2_NO_UTF_CHECK, r->data, r->context);
    if (rc >= 0)
        return TRUTH_TRUE;
    if (rc == PCRE2_ERROR_NOMATCH)
        return TRUTH_FALSE;
    r->hits++;
    return TRUTH_UNKNOWN;
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
