/* The command line: what is taken, what is refused and with which words, and that the tables agree with themselves. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "cmd/options.h"

static struct cmd_options *parsed;
static struct error err;

static int parse(const char *line)
{
    static char words[512], *argv[32];
    int argc = 0;
    snprintf(words, sizeof words, "icetop %s", line);
    char *rest = words;
    for (char *w; (w = strsep(&rest, " "));)
        if (*w)
            argv[argc++] = w;
    argv[argc] = NULL;
    cmd_options_free(parsed);
    parsed = NULL;
    err = (struct error){0};
    return cmd_options_parse(argc, argv, &parsed, &err);
}

static int teardown(void **state)
{
    (void)state;
    cmd_options_free(parsed);
    parsed = NULL;
    return 0;
}

static void options_stand_on_either_side_of_the_command(void **state)
{
    (void)state;
    assert_int_equal(parse("-b a:1 snapshot groups topics --format json -g pay* -g !x"), 0);
    assert_string_equal(cmd_options_command(parsed)->name, "snapshot");
    assert_string_equal(cmd_options_value(parsed, OPTIONS_BOOTSTRAP), "a:1");
    assert_string_equal(cmd_options_value(parsed, OPTIONS_FORMAT), "json");
    assert_string_equal(cmd_options_operands(parsed)[0], "groups");
    assert_string_equal(cmd_options_operands(parsed)[1], "topics");
    assert_null(cmd_options_operands(parsed)[2]);
    const char **globs = cmd_options_values(parsed, OPTIONS_GROUP);
    assert_string_equal(globs[0], "pay*");
    assert_string_equal(globs[1], "!x");
    assert_null(globs[2]);
    struct conf_args args = cmd_options_conf_args(parsed);
    assert_string_equal(args.bootstrap, "a:1");
    assert_null(args.history);
}

static void without_a_command_it_is_the_console(void **state)
{
    (void)state;
    assert_int_equal(parse("--demo --no-history"), 0);
    assert_int_equal(cmd_options_command(parsed)->command, OPTIONS_TOP);
    assert_string_equal(cmd_options_conf_args(parsed).history, "");
    assert_null(cmd_options_operands(parsed)[0]);
    assert_null(cmd_options_values(parsed, OPTIONS_GROUP));
}

static void bad_words_are_named(void **state)
{
    (void)state;
    const struct {
        const char *line, *text;
    } cases[] = {
        {"--nonsense", "unknown option --nonsense (icetop --help lists them)"},
        {"-Q", "unknown option -Q (icetop --help lists them)"},
        {"-b", "option -b needs HOST:PORT,..."},
        {"-b a -b b", "option --bootstrap-server is given twice"},
        {"snapshto", "unknown command \"snapshto\" (icetop --help lists them)"},
        {"check groups", "icetop check takes no \"groups\""},
        {"config --format json", "option --format means nothing to icetop config"},
        {"--scale 5,5", "option --scale means nothing to the console"},
        {"--demo=1", "option --demo takes no argument"},
        {"snapshot --where a --filter b", "--filter and --where are one: give either"},
        {"--screen groups", "option --screen means nothing to the console"},
        {"snapshot --output=", "option --output needs FILE, not nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(parse(cases[i].line), ERR_INVALID);
        assert_string_equal(err.text, cases[i].text);
    }
}

static void numbers_are_checked(void **state)
{
    (void)state;
    double v;
    int64_t n;
    assert_int_equal(parse("--deadline 0.5 -n 12"), 0);
    assert_int_equal(cmd_options_seconds(parsed, OPTIONS_DEADLINE, 5, &v, &err), 0);
    assert_true(v == 0.5);
    assert_int_equal(cmd_options_count(parsed, OPTIONS_TIMES, 7, &n, &err), 0);
    assert_int_equal(n, 12);
    assert_int_equal(cmd_options_count(parsed, OPTIONS_LIMIT, 7, &n, &err), 0);
    assert_int_equal(n, 7);
    static const char *const bad[] = {"0", "-1", "5x", "nan", "inf", "1e-9", "2e9"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char line[64];
        snprintf(line, sizeof line, "--deadline %s", bad[i]);
        assert_int_equal(parse(line), 0);
        assert_int_equal(cmd_options_seconds(parsed, OPTIONS_DEADLINE, 5, &v, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "--deadline"));
    }
    static const char *const uncountable[] = {"0", "-1", "0.5", "1.5", "+1", "99999999999999999999", "1e3"};
    for (size_t i = 0; i < sizeof uncountable / sizeof *uncountable; i++) {
        char line[64];
        snprintf(line, sizeof line, "-n %s", uncountable[i]);
        assert_int_equal(parse(line), 0);
        assert_int_equal(cmd_options_count(parsed, OPTIONS_TIMES, 5, &n, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "--iterations"));
    }
}

static void uses_are_told_apart(void **state)
{
    (void)state;
    assert_int_equal(parse("--view groups --filter lag>1 --sort lag --columns lag"), 0);
    assert_string_equal(cmd_options_condition(parsed), "lag>1");
    assert_null(cmd_options_of(parsed, OPTIONS_FILES_ONLY));
    assert_int_equal(parse("--where lag>1 -o x"), 0);
    assert_string_equal(cmd_options_condition(parsed), "lag>1");
    assert_string_equal(cmd_options_of(parsed, OPTIONS_FILES_ONLY), "output");
    assert_int_equal(parse("snapshot --size 80x24"), 0);
    assert_null(cmd_options_condition(parsed));
    assert_string_equal(cmd_options_of(parsed, OPTIONS_SCREEN_ONLY), "size");
    assert_null(cmd_options_of(parsed, OPTIONS_ROWS_ONLY));
}

/* What is looked at, for a command to paste: no secret, nothing that only the console takes. */
static void the_command_is_told_again(void **state)
{
    (void)state;
    struct str out = {0};
    assert_int_equal(parse("-b a:1,b:2 --view groups -X sasl.password=hunter2 -X client.id=$x -g !te*st --utc -d 5"),
                     0);
    cmd_options_again(parsed, &out);
    assert_string_equal(str_text(&out), "icetop --bootstrap-server a:1,b:2 --property 'client.id=$x' --group '!te*st'");
    str_clear(&out);
    assert_int_equal(parse("--demo"), 0);
    cmd_options_again(parsed, &out);
    assert_string_equal(str_text(&out), "icetop --demo");
    str_done(&out);
}

static void the_table_agrees_with_itself(void **state)
{
    (void)state;
    struct str help = {0}, page = {0}, completion = {0};
    cmd_options_help(NULL, 80, &help);
    cmd_options_document(&page);
    cmd_options_completion(&completion);
    int seen[OPTIONS_COUNT] = {0};
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++) {
        seen[d->id]++;
        for (const struct cmd_options_def *other = d + 1; other->name; other++) {
            assert_string_not_equal(d->name, other->name);
            assert_false(d->letter && d->letter == other->letter);
        }
        char spelled[64];
        snprintf(spelled, sizeof spelled, "--%s", d->name);
        if (!d->hidden) {
            assert_non_null(strstr(help.s, spelled));
            assert_non_null(strstr(page.s, spelled));
            assert_non_null(strstr(completion.s, spelled));
        }
        assert_true(d->commands != 0);
        assert_true(strlen(d->help) > 10);
    }
    for (int i = 0; i < OPTIONS_COUNT; i++)
        assert_int_equal(seen[i], 1);
    for (char *line = help.s, *end; (end = strchr(line, '\n')); line = end + 1)
        assert_true(end - line <= 80);
    str_done(&help);
    str_done(&page);
    str_done(&completion);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(options_stand_on_either_side_of_the_command, teardown),
        cmocka_unit_test_teardown(without_a_command_it_is_the_console, teardown),
        cmocka_unit_test_teardown(bad_words_are_named, teardown),
        cmocka_unit_test_teardown(numbers_are_checked, teardown),
        cmocka_unit_test_teardown(uses_are_told_apart, teardown),
        cmocka_unit_test_teardown(the_command_is_told_again, teardown),
        cmocka_unit_test(the_table_agrees_with_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
