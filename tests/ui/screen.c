/* The terminal: libvterm draws what the program writes, and says how keys are encoded. */
#include "tests/ui/screen.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "tests/ui/screen_job.h"
#include "ui/input.h"

#include <errno.h>
#include <poll.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

/* So many bytes come to be seen then. */
struct parcel {
    int64_t due_us;
    size_t len;
};

struct screen {
    struct screen_job job;
    VTerm *vt;
    VTermScreen *vs;
    int width, height;
    bool alternate, mouse, cursor_visible, stalled;
    VTermPos cursor;
    struct str raw;
    char window[16];              /* the last bytes, for modes */
    int bytes_per_s, delay_ms;    /* of a slow line */
    int64_t refilled_us;          /* when allowed was last added to */
    double allowed;               /* bytes that may be read now */
    struct str on_the_way, typed; /* what was read and is not seen yet; keys that have not arrived */
    VEC(struct parcel) parcels, keys;
};

static int on_property(VTermProp property, VTermValue *value, void *arg)
{
    struct screen *s = arg;
    if (property == VTERM_PROP_ALTSCREEN)
        s->alternate = value->boolean;
    return 1;
}

static int on_cursor(VTermPos pos, VTermPos old, int visible, void *arg)
{
    struct screen *s = arg;
    (void)old;
    (void)visible;
    s->cursor = pos;
    return 1;
}

static void type_now(struct screen *s, const char *bytes, size_t len)
{
    while (len && s->job.master >= 0) {
        ssize_t n = write(s->job.master, bytes, len);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else {
            struct pollfd wait = {.fd = s->job.master, .events = POLLOUT};
            poll(&wait, 1, 1000);
        }
    }
}

static int64_t now_us(void)
{
    return clock_mono_us(&clock_system);
}

/* Keys, encoded, and answers to queries. */
static void on_output(const char *bytes, size_t len, void *arg)
{
    struct screen *s = arg;
    if (!s->delay_ms) {
        type_now(s, bytes, len);
        return;
    }
    str_bytes(&s->typed, bytes, len);
    vec_push(&s->keys, ((struct parcel){now_us() + s->delay_ms * 1000LL, len}));
}

struct screen *screen_run(const struct screen_settings *settings, const char *const argv[])
{
    static const VTermScreenCallbacks callbacks = {.settermprop = on_property, .movecursor = on_cursor};
    struct screen *s = mem_new(struct screen);
    s->width = settings->width;
    s->height = settings->height;
    s->cursor_visible = true;
    s->vt = vterm_new(s->height, s->width);
    vterm_set_utf8(s->vt, 1);
    vterm_output_set_callback(s->vt, on_output, s);
    s->vs = vterm_obtain_screen(s->vt);
    vterm_screen_set_callbacks(s->vs, &callbacks, s);
    vterm_screen_enable_altscreen(s->vs, 1);
    vterm_screen_reset(s->vs, 1);
    screen_job_start(&s->job, settings, argv);
    return s;
}

void screen_free(struct screen *s)
{
    if (!s)
        return;
    screen_job_done(&s->job);
    vterm_free(s->vt);
    str_done(&s->raw);
    str_done(&s->on_the_way);
    str_done(&s->typed);
    vec_done(&s->parcels);
    vec_done(&s->keys);
    free(s);
}

static bool ends_with(const char *window, size_t size, const char *text)
{
    size_t len = strlen(text);
    return memcmp(window + size - len, text, len) == 0;
}

/* Follows the mouse modes, of which libvterm looks at the first in one sequence only, and the cursor's visibility, which
 * it takes for a part of the saved cursor, so that leaving the alternate screen brings back that of the last save. */
static void watch_modes(struct screen *s, const char *bytes, size_t len)
{
    static const char on[] = "\033[?1006;1000h", off[] = "\033[?1006;1000l";
    enum { N = sizeof on - 1 };
    for (size_t i = 0; i < len; i++) {
        memmove(s->window, s->window + 1, N - 1);
        s->window[N - 1] = bytes[i];
        if (memcmp(s->window, on, N) == 0)
            s->mouse = true;
        else if (memcmp(s->window, off, N) == 0)
            s->mouse = false;
        if (ends_with(s->window, N, "\033[?25h"))
            s->cursor_visible = true;
        else if (ends_with(s->window, N, "\033[?25l"))
            s->cursor_visible = false;
    }
    if (memmem(bytes, len, "\033[?1000l", 8)) /* as a crash does it, in one write */
        s->mouse = false;
}

static void see(struct screen *s, const char *bytes, size_t len)
{
    str_bytes(&s->raw, bytes, len);
    watch_modes(s, bytes, len);
    vterm_input_write(s->vt, bytes, len);
}

/* How much may be read now: a line does not save up what it did not carry for more than an instant. */
static size_t allowance(struct screen *s, size_t room)
{
    enum { INSTANT = 20 };
    if (!s->bytes_per_s)
        return room;
    int64_t now = now_us();
    double most = (double)s->bytes_per_s / INSTANT;
    s->allowed += (double)(now - s->refilled_us) * s->bytes_per_s / 1e6;
    s->allowed = s->allowed < most ? s->allowed : most;
    s->refilled_us = now;
    return s->allowed < (double)room ? (size_t)s->allowed : room;
}

/* Reads what there is; false when there was nothing. */
static bool take(struct screen *s)
{
    char buf[8192];
    size_t room = allowance(s, sizeof buf);
    if (s->stalled || s->job.master < 0 || !room)
        return false;
    ssize_t n = read(s->job.master, buf, room);
    if (n <= 0)
        return false;
    s->allowed -= s->bytes_per_s ? (double)n : 0;
    if (s->delay_ms) {
        str_bytes(&s->on_the_way, buf, (size_t)n);
        vec_push(&s->parcels, ((struct parcel){now_us() + s->delay_ms * 1000LL, (size_t)n}));
    } else {
        see(s, buf, (size_t)n);
    }
    return true;
}

/* Hands over the parcels that are due; the first of what is left is at the beginning. */
static size_t deliver(struct screen *s, struct parcel *items, size_t *n, struct str *from,
                      void (*give)(struct screen *s, const char *bytes, size_t len))
{
    size_t given = 0, bytes = 0;
    while (given < *n && (items[given].due_us <= now_us() || !s->delay_ms)) {
        give(s, from->s + bytes, items[given].len);
        bytes += items[given++].len;
    }
    memmove(items, items + given, (*n - given) * sizeof *items);
    *n -= given;
    if (bytes)
        memmove(from->s, from->s + bytes, from->len - bytes);
    str_cut(from, from->len - bytes);
    return given;
}

void screen_poll(struct screen *s)
{
    while (take(s))
        ;
    if (s->keys.n)
        deliver(s, s->keys.items, &s->keys.n, &s->typed, type_now);
    if (s->parcels.n)
        deliver(s, s->parcels.items, &s->parcels.n, &s->on_the_way, see);
}

/* Waits for output or news, at most so long. */
static void turn(struct screen *s, int ms)
{
    bool slow = s->bytes_per_s || s->delay_ms; /* there may be more than may be read */
    ms = slow && ms > 5 ? 5 : ms;
    struct pollfd fds[] = {
        {.fd = s->stalled || slow ? -1 : s->job.master, .events = POLLIN},
        {.fd = s->job.ended ? -1 : s->job.news, .events = POLLIN},
    };
    if (poll(fds, 2, ms) <= 0 && !slow)
        return;
    if (fds[1].revents)
        screen_job_news(&s->job);
    screen_poll(s);
}

bool screen_wait(struct screen *s, bool (*done)(struct screen *s, void *arg), void *arg, int ms)
{
    int64_t deadline = clock_mono_us(&clock_system) + (int64_t)ms * 1000;
    for (;;) {
        bool ended = s->job.ended;
        screen_poll(s);
        if (done(s, arg))
            return true;
        int64_t left = (deadline - clock_mono_us(&clock_system)) / 1000;
        if (left <= 0 || ended)
            return false;
        turn(s, left < 100 ? (int)left : 100);
    }
}

/* Row y as UTF-8 without trailing blanks, appended. */
static void row_text(struct screen *s, int y, struct str *out)
{
    size_t start = out->len, end = out->len;
    for (int x = 0; x < s->width; x++) {
        VTermScreenCell cell = screen_cell(s, x, y);
        if (cell.chars[0] == (uint32_t)-1) /* the right half of a wide one */
            continue;
        if (!cell.chars[0])
            str_char(out, ' ');
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
            char buf[4];
            str_bytes(out, buf, text_encode(cell.chars[i], buf));
        }
        if (cell.chars[0] && cell.chars[0] != ' ')
            end = out->len;
    }
    str_cut(out, end > start ? end : start);
}

char *screen_row(struct screen *s, int y)
{
    struct str out = {0};
    row_text(s, y, &out);
    return str_take(&out);
}

char *screen_dump(struct screen *s)
{
    struct str out = {0};
    for (int y = 0; y < s->height; y++) {
        row_text(s, y, &out);
        str_char(&out, '\n');
    }
    return str_take(&out);
}

bool screen_find(struct screen *s, const char *text, int *x, int *y)
{
    for (int row = 0; row < s->height; row++) {
        char *line = screen_row(s, row);
        const char *at = strstr(line, text);
        size_t column = at ? text_width(line, (size_t)(at - line)) : 0;
        free(line);
        if (at) {
            *x = (int)column;
            *y = row;
            return true;
        }
    }
    return false;
}

static void fail_with_dump(struct screen *s, const char *what, const char *text)
{
    print_error("%s: %s\n", what, text);
    for (int y = 0; y < s->height; y++) { /* one by one: long messages are cut */
        char *row = screen_row(s, y);
        print_error("%s\n", row);
        free(row);
    }
    print_error("(%s, status %#x, %zu bytes written)\n",
                s->job.ended     ? "ended"
                : s->job.stopped ? "stopped"
                                 : "running",
                (unsigned)s->job.status, s->raw.len);
    fail();
}

static bool has_text(struct screen *s, void *arg)
{
    int x, y;
    return screen_find(s, arg, &x, &y);
}

static bool has_no_text(struct screen *s, void *arg)
{
    return !has_text(s, arg);
}

static bool matches(struct screen *s, void *arg)
{
    for (int y = 0; y < s->height; y++) {
        char *line = screen_row(s, y);
        bool found = regexec(arg, line, 0, NULL, 0) == 0;
        free(line);
        if (found)
            return true;
    }
    return false;
}

void screen_expect(struct screen *s, const char *text)
{
    char *copy = mem_strdup(text);
    bool found = screen_wait(s, has_text, copy, SCREEN_DEADLINE);
    free(copy);
    if (!found)
        fail_with_dump(s, "not on the screen", text);
}

void screen_expect_gone(struct screen *s, const char *text)
{
    char *copy = mem_strdup(text);
    bool gone = screen_wait(s, has_no_text, copy, SCREEN_DEADLINE);
    free(copy);
    if (!gone)
        fail_with_dump(s, "still on the screen", text);
}

void screen_expect_regex(struct screen *s, const char *regex)
{
    regex_t re;
    assert_int_equal(regcomp(&re, regex, REG_EXTENDED | REG_NOSUB), 0);
    bool found = screen_wait(s, matches, &re, SCREEN_DEADLINE);
    regfree(&re);
    if (!found)
        fail_with_dump(s, "no row matches", regex);
}

void screen_send(struct screen *s, const char *bytes)
{
    on_output(bytes, strlen(bytes), s);
}

static VTermKey to_vterm(uint32_t key)
{
    static const struct {
        uint32_t key;
        VTermKey vterm;
    } keys[] = {
        {INPUT_UP, VTERM_KEY_UP},         {INPUT_DOWN, VTERM_KEY_DOWN},      {INPUT_LEFT, VTERM_KEY_LEFT},
        {INPUT_RIGHT, VTERM_KEY_RIGHT},   {INPUT_PAGE_UP, VTERM_KEY_PAGEUP}, {INPUT_PAGE_DOWN, VTERM_KEY_PAGEDOWN},
        {INPUT_HOME, VTERM_KEY_HOME},     {INPUT_END, VTERM_KEY_END},        {INPUT_ENTER, VTERM_KEY_ENTER},
        {INPUT_ESCAPE, VTERM_KEY_ESCAPE}, {INPUT_TAB, VTERM_KEY_TAB},        {INPUT_BACKSPACE, VTERM_KEY_BACKSPACE},
        {INPUT_DELETE, VTERM_KEY_DEL},    {INPUT_INSERT, VTERM_KEY_INS},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].key == key)
            return keys[i].vterm;
    if (key >= INPUT_F1 && key <= INPUT_F12)
        return (VTermKey)VTERM_KEY_FUNCTION(key - INPUT_F1 + 1);
    return VTERM_KEY_NONE;
}

void screen_key(struct screen *s, const char *name)
{
    uint32_t key;
    assert_int_equal(input_parse(name, &key), 0);
    if (key == INPUT_BACKTAB) {
        vterm_keyboard_key(s->vt, VTERM_KEY_TAB, VTERM_MOD_SHIFT);
        return;
    }
    uint32_t plain = key & ~(uint32_t)(INPUT_CTRL | INPUT_ALT);
    int mod = (key & INPUT_CTRL ? VTERM_MOD_CTRL : 0) | (key & INPUT_ALT ? VTERM_MOD_ALT : 0);
    if (plain > INPUT_SPECIAL)
        vterm_keyboard_key(s->vt, to_vterm(plain), (VTermModifier)mod);
    else
        vterm_keyboard_unichar(s->vt, plain, (VTermModifier)mod);
}

void screen_click(struct screen *s, int x, int y, int button)
{
    char text[64];
    int code = button <= 3 ? button - 1 : 64 + button - 4;
    if (!s->mouse)
        return;
    snprintf(text, sizeof text, "\033[<%d;%d;%dM", code, x + 1, y + 1);
    screen_send(s, text);
    if (button > 3)
        return;
    snprintf(text, sizeof text, "\033[<%d;%d;%dm", code, x + 1, y + 1);
    screen_send(s, text);
}

void screen_resize(struct screen *s, int width, int height)
{
    struct winsize size = {.ws_col = (unsigned short)width, .ws_row = (unsigned short)height};
    screen_poll(s); /* what was written for the old size is drawn on it */
    s->width = width;
    s->height = height;
    vterm_set_size(s->vt, height, width);
    assert_int_equal(ioctl(s->job.master, TIOCSWINSZ, &size), 0);
}

void screen_stall(struct screen *s, bool stalled)
{
    s->stalled = stalled;
}

void screen_slow(struct screen *s, int bytes_per_s, int delay_ms)
{
    s->bytes_per_s = bytes_per_s;
    s->delay_ms = delay_ms;
    s->refilled_us = now_us();
    s->allowed = 0;
}

void screen_close(struct screen *s)
{
    close(s->job.master);
    s->job.master = -1;
}

void screen_signal(struct screen *s, int sig)
{
    assert_int_equal(kill(s->job.program, sig), 0);
}

long screen_pid(const struct screen *s)
{
    return s->job.program;
}

bool screen_ended(const struct screen *s)
{
    return s->job.ended;
}

static bool is_stopped(struct screen *s, void *arg)
{
    (void)arg;
    return s->job.stopped;
}

static bool is_ended(struct screen *s, void *arg)
{
    (void)arg;
    return s->job.ended;
}

void screen_expect_stopped(struct screen *s)
{
    if (!screen_wait(s, is_stopped, NULL, SCREEN_DEADLINE))
        fail_with_dump(s, "expected", "a stopped program");
    screen_poll(s);
}

void screen_continue(struct screen *s)
{
    screen_job_continue(&s->job);
}

int screen_expect_exit(struct screen *s)
{
    if (!screen_wait(s, is_ended, NULL, SCREEN_DEADLINE))
        fail_with_dump(s, "expected", "an end");
    screen_poll(s);
    int status = s->job.status;
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

VTermScreenCell screen_cell(struct screen *s, int x, int y)
{
    VTermScreenCell cell = {0};
    assert_true(vterm_screen_get_cell(s->vs, (VTermPos){.row = y, .col = x}, &cell));
    return cell;
}

void screen_cursor(struct screen *s, int *x, int *y, bool *visible)
{
    *x = s->cursor.col;
    *y = s->cursor.row;
    *visible = s->cursor_visible;
}

bool screen_alternate(struct screen *s)
{
    return s->alternate;
}

bool screen_mouse(struct screen *s)
{
    return s->mouse;
}

bool screen_cooked(struct screen *s)
{
    struct termios t;
    assert_int_equal(tcgetattr(s->job.master, &t), 0);
    tcflag_t local = ECHO | ICANON | ISIG | IEXTEN;
    return (t.c_lflag & local) == local && (t.c_iflag & (ICRNL | IXON)) == (ICRNL | IXON) && (t.c_oflag & OPOST);
}

size_t screen_bytes(struct screen *s)
{
    return s->raw.len;
}

void screen_mark(struct screen *s)
{
    screen_poll(s);
    str_clear(&s->raw);
}

const char *screen_raw(struct screen *s)
{
    return str_text(&s->raw);
}

bool screen_colored(struct screen *s)
{
    regex_t re;
    assert_int_equal(
        regcomp(&re, "\033\\[([0-9]*[;:])*(3[0-9]|4[0-9]|9[0-7]|10[0-7])([;:][0-9]*)*m", REG_EXTENDED | REG_NOSUB), 0);
    bool found = regexec(&re, screen_raw(s), 0, NULL, 0) == 0;
    regfree(&re);
    return found;
}
