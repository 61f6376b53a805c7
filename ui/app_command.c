/* Commands that change what is shown. */
#include "ui/app_command.h"

#include "ui/app_internal.h"
#include "ui/theme.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- going ---- */

int app_command_view(struct app *a, struct command_call *call, struct error *err)
{
    if (app_visit_name(a, call->arg))
        return 0;
    return error_set(err, ERR_NOT_FOUND, "no view or table is called %s", call->arg);
}

/* Is the row called so: as its view says, or by its key, with its cluster or without? */
static bool is_called(const struct view_def *def, const struct table *t, const struct row *r, const char *name)
{
    struct str s = {0};
    if (def->called)
        views_call(t, r, &s);
    bool called = s.len && strcmp(str_text(&s), name) == 0;
    for (size_t from = 0; from < 2 && from < table_nkeys(t) && !called; from++) {
        str_clear(&s);
        complete_row_name(&s, t, r, from);
        called = strcmp(str_text(&s), name) == 0;
    }
    str_done(&s);
    return called;
}

struct found {
    const struct view_def *def;
    const struct table *table;
    const struct row *row;
    size_t n;
};

static struct found find_row(const struct app *a, const struct view_def *only, const char *name)
{
    struct found f = {0};
    for (size_t i = 0; views_at(i) && a->ctx.store; i++) {
        const struct view_def *def = views_at(i);
        const struct table *t = def->subject && (!only || def == only) ? store_find(a->ctx.store, def->subject) : NULL;
        for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
            if (is_called(def, t, r, name))
                f = (struct found){def, t, r, f.n + 1};
        }
    }
    return f;
}

int app_command_open(struct app *a, struct command_call *call, struct error *err)
{
    size_t len = strcspn(call->arg, " ");
    char *word = mem_memdup(call->arg, len);
    const struct view_def *only = call->arg[len] ? views_find(word) : NULL;
    free(word);
    if (only && !only->subject)
        only = NULL;
    struct found f = find_row(a, NULL, call->arg); /* a name may begin with the name of a view and a blank */
    if (only && f.n != 1) {
        call->at = len + strspn(call->arg + len, " ");
        f = find_row(a, only, call->arg + call->at);
    }
    const char *name = call->arg + call->at;
    if (f.n == 0)
        return error_set(err, ERR_NOT_FOUND, "nothing with a view of its own is called %s", name);
    if (f.n > 1)
        return error_set(err, ERR_INVALID, "%zu are called %s: say VIEW CLUSTER/NAME, as in %s %s/%s", f.n, name,
                         f.def->name, row_text(f.row, table_column(f.table, 0)->name), name);
    app_visit_row(a, f.def, f.table, f.row);
    return 0;
}

/* ---- the list ---- */

static int no_list(struct error *err)
{
    return error_set(err, ERR_INVALID, "there is no list here");
}

int app_command_filter(struct app *a, struct command_call *call, struct error *err)
{
    struct table_view *list = view_filtered(app_current(a));
    return list ? table_view_filter(list, &a->ctx, call->arg, &call->at, err) : no_list(err);
}

int app_command_sort(struct app *a, struct command_call *call, struct error *err)
{
    struct table_view *list = view_filtered(app_current(a));
    return list ? table_view_order(list, &a->ctx, call->arg, err) : no_list(err);
}

int app_command_columns(struct app *a, struct command_call *call, struct error *err)
{
    struct table_view *list = view_filtered(app_current(a));
    return list ? table_view_choose(list, &a->ctx, call->arg, &call->at, err) : no_list(err);
}

int app_narrow(struct app *a, const char *filter, const char *sort, const char *columns, struct error *err)
{
    struct table_view *list = view_filtered(app_current(a));
    size_t at = 0;
    int rc = 0;
    if (!list)
        return no_list(err);
    if (columns)
        rc = table_view_choose(list, &a->ctx, columns, &at, err);
    if (!rc && sort)
        rc = table_view_order(list, &a->ctx, sort, err);
    if (!rc && filter)
        rc = table_view_filter(list, &a->ctx, filter, &at, err);
    return rc;
}

int app_run(struct app *a, const char *line, size_t *at, struct error *err)
{
    app_palette_look(a);
    int rc = command_run(a, line, at, err);
    if (rc == 0)
        app_palette_forget(a);
    return rc;
}

/* ---- one of several clusters ---- */

static int no_cluster(const struct table *t, const char *name, struct error *err)
{
    enum { NAMED = 20 };
    struct str names = {0};
    size_t n = 0;
    for (const struct row *r = t ? table_first(t) : NULL; r && n < NAMED; r = row_next(r), n++)
        str_printf(&names, "%s%s", n ? ", " : "; there are: ", row_text(r, "cluster"));
    int rc = error_set(err, ERR_NOT_FOUND, "no cluster is called %s%s", name, str_text(&names));
    str_done(&names);
    return rc;
}

/* Is what is shown about a row of another cluster? */
static bool is_elsewhere(const struct app *a)
{
    const struct view_subject *s = &app_current(a)->subject;
    for (size_t i = 0; i < s->nkeys && a->cluster; i++) {
        if (strcmp(s->keys[i].name, "cluster") == 0 && s->keys[i].text)
            return strcmp(s->keys[i].bytes, a->cluster) != 0;
    }
    return false;
}

int app_command_cluster(struct app *a, struct command_call *call, struct error *err)
{
    const struct table *t = a->ctx.store ? store_find(a->ctx.store, "clusters") : NULL;
    const struct row *r = *call->arg && t ? table_first(t) : NULL;
    while (r && strcmp(row_text(r, "cluster"), call->arg) != 0)
        r = row_next(r);
    if (*call->arg && !r)
        return no_cluster(t, call->arg, err);
    free(a->cluster);
    a->ctx.cluster = a->cluster = *call->arg ? mem_strdup(call->arg) : NULL;
    a->ctx.scope++;
    if (is_elsewhere(a))
        app_visit_view(a, views_at(0));
    if (a->cluster)
        app_say(a, "only what is of %s is shown; :cluster shows all", a->cluster);
    else
        app_say(a, "all clusters are shown");
    return 0;
}

/* ---- settings ---- */

static bool get_utc(const struct app *a)
{
    return a->ctx.format.utc;
}

static void set_utc(struct app *a, bool on)
{
    a->ctx.format.utc = on;
}

static bool get_exact(const struct app *a)
{
    return a->ctx.format.exact;
}

static void set_exact(struct app *a, bool on)
{
    a->ctx.format.exact = on;
}

static bool get_iec(const struct app *a)
{
    return !a->ctx.format.si;
}

static void set_iec(struct app *a, bool on)
{
    a->ctx.format.si = !on;
}

static bool get_paused(const struct app *a)
{
    return a->ctx.paused;
}

static bool get_changes(const struct app *a)
{
    return a->ctx.since_mark;
}

static void set_changes(struct app *a, bool on)
{
    if (on != a->ctx.since_mark)
        app_act(a, ACTION_MARK);
}

static bool get_flash(const struct app *a)
{
    return !a->ctx.still;
}

static void set_flash(struct app *a, bool on)
{
    a->ctx.still = !on;
}

static bool get_counts(const struct app *a)
{
    return a->ctx.heat_counts;
}

static void set_counts(struct app *a, bool on)
{
    a->ctx.heat_counts = on;
}

static bool get_split(const struct app *a)
{
    return a->split.on;
}

static void set_split(struct app *a, bool on)
{
    if (on != a->split.on)
        app_split_toggle(a);
}

static const struct setting {
    const char *name;
    bool (*get)(const struct app *a);
    void (*set)(struct app *a, bool on);
    const char *help;
} settings[] = {
    {"utc", get_utc, set_utc, "Clock times in UTC instead of local time."},
    {"exact", get_exact, set_exact, "Numbers with all digits instead of three and a unit."},
    {"iec", get_iec, set_iec, "Sizes in steps of 1024 (KiB) instead of 1000 (kB)."},
    {"pause", get_paused, app_set_paused, "The picture frozen."},
    {"changes", get_changes, set_changes, "Numbers as their change since the mark."},
    {"flash", get_flash, set_flash, "What changes in a list stands out for a moment."},
    {"counts", get_counts, set_counts, "Buckets over time shaded by how much fell into them, not by its share."},
    {"split", get_split, set_split, "The screen divided: what Enter would open, beside the list."},
};

const char *app_command_setting(size_t i, const char **help)
{
    if (i >= sizeof settings / sizeof *settings)
        return NULL;
    *help = settings[i].help;
    return settings[i].name;
}

int app_command_set(struct app *a, struct command_call *call, struct error *err)
{
    size_t len = strcspn(call->arg, " ");
    const char *word = call->arg + len + strspn(call->arg + len, " ");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const struct setting *s = &settings[i];
        if (strlen(s->name) != len || memcmp(s->name, call->arg, len) != 0)
            continue;
        bool on = strcmp(word, "on") == 0;
        if (*word && !on && strcmp(word, "off") != 0) {
            call->at = (size_t)(word - call->arg);
            return error_set(err, ERR_INVALID, "%s is on or off, not %s", s->name, word);
        }
        s->set(a, *word ? on : !s->get(a));
        app_say(a, "%s is %s", s->name, s->get(a) ? "on" : "off");
        return 0;
    }
    struct str names = {0};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        str_printf(&names, "%s%s", i ? ", " : "", settings[i].name);
    int rc = error_set(err, ERR_NOT_FOUND, "there is no such setting; there are: %s", str_text(&names));
    str_done(&names);
    return rc;
}

static int no_theme(const struct app *a, struct error *err)
{
    struct str names = {0};
    for (int i = 0; theme_at(i); i++)
        str_printf(&names, "%s%s", i ? ", " : "", theme_at(i)->name);
    for (size_t i = 0; a->themes && a->themes[i]; i++)
        str_printf(&names, ", %s", a->themes[i]);
    int rc = error_set(err, ERR_NOT_FOUND, "there is no such theme; there are: %s", str_text(&names));
    str_done(&names);
    return rc;
}

int app_command_theme(struct app *a, struct command_call *call, struct error *err)
{
    const struct theme *theme = theme_find(call->arg);
    if (!*call->arg) {
        app_say(a, "theme %s: %s", a->theme->name, a->theme->help);
        return 0;
    }
    if (!theme) {
        int rc = a->ops->find_theme ? a->ops->find_theme(a->arg, call->arg, &theme, err) : no_theme(a, err);
        if (rc)
            return rc;
    }
    a->theme = theme;
    if (a->ops->theme)
        a->ops->theme(a->arg, theme);
    return 0;
}

/* "500ms", "2s", "1.5 m"; without a unit only 0. */
static bool parse_duration(const char *text, double *ms)
{
    static const struct {
        const char *name;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    char *end;
    double v = strtod(text, &end);
    if (end == text || !(v >= 0))
        return false;
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(end, units[i].name) == 0) {
            *ms = v * units[i].ms;
            return true;
        }
    }
    *ms = 0;
    return !*end && v == 0;
}

int app_command_interval(struct app *a, struct command_call *call, struct error *err)
{
    enum { MOST_MS = 3600000 };
    double ms = a->status.interval_ms;
    if (*call->arg && !parse_duration(call->arg, &ms))
        return error_set(err, ERR_INVALID, "%s is no duration: 500ms, 2s, 1m, or 0", call->arg);
    if (ms > MOST_MS)
        return error_set(err, ERR_INVALID, "at most 1h");
    app_set_interval(a, (int)ms);
    return 0;
}

/* ---- help and the end ---- */

int app_command_help(struct app *a, struct command_call *call, struct error *err)
{
    if (!*call->arg)
        page_help(&a->page, a->ctx.keys);
    else if (!page_help_topic(&a->page, &a->ctx, call->arg))
        return error_set(err, ERR_NOT_FOUND, "no command, view or table is called %s", call->arg);
    a->page.top = 0;
    a->page_kind = PAGE_HELP;
    return 0;
}

int app_command_quit(struct app *a, struct command_call *call, struct error *err)
{
    (void)call;
    (void)err;
    if (a->ops->quit)
        a->ops->quit(a->arg);
    return 0;
}
