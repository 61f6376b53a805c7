/* Words for a shell, and that a shell reads them back. */
#include "base/shell.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void expect(const char *bytes, size_t len, const char *want)
{
    struct str out = {0};
    assert_true(shell_quote(&out, bytes, len));
    assert_string_equal(str_text(&out), want);
    str_done(&out);
}

static void test_words(void **state)
{
    (void)state;
    expect("payments", 8, "payments");
    expect("kafka-1:9092,kafka-2:9092", 25, "kafka-1:9092,kafka-2:9092");
    expect("", 0, "''");
    expect("two words", 9, "'two words'");
    expect("it's", 4, "'it'\\''s'");
    expect("$(reboot)", 9, "'$(reboot)'");
    expect("gr\xc3\xbc\xc3\x9f", 6, "'gr\xc3\xbc\xc3\x9f'");
    expect("a\nb", 3, "$'a\\012b'");
    expect("\x1b[31m'\\", 7, "$'\\033[31m\\'\\\\'");
    expect("\xff", 1, "$'\\377'");
    expect("a\xe2\x80\xaeZ", 5, "$'a\\342\\200\\256Z'");
    struct str out = {0};
    assert_false(shell_quote(&out, "a\0b", 3));
    assert_int_equal(out.len, 0);
    str_done(&out);
}

static void test_options(void **state)
{
    (void)state;
    struct str out = {0};
    assert_true(shell_option(&out, "group", "pay", 3));
    assert_true(shell_option(&out, "group", "-x y", 4));
    assert_string_equal(str_text(&out), " --group pay --group='-x y'");
    str_done(&out);
}

/* What bash makes of the word. */
static void read_back(const char *word, char *got, size_t room)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    char *script = mem_printf("printf %%s %s", word);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execlp("bash", "bash", "-c", script, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t n = 0;
    for (ssize_t k; n < room && (k = read(ends[0], got + n, room - n)) > 0;)
        n += (size_t)k;
    got[n < room ? n : room - 1] = '\0';
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    free(script);
}

static void test_a_shell_reads_them_back(void **state)
{
    (void)state;
    char bytes[256], got[512];
    for (int i = 1; i < 256; i++)
        bytes[i - 1] = (char)i;
    bytes[255] = '\0';
    static const char *const words[] = {"a b", "'", "''\\'", "$HOME `id` \"x\" !1 *", "\t\n1\x7f",
                                        "-n",  "~", "#a",    "\xf0\x9f\x98\x80"};
    for (size_t i = 0; i <= sizeof words / sizeof *words; i++) {
        const char *word = i ? words[i - 1] : bytes;
        struct str out = {0};
        assert_true(shell_quote(&out, word, strlen(word)));
        read_back(str_text(&out), got, sizeof got);
        assert_string_equal(got, word);
        str_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_a_shell_reads_them_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
