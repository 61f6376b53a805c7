/* Regular expressions by PCRE2. */
#include "base/regex.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum {
    MATCH_LIMIT = 20000, /* steps on one value: tens of microseconds with the JIT, a few ms without */
    DEPTH_LIMIT = 1000,  /* of the interpreter, where there is no JIT */
    HEAP_LIMIT_KIB = 1024,
    STACK_START = 32 * 1024, /* of the JIT */
    STACK_MAX = 256 * 1024,
    GIVE_UP = 50, /* values on which the limit was hit, after which the rest is not tried */
};

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    bool jit;
    unsigned hits; /* of the limit */
};

void regex_free(struct regex *r)
{
    if (!r)
        return;
    pcre2_match_data_free(r->data);
    pcre2_match_context_free(r->context);
    pcre2_jit_stack_free(r->stack);
    pcre2_code_free(r->code);
    free(r);
}

static uint32_t options_of(unsigned flags)
{
    uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
    if (flags & REGEX_WORD)
        options = PCRE2_LITERAL | PCRE2_CASELESS;
    if (flags & REGEX_WHOLE)
        options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL | PCRE2_MATCH_INVALID_UTF;
    if (!(flags & REGEX_BYTES))
        options |= PCRE2_UTF;
    return options;
}

static int compile(struct regex *r, const char *pattern, size_t len, unsigned flags, size_t *offset, struct error *err)
{
    int code;
    PCRE2_SIZE at;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_parens_nest_limit(context, LIMITS_EXPR_DEPTH);
    r->code = pcre2_compile((PCRE2_SPTR)pattern, len, options_of(flags), &code, &at, context);
    pcre2_compile_context_free(context);
    if (!r->code) {
        char text[200];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
        if (offset)
            *offset = at < len ? at : len;
        return error_set(err, ERR_INVALID, "regular expression: %s", text);
    }
    return 0;
}

int regex_new(const char *pattern, size_t len, unsigned flags, struct regex **ret, size_t *offset, struct error *err)
{
    struct regex *r = mem_new(struct regex);
    int rc = compile(r, pattern, len, flags, offset, err);
    if (rc < 0) {
        regex_free(r);
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

enum regex_found regex_find(struct regex *r, const char *subject, size_t len)
{
    if (r->hits >= GIVE_UP)
        return REGEX_TOO_DEAR;
    int rc = r->jit ? pcre2_jit_match(r->code, (PCRE2_SPTR)subject, len, 0, 0, r->data, r->context)
                    : pcre2_match(r->code, (PCRE2_SPTR)subject, len, 0, 0, r->data, r->context);
    if (rc >= 0)
        return REGEX_YES;
    if (rc == PCRE2_ERROR_NOMATCH)
        return REGEX_NO;
    r->hits++;
    return REGEX_TOO_DEAR;
}
