/* All findings: found by id, and their pages as text and as the manual has them. */
#include "findings/catalogue.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

const struct findings_rule *const findings_families[] = {findings_answers,
                                                         findings_coordinator,
                                                         findings_cadence,
                                                         findings_groups,
                                                         findings_control,
                                                         findings_loss,
                                                         findings_upkeep,
                                                         findings_step,
                                                         findings_drift,
                                                         findings_delivery,
                                                         NULL};

/* How many have a lesser id. */
static size_t place_of(const char *id)
{
    size_t n = 0;
    for (size_t f = 0; findings_families[f]; f++)
        for (const struct findings_rule *r = findings_families[f]; r->page.id; r++)
            n += strcmp(r->page.id, id) < 0;
    return n;
}

const struct findings_rule *findings_catalogue_at(size_t i)
{
    for (size_t f = 0; findings_families[f]; f++)
        for (const struct findings_rule *r = findings_families[f]; r->page.id; r++)
            if (place_of(r->page.id) == i)
                return r;
    return NULL;
}

const struct findings_rule *findings_catalogue_find(const char *id)
{
    for (size_t f = 0; findings_families[f]; f++)
        for (const struct findings_rule *r = findings_families[f]; r->page.id; r++)
            if (strcasecmp(r->page.id, id) == 0)
                return r;
    return NULL;
}

struct part {
    const char *heading, *text;
};

enum { PARTS = 4 };

static void parts_of(const struct findings_page *page, struct part parts[PARTS])
{
    parts[0] = (struct part){"What icetop saw", page->seen};
    parts[1] = (struct part){"What it means", page->means};
    parts[2] = (struct part){"What to do", page->todo};
    parts[3] = (struct part){"What it is not", page->not };
}

/* Calls fn for each paragraph. */
static void each_paragraph(const char *text, void (*fn)(struct str *out, const char *paragraph, int width),
                           struct str *out, int width)
{
    while (*text) {
        const char *end = strstr(text, "\n\n");
        size_t len = end ? (size_t)(end - text) : strlen(text);
        struct str paragraph = {0};
        str_bytes(&paragraph, text, len);
        fn(out, str_text(&paragraph), width);
        str_done(&paragraph);
        text += len;
        text += strspn(text, "\n");
    }
}

static void add_plain(struct str *out, const char *paragraph, int width)
{
    text_wrap(out, paragraph, 2, width);
    str_char(out, '\n');
}

static void add_scdoc(struct str *out, const char *paragraph, int width)
{
    (void)width;
    text_scdoc(out, paragraph);
    str_add(out, "\n\n");
}

void findings_catalogue_issues(const struct findings_page *page, struct str *out)
{
    for (size_t i = 0; page->issues && page->issues[i]; i++)
        str_printf(out, "%s%s", i ? ", " : "", page->issues[i]);
}

void findings_catalogue_explain(const struct findings_page *page, unsigned width, struct str *out)
{
    struct part parts[PARTS];
    parts_of(page, parts);
    str_printf(out, "%s  %s\n", page->id, findings_severity_name(page->severity));
    text_wrap(out, page->title, 0, (int)width);
    str_char(out, '\n');
    for (size_t i = 0; i < PARTS; i++) {
        if (!parts[i].text)
            continue;
        str_printf(out, "%s:\n", parts[i].heading);
        each_paragraph(parts[i].text, add_plain, out, (int)width);
    }
    if (page->issues && page->issues[0]) {
        struct str issues = {0};
        findings_catalogue_issues(page, &issues);
        str_add(out, "Known by:\n");
        text_wrap(out, str_text(&issues), 2, (int)width);
        str_done(&issues);
    } else {
        str_cut(out, out->len - 1);
    }
}

void findings_catalogue_document(struct str *out)
{
    const struct findings_rule *r;
    for (size_t i = 0; (r = findings_catalogue_at(i)); i++) {
        struct part parts[PARTS];
        parts_of(&r->page, parts);
        str_printf(out, "## %s: ", r->page.id);
        text_scdoc(out, r->page.title);
        str_printf(out, " (%s)\n\n", findings_severity_name(r->page.severity));
        for (size_t k = 0; k < PARTS; k++) {
            if (!parts[k].text)
                continue;
            str_printf(out, "*%s.* ", parts[k].heading);
            each_paragraph(parts[k].text, add_scdoc, out, 0);
        }
        if (r->page.issues && r->page.issues[0]) {
            struct str issues = {0};
            findings_catalogue_issues(&r->page, &issues);
            str_add(out, "*Known by.* ");
            text_scdoc(out, str_text(&issues));
            str_add(out, "\n\n");
            str_done(&issues);
        }
    }
}
