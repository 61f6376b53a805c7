/* icetop explain: what a finding is, from the catalogue that the rules themselves are in. */
#include "base/str.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "conf/suggest.h"
#include "conf/value.h"
#include "findings/catalogue.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAD_USAGE = 2 };

/* "IT-C04  warning   idle task cannot answer in time" */
static void list(struct str *out)
{
    const struct findings_rule *r;
    for (size_t i = 0; (r = findings_catalogue_at(i)); i++)
        str_printf(out, "%-7s %-8s  %s\n", r->page.id, findings_severity_name(r->page.severity), r->page.title);
}

static json_t *page_json(const struct findings_page *p)
{
    json_t *issues = json_array();
    for (size_t i = 0; p->issues && p->issues[i]; i++)
        json_array_append_new(issues, json_string(p->issues[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:o}", "id", p->id, "title", p->title, "severity",
                     findings_severity_name(p->severity), "seen", p->seen, "means", p->means, "todo", p->todo, "not",
                     p->not, "issues", issues);
}

static void write_json(const struct findings_rule *const *rules, size_t n, struct str *out)
{
    json_t *pages = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(pages, page_json(&rules[i]->page));
    json_t *document = json_pack("{s:s, s:o}", "icetop", ICETOP_VERSION, "findings", pages);
    char *text = json_dumps(document, JSON_INDENT(2));
    str_printf(out, "%s\n", text);
    free(text);
    json_decref(document);
}

static void refuse(const char *id)
{
    struct conf_suggest near = {.wanted = id};
    struct str why = {0};
    const struct findings_rule *r;
    for (size_t i = 0; (r = findings_catalogue_at(i)); i++)
        conf_suggest_offer(&near, r->page.id);
    conf_value_quote(&why, id);
    conf_suggest_write(&near, &why);
    fprintf(stderr, "icetop: there is no finding %s; icetop explain lists those there are\n", str_text(&why));
    str_done(&why);
}

static int read_format(const struct cmd_options *o, bool *json)
{
    const char *format = cmd_options_value(o, OPTIONS_FORMAT);
    *json = format && strcmp(format, "json") == 0;
    if (!format || *json || strcmp(format, "text") == 0)
        return 0;
    fprintf(stderr, "icetop: --format: of explain it is text or json\n");
    return BAD_USAGE;
}

static void explain(const struct findings_rule *const *rules, size_t n, struct str *out)
{
    for (size_t i = 0; i < n; i++) {
        if (i)
            str_char(out, '\n');
        findings_catalogue_explain(&rules[i]->page, cmd_output_columns(), out);
    }
}

int cmd_explain_run(const struct cmd_options *o)
{
    VEC(const struct findings_rule *) rules = {0};
    struct str out = {0};
    bool json;
    int status = read_format(o, &json);
    const char *const *ids = cmd_options_operands(o);
    for (size_t i = 0; !status && ids[i]; i++) {
        const struct findings_rule *r = findings_catalogue_find(ids[i]);
        if (r) {
            vec_push(&rules, r);
        } else {
            refuse(ids[i]);
            status = BAD_USAGE;
        }
    }
    for (size_t i = 0; json && !*ids && findings_catalogue_at(i); i++)
        vec_push(&rules, findings_catalogue_at(i));
    if (!status && json)
        write_json(rules.items, rules.n, &out);
    else if (!status && *ids)
        explain(rules.items, rules.n, &out);
    else if (!status)
        list(&out);
    fputs(str_text(&out), stdout);
    str_done(&out);
    vec_done(&rules);
    return status;
}
