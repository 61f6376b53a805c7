/* Small questions that every view asks of the store. */
#include "ui/context.h"

#include <string.h>

struct row *context_source(const struct context *ctx, const char *name)
{
    struct table *t = ctx->store && name ? store_find(ctx->store, "sources") : NULL;
    if (!t || table_nkeys(t) != 1)
        return NULL;
    struct name *n = name_intern(store_names(ctx->store), name, strlen(name));
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct row *r = table_find(t, &key);
    name_unref(n);
    return r;
}

bool context_stale(const struct context *ctx, uint16_t owner)
{
    if (ctx->old || !ctx->store)
        return true;
    const struct row *r = context_source(ctx, store_owner_name(ctx->store, owner));
    if (!r)
        return false;
    return strcmp(row_text(r, "state"), "failed") == 0;
}

bool context_in_scope(const struct context *ctx, const struct table *t, const struct row *r)
{
    if (!ctx->cluster)
        return true;
    int column = table_column_index(t, "cluster");
    if (column < 0) {
        const char *source = row_text(r, "source");
        r = *source ? context_source(ctx, source) : NULL;
    }
    const char *name = r ? row_text(r, "cluster") : "";
    return !*name || strcmp(name, ctx->cluster) == 0;
}

bool context_starting(const struct context *ctx)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "sources") : NULL;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *state = row_text(r, "state");
        if (strcmp(row_text(r, "kind"), "history") != 0 && *state &&
            (strcmp(state, "starting") != 0 || *row_text(r, "error")))
            return false;
    }
    return !ctx->detached;
}

bool context_watches(const struct context *ctx, const char *const *kinds)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "sources") : NULL;
    bool none = true;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *kind = row_text(r, "kind");
        for (const char *const *k = kinds; k && *k; k++) {
            if (strcmp(kind, *k) == 0)
                return true;
        }
        none &= !*kind || strcmp(kind, "history") == 0;
    }
    return none || !kinds;
}

bool context_afford(const struct context *ctx, int64_t built_us, int64_t cost_us)
{
    enum { CHEAP_US = 5000, SLOW_US = 20000 };
    int64_t now = clock_mono_us(store_clock(ctx->store));
    if (cost_us < CHEAP_US || now < built_us)
        return true;
    return now - built_us > 10 * cost_us && !(ctx->hurry && cost_us > SLOW_US);
}
