/* A plugin that does what a plugin should not, as its option says. */
#include <icetop/plugin.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct icetop_column columns[] = {
    {.name = "id", .type = ICETOP_INT, .unit = ICETOP_UNIT_ID, .flags = ICETOP_KEY, .help = "A number."},
    {.name = "text", .type = ICETOP_TEXT, .help = "A text."},
    {.name = "real", .type = ICETOP_REAL, .help = "A real."},
};
static const struct icetop_table tables[] = {
    {.name = "naughty", .title = "naughty", .help = "Rows.", ICETOP_COLUMNS(columns)},
};
static const struct icetop_option options[] = {
    {.name = "way", .preset = "good", .help = "What it does."},
};

static const struct icetop_host *host;
static unsigned rounds;

static void good(void)
{
    host->row_begin(host, 0);
    host->set_int(host, 0, 1, ICETOP_EXACT);
    host->set_int(host, 0, 2, ICETOP_EXACT);
    host->set_text(host, 1, "once");
    host->set_text(host, 1, "\xff\x1b[31m\xe2\x80\xae");
    host->set_real(host, 2, 0.5, ICETOP_LE);
    host->row_end(host);
    host->done(host, ICETOP_OK, NULL);
}

static void crash(void)
{
    fputs("the last words\n", stderr);
    abort();
}

static void hang(void)
{
    for (;;)
        pause();
}

static void never(void) {}

static void rows(void)
{
    for (int64_t i = 0; i < 150000; i++) {
        host->row_begin(host, 0);
        host->set_int(host, 0, i, ICETOP_EXACT);
        host->row_end(host);
    }
    host->done(host, ICETOP_OK, NULL);
}

static void words(void)
{
    for (int i = 0; i < 20000; i++) {
        host->log(host, ICETOP_INFO, "line %d", i);
        host->event(host, ICETOP_WARN, "word", "event %d", i);
    }
    host->done(host, ICETOP_OK, NULL);
}

static void print(void)
{
    for (int i = 0; i < 100; i++)
        printf("{\"t\":\"rows\",\"table\":\"naughty\",\"reset\":true}\n");
    fflush(stdout);
    host->done(host, ICETOP_OK, NULL);
}

static void types(void)
{
    good(); /* the round is over then: what follows is noted and said with the next */
    host->row_end(host);
    host->set_int(host, 0, 1, ICETOP_EXACT);
    host->row_begin(host, 7);
    host->group_begin(host, 0);
    host->row_begin(host, 0);
    host->set_text(host, 0, "no number");
    host->row_end(host);
    host->row_begin(host, 0);
    host->set_int(host, 99, 1, ICETOP_EXACT);
    host->row_end(host);
    host->row_begin(host, 0);
    host->set_text(host, 1, "a row without its key");
    host->row_end(host);
    host->row_begin(host, 0);
    host->set_int(host, 0, 3, (enum icetop_quality)33);
    host->row_begin(host, 0);
    host->set_text(host, 1, "left open");
}

static void eat(void)
{
    for (;;) {
        void *p = malloc(16 << 20);
        if (p)
            memset(p, 1, 16 << 20);
        else
            abort();
    }
}

static void late(void *unused)
{
    (void)unused;
    host->done(host, ICETOP_OK, NULL);
}

static void timers(void)
{
    if (rounds == 1)
        for (int i = 0; i < 5000; i++)
            host->timer(host, 100000000, late, NULL);
    host->timer(host, 1, late, NULL);
    host->done(host, ICETOP_OK, NULL);
}

static void *naughty_open(const struct icetop_host *h)
{
    host = h;
    if (strcmp(h->option_text(h, "way"), "shut") != 0)
        return &rounds;
    h->trouble(h, "it does not want to");
    return NULL;
}

static void naughty_round(void *self)
{
    static const struct {
        const char *name;
        void (*fn)(void);
    } ways[] = {{"good", good},   {"crash", crash}, {"hang", hang},   {"never", never}, {"rows", rows},
                {"words", words}, {"print", print}, {"types", types}, {"eat", eat},     {"timers", timers}};
    (void)self;
    rounds++;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(host->option_text(host, "way"), ways[i].name) == 0)
            ways[i].fn();
}

const struct icetop_plugin icetop_plugin = {
    ICETOP_PLUGIN_BEGIN,
    .name = "naughty",
    .version = "1",
    .license = "MIT",
    .help = "What plugins should not do.",
    ICETOP_OPTIONS(options),
    ICETOP_TABLES(tables),
    .open = naughty_open,
    .round = naughty_round,
};
