/* What a plugin says of itself is believed only as far as it can be. */
#include "base/mem.h"
#include "findings/rule.h"
#include "plugin/descriptor.h"
#include "table/table.h"
#include "base/log.h"
#include "unit.h"

/* Ours and the header's are one: values are handed over as they are. */
#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #ours)
SAME(COLUMN_TEXT, ICETOP_TEXT);
SAME(COLUMN_INT, ICETOP_INT);
SAME(COLUMN_REAL, ICETOP_REAL);
SAME(COLUMN_TIME, ICETOP_TIME);
SAME(COLUMN_BOOL, ICETOP_BOOL);
SAME(UNIT_NONE, ICETOP_UNIT_NONE);
SAME(UNIT_ID, ICETOP_UNIT_ID);
SAME(UNIT_COUNT, ICETOP_UNIT_COUNT);
SAME(UNIT_MESSAGES, ICETOP_UNIT_MESSAGES);
SAME(UNIT_OFFSET, ICETOP_UNIT_OFFSET);
SAME(UNIT_BYTES, ICETOP_UNIT_BYTES);
SAME(UNIT_SECONDS, ICETOP_UNIT_SECONDS);
SAME(UNIT_MS, ICETOP_UNIT_MS);
SAME(UNIT_PER_SECOND, ICETOP_UNIT_PER_SECOND);
SAME(UNIT_RATIO, ICETOP_UNIT_RATIO);
SAME(UNIT_LATENCY, ICETOP_UNIT_LATENCY);
SAME(UNIT_EPOCH, ICETOP_UNIT_EPOCH);
SAME(COLUMN_KEY, ICETOP_KEY);
SAME(COLUMN_HISTORY, ICETOP_HISTORY);
SAME(COLUMN_HIDDEN, ICETOP_HIDDEN);
SAME(COLUMN_SUM, ICETOP_SUM);
SAME(COLUMN_WORST_HIGH, ICETOP_WORST_HIGH);
SAME(QUALITY_UNKNOWN, ICETOP_UNKNOWN);
SAME(QUALITY_EXACT, ICETOP_EXACT);
SAME(QUALITY_GE, ICETOP_GE);
SAME(QUALITY_LE, ICETOP_LE);
SAME(QUALITY_EST, ICETOP_EST);
SAME(QUALITY_STALE, ICETOP_STALE);
SAME(LOG_LEVEL_ERROR, ICETOP_ERROR);
SAME(LOG_LEVEL_WARN, ICETOP_WARN);
SAME(LOG_LEVEL_INFO, ICETOP_INFO);
SAME(LOG_LEVEL_DEBUG, ICETOP_DEBUG);
SAME(FINDINGS_INFO, ICETOP_FINDING_INFO);
SAME(FINDINGS_WARNING, ICETOP_FINDING_WARNING);
SAME(FINDINGS_CRITICAL, ICETOP_FINDING_CRITICAL);

static void *open_it(const struct icetop_host *host)
{
    (void)host;
    return NULL;
}

static void round_it(void *self)
{
    (void)self;
}

/* A plugin that is all right, and everything that a case may spoil. */
struct sample {
    struct icetop_column columns[3];
    struct icetop_table tables[2];
    struct icetop_column others[2];
    struct icetop_group groups[1];
    struct icetop_option options[2];
    struct icetop_page pages[2];
    struct icetop_format formats[2];
    struct icetop_plugin plugin;
};

static void write_it(const struct icetop_host *host, const struct icetop_json *document)
{
    (void)host;
    (void)document;
}

static void make(struct sample *s)
{
    *s = (struct sample){
        .columns = {{.name = "job", .flags = ICETOP_KEY, .help = "A job."},
                    {.name = "host", .flags = ICETOP_KEY, .help = "Where."},
                    {.name = "size", .type = ICETOP_INT, .help = "How large."}},
        .others = {{.name = "topic", .flags = ICETOP_KEY, .help = "A topic."}, {.name = "owner", .help = "Whose."}},
        .options = {{.name = "url", .required = true, .help = "Where."}, {.name = "user", .help = "Who."}},
        .pages = {{.id = "MY-01", .title = "t", .seen = "s", .means = "m", .todo = "d"},
                  {.id = "MY-02", .title = "t", .seen = "s", .means = "m", .todo = "d"}},
        .formats = {{.name = "my-one", .help = "h", .write = write_it},
                    {.name = "my-two", .help = "h", .write = write_it}},
    };
    for (size_t i = 0; i < 2; i++)
        s->tables[i] = (struct icetop_table){.name = i ? "my_thing_b" : "my_thing",
                                             .title = "t",
                                             .help = "h",
                                             .columns = s->columns,
                                             .ncolumns = 3,
                                             .column_size = sizeof *s->columns};
    s->groups[0] = (struct icetop_group){.table = "topics",
                                         .name = "my_thing_own",
                                         .columns = s->others,
                                         .ncolumns = 2,
                                         .column_size = sizeof *s->others};
    s->plugin = (struct icetop_plugin){ICETOP_PLUGIN_BEGIN,
                                       .name = "my-thing",
                                       .version = "1",
                                       .license = "MIT",
                                       .help = "h",
                                       ICETOP_OPTIONS(s->options),
                                       ICETOP_TABLES(s->tables),
                                       ICETOP_GROUPS(s->groups),
                                       ICETOP_PAGES(s->pages),
                                       .open = open_it,
                                       .round = round_it};
}

static void a_good_one(void **state)
{
    (void)state;
    struct sample s;
    struct plugin_descriptor *d = NULL;
    struct error err = {0};
    make(&s);
    assert_int_equal(plugin_descriptor_read(&s.plugin, sizeof s.plugin, &d, &err), 0);
    assert_int_equal(d->ntables, 2);
    assert_int_equal(d->ngroups, 1);
    assert_int_equal(d->noptions, 2);
    assert_int_equal(d->npages, 2);
    assert_int_equal(d->unknown, 0);
    assert_string_equal(d->tables[1].name, "my_thing_b");
    assert_string_equal(d->tables[1].columns[2].name, "size");
    assert_ptr_not_equal(d->tables[1].columns, s.columns);
    assert_non_null(plugin_descriptor_option(d, "user"));
    assert_null(plugin_descriptor_option(d, "users"));
    plugin_descriptor_free(d);
    make(&s);
    s.plugin.ntables = s.plugin.noptions = s.plugin.npages = s.plugin.ngroups = 0;
    assert_int_equal(plugin_descriptor_read(&s.plugin, 0, &d, &err), 0);
    plugin_descriptor_free(d);
}

static void refuse(const struct sample *s, size_t size, const char *words)
{
    struct plugin_descriptor *d = NULL;
    struct error err = {0};
    int rc = plugin_descriptor_read(&s->plugin, size, &d, &err);
    if (!rc || !strstr(err.text, words))
        fail_msg("%d \"%s\" does not say \"%s\"", rc, err.text, words);
    assert_null(d);
}

#define REFUSE(words, ...)                                                                                             \
    do {                                                                                                               \
        struct sample s;                                                                                               \
        make(&s);                                                                                                      \
        __VA_ARGS__;                                                                                                   \
        refuse(&s, sizeof s.plugin, words);                                                                            \
    } while (0)

static void sizes(void **state)
{
    (void)state;
    REFUSE("version 2 of the contract", s.plugin.abi = 2);
    REFUSE("version 4294967295", s.plugin.abi = UINT32_MAX);
    REFUSE("struct_size is 0", s.plugin.struct_size = 0);
    REFUSE("struct_size is 40", s.plugin.struct_size = 40);
    REFUSE("struct_size is 4294967295", s.plugin.struct_size = UINT32_MAX);
    REFUSE("but icetop_plugin has", s.plugin.struct_size += 8);
    REFUSE("are said to have 8 bytes each", s.plugin.table_size = 8);
    REFUSE("are said to have 0 bytes each", s.plugin.option_size = 0);
    REFUSE("are said to have 18446744073709551615 bytes each", s.plugin.page_size = SIZE_MAX);
    REFUSE("columns are said to have 3 bytes each", s.tables[1].column_size = 3);
    REFUSE("18446744073709551615 tables; at most 32", s.plugin.ntables = SIZE_MAX);
    REFUSE("201 columns; at most 200", s.tables[0].ncolumns = 201);
    REFUSE("2 tables, and no pointer", s.plugin.tables = NULL);
    REFUSE("3 columns, and no pointer", s.tables[0].columns = NULL);
    struct sample s;
    make(&s);
    refuse(&s, 4, "has 4 bytes");
}

static void functions_and_names(void **state)
{
    (void)state;
    REFUSE("no open function", s.plugin.open = NULL);
    REFUSE("no round function", s.plugin.round = NULL);
    REFUSE("its name is not", s.plugin.name = NULL);
    REFUSE("its name is not", s.plugin.name = "Mine");
    REFUSE("its name is not", s.plugin.name = "../x");
    REFUSE("version, license or help", s.plugin.license = NULL);
    REFUSE("version, license or help", s.plugin.help = "\xff");
}

static void tables(void **state)
{
    (void)state;
    REFUSE("table my_thing is declared twice", s.tables[1].name = "my_thing");
    REFUSE("does not begin with the plugin's", s.tables[1].name = "groups");
    REFUSE("does not begin with the plugin's", s.tables[1].name = "my_thingy");
    REFUSE("does not begin with the plugin's", s.tables[0].name = NULL);
    REFUSE("table my_thing: no title", s.tables[0].title = NULL);
    REFUSE("table my_thing: no key column", s.columns[0].flags = s.columns[1].flags = 0);
    REFUSE("table my_thing: no key column", s.tables[0].ncolumns = 0);
    REFUSE("column host: key columns come before", s.columns[0].flags = 0);
    REFUSE("column job is declared twice", s.columns[2].name = "job");
    REFUSE("column 1: its name is not", s.columns[1].name = "a b");
    REFUSE("column instance", s.columns[1].name = "instance");
    REFUSE("column size: a type that there is not (5)", s.columns[2].type = (enum icetop_type)5);
    REFUSE("column size: no help", s.columns[2].help = NULL);
    REFUSE("group my_thing_own: no column but the key", s.groups[0].ncolumns = 1);
    REFUSE("group 0: its name does not begin", s.groups[0].name = "kafka");
    REFUSE("group my_thing_own: the name of its table", s.groups[0].table = "x\"y");
}

static void options_and_pages(void **state)
{
    (void)state;
    REFUSE("option url is declared twice", s.options[1].name = "url");
    REFUSE("option 1: its name is not", s.options[1].name = "");
    REFUSE("option user: no help", s.options[1].help = NULL);
    REFUSE("option user: a type", s.options[1].type = (enum icetop_option_type)9);
    REFUSE("page MY-01 is declared twice", s.pages[1].id = "MY-01");
    REFUSE("begins with IT-", s.pages[1].id = "IT-01");
    REFUSE("page 1: its id is not", s.pages[1].id = "my-01");
    REFUSE("page 1: its id is not", s.pages[1].id = "MY-1x");
    REFUSE("page MY-02: title, seen", s.pages[1].means = NULL);
    REFUSE("page MY-02: a severity", s.pages[1].severity = (enum icetop_severity)3);
    REFUSE("format my-one is declared", s.plugin.name = "my", s.plugin.ntables = s.plugin.ngroups = 0,
           s.plugin.formats = s.formats, s.plugin.nformats = 2, s.plugin.format_size = sizeof *s.formats,
           s.formats[1].name = "my-one");
}

/* What later versions may append to enums is nothing to be afraid of. */
static void to_come(void **state)
{
    (void)state;
    struct sample s;
    struct plugin_descriptor *d = NULL;
    struct error err = {0};
    struct column columns[3];
    make(&s);
    s.columns[2].unit = (enum icetop_unit)99;
    s.columns[2].flags = ICETOP_SUM | 1u << 30;
    assert_int_equal(plugin_descriptor_read(&s.plugin, sizeof s.plugin, &d, &err), 0);
    plugin_descriptor_columns(d->tables[0].columns, 3, columns);
    assert_int_equal(columns[2].unit, UNIT_NONE);
    assert_int_equal(columns[2].flags, COLUMN_SUM);
    plugin_descriptor_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_one),          cmocka_unit_test(sizes),
        cmocka_unit_test(functions_and_names), cmocka_unit_test(tables),
        cmocka_unit_test(options_and_pages),   cmocka_unit_test(to_come),
    };
    return cmocka_run_group_tests_name("descriptor", tests, NULL, NULL);
}
