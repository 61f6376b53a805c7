/* The catalogue: ids, order, and pages that are whole. */
#include "findings/catalogue.h"
#include "findings/look.h"
#include "tests/unit/findings/said.h"

#include <ctype.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_ids_are_unique_and_ordered(void **state)
{
    (void)state;
    size_t n = 0;
    for (size_t f = 0; findings_families[f]; f++)
        for (const struct findings_rule *r = findings_families[f]; r->page.id; r++)
            n++;
    for (size_t i = 0; i < n; i++) {
        const struct findings_rule *r = findings_catalogue_at(i);
        assert_non_null(r);
        assert_int_equal(strlen(r->page.id), strlen("IT-C01"));
        assert_memory_equal(r->page.id, "IT-", 3);
        assert_true(isupper((unsigned char)r->page.id[3]));
        assert_true(isdigit((unsigned char)r->page.id[4]) && isdigit((unsigned char)r->page.id[5]));
        assert_ptr_equal(findings_catalogue_find(r->page.id), r);
        if (i)
            assert_true(strcmp(findings_catalogue_at(i - 1)->page.id, r->page.id) < 0);
    }
    assert_null(findings_catalogue_at(n));
    assert_null(findings_catalogue_find("IT-"));
    assert_null(findings_catalogue_find(""));
}

/* Whole sentences: each paragraph ends with a full stop (or what stands for one), is ASCII and has no line breaks of its own. */
static void check_sentences(const struct findings_page *page, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (!isascii((unsigned char)*p) || (iscntrl((unsigned char)*p) && *p != '\n'))
            fail_msg("%s: a character that is not plain in \"%s\"", page->id, text);
        if (*p == '\n' && p[1] != '\n' && (p == text || p[-1] != '\n'))
            fail_msg("%s: a line break within a paragraph of \"%s\"", page->id, text);
        if ((!p[1] || (p[1] == '\n')) && *p != '\n' && !strchr(".:)", *p))
            fail_msg("%s: a paragraph of \"%s\" does not end as a sentence", page->id, text);
    }
    if (!isupper((unsigned char)text[0]) && text[0] != '`' && strncmp(text, "icetop", 6) != 0)
        fail_msg("%s: \"%s\" does not begin as a sentence", page->id, text);
}

static void check_issue(const struct findings_page *page, const char *issue)
{
    const char *slash = strchr(issue, '/'), *hash = strchr(issue, '#');
    if (!slash || !hash || slash == issue || hash < slash + 2 || !hash[1] ||
        strspn(hash + 1, "0123456789") != strlen(hash + 1))
        fail_msg("%s: \"%s\" is not OWNER/REPOSITORY#NUMBER", page->id, issue);
}

static void test_pages_are_whole(void **state)
{
    (void)state;
    const struct findings_rule *r;
    for (size_t i = 0; (r = findings_catalogue_at(i)); i++) {
        const struct findings_page *page = &r->page;
        assert_true(page->title && *page->title);
        assert_true(page->title[strlen(page->title) - 1] != '.');
        assert_true(page->seen && page->means && page->todo);
        check_sentences(page, page->seen);
        check_sentences(page, page->means);
        check_sentences(page, page->todo);
        if (page->not )
            check_sentences(page, page->not );
        for (size_t k = 0; page->issues && page->issues[k]; k++)
            check_issue(page, page->issues[k]);
        assert_int_equal(!!r->sink + !!r->table + !!r->world, 1);
    }
}

static const char *const some_issues[] = {"a/b#1", "a/b#22", NULL};
static const struct findings_page some_page = {
    .id = "IT-X01",
    .title = "something_is so",
    .severity = FINDINGS_WARNING,
    .seen = "One two three four five six seven eight nine ten eleven twelve.\n\nMore.",
    .means = "Much.",
    .todo = "Nothing. Or something.",
    .issues = some_issues,
};

static void test_page_as_text(void **state)
{
    (void)state;
    struct str out = {0};
    findings_catalogue_explain(&some_page, 41, &out);
    assert_string_equal(str_text(&out), "IT-X01  warning\nsomething_is so\n\n"
                                        "What icetop saw:\n  One two three four five six seven eight\n"
                                        "  nine ten eleven twelve.\n\n  More.\n\n"
                                        "What it means:\n  Much.\n\nWhat to do:\n  Nothing. Or something.\n\n"
                                        "Known by:\n  a/b#1, a/b#22\n");
    str_done(&out);
}

static void test_every_page_explains_and_documents(void **state)
{
    (void)state;
    struct str all = {0};
    findings_catalogue_document(&all);
    const struct findings_rule *r;
    for (size_t i = 0; (r = findings_catalogue_at(i)); i++) {
        struct str out = {0};
        findings_catalogue_explain(&r->page, 72, &out);
        assert_non_null(strstr(str_text(&out), r->page.id));
        assert_non_null(strstr(str_text(&out), "What to do:\n"));
        assert_int_equal(str_text(&out)[out.len - 1], '\n');
        assert_int_not_equal(str_text(&out)[out.len - 2], '\n');
        for (const char *line = str_text(&out); *line; line += strcspn(line, "\n") + 1)
            assert_true(strcspn(line, "\n") <= 72);
        str_done(&out);
        assert_non_null(strstr(str_text(&all), r->page.id));
    }
    str_done(&all);
}

/* ---- what rules call ---- */

static void say(struct findings_look *look, const struct findings_sink *sink)
{
    findings_saw(look,
                 &(struct findings_saw){.subject = "connector a", .cause = "it is so", .place = {FINDINGS_NOWHERE}},
                 "%s is %d", sink->connector, 7);
    findings_evidence(look, "there", 12, "groups", "group = %s and partition = %d and offset = %" PRId64, "a \"b\"\\",
                      3, INT64_C(1) << 40);
}

static void say_world(struct findings_look *look, const struct findings_world *world)
{
    (void)world;
    findings_unsure(look, "c", "x");
}

static void test_a_rule_says(void **state)
{
    (void)state;
    const struct findings_rule rules[] = {{.page = {.id = "IT-X01", .severity = FINDINGS_CRITICAL}, .sink = say},
                                          {.page = {.id = "IT-X02"}, .world = say_world},
                                          {.page.id = NULL}};
    const struct findings_rule *const families[] = {rules, NULL};
    const struct findings_sink sink = {.cluster = "k", .connect = "c", .connector = "a"};
    const struct findings_sink *const sinks[] = {&sink};
    const struct findings_world world = {.sinks = sinks, .nsinks = 1};
    struct findings_look look;
    findings_look_init(&look, 1000);
    findings_look_all(&look, families, &world);
    assert_int_equal(look.said.n, 1);
    const struct findings_look_said *said = said_find(&look, "IT-X01");
    assert_string_equal(said->cluster, "k");
    assert_string_equal(said->text, "a is 7");
    assert_string_equal(said->place.connector, "a");
    assert_int_equal(said->severity, FINDINGS_CRITICAL);
    assert_int_equal(said->evidence.n, 1);
    assert_string_equal(said->evidence.items[0].where,
                        "group = \"a \\\"b\\\"\\\\\" and partition = 3 and offset = 1099511627776");
    assert_int_equal(look.unsure.n, 1);
    look.sink = &sink;
    look.sink_from = 0;
    assert_string_equal(findings_causes(&look), "it is so");
    findings_look_done(&look);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_are_unique_and_ordered),
        cmocka_unit_test(test_pages_are_whole),
        cmocka_unit_test(test_page_as_text),
        cmocka_unit_test(test_every_page_explains_and_documents),
        cmocka_unit_test(test_a_rule_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
