/* A plugin with many rows, all of which it writes each round, and some of which have changed. */
#include <icetop/plugin.h>

#include <stdio.h>

enum { ITEMS };
enum { NAME, STATE, OWNER, COUNT, BYTES, RATE, SEEN, OK };

static const struct icetop_column columns[] = {
    [NAME] = {.name = "item", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "Which item."},
    [STATE] = {.name = "state", .type = ICETOP_TEXT, .help = "How it is."},
    [OWNER] = {.name = "owner", .type = ICETOP_TEXT, .help = "Whose it is."},
    [COUNT] = {.name = "count", .type = ICETOP_INT, .unit = ICETOP_UNIT_COUNT, .help = "How many."},
    [BYTES] = {.name = "bytes", .type = ICETOP_INT, .unit = ICETOP_UNIT_BYTES, .help = "How large."},
    [RATE] = {.name = "rate", .type = ICETOP_REAL, .unit = ICETOP_UNIT_PER_SECOND, .help = "How fast."},
    [SEEN] = {.name = "seen", .type = ICETOP_TIME, .help = "When it was made."},
    [OK] = {.name = "ok", .type = ICETOP_BOOL, .help = "Whether it is well."},
};
static const struct icetop_table tables[] = {
    [ITEMS] = {.name = "bulk", .title = "items", .help = "Many rows.", ICETOP_COLUMNS(columns)},
};
static const struct icetop_option options[] = {
    {.name = "rows", .type = ICETOP_OPTION_INT, .preset = "10000", .help = "How many rows."},
    {.name = "changing",
     .type = ICETOP_OPTION_INT,
     .preset = "10",
     .help = "How many per cent of them change each round."},
};

static struct {
    const struct icetop_host *host;
    int64_t round;
} bulk;

static void *bulk_open(const struct icetop_host *host)
{
    bulk.host = host;
    return &bulk;
}

static void bulk_round(void *self)
{
    const struct icetop_host *host = bulk.host;
    const int64_t rows = host->option_int(host, "rows"), changing = host->option_int(host, "changing");
    (void)self;
    bulk.round++;
    for (int64_t i = 0; i < rows; i++) {
        const int64_t news = i % 100 < changing ? bulk.round : 0;
        char name[40];
        snprintf(name, sizeof name, "item-%06lld", (long long)i);
        host->row_begin(host, ITEMS);
        host->set_text(host, NAME, name);
        host->set_text(host, STATE, i % 7 ? "RUNNING" : "WAITING");
        host->set_text(host, OWNER, i % 3 ? "ada" : "bob");
        host->set_int(host, COUNT, i + news, ICETOP_EXACT);
        host->set_int(host, BYTES, i * 1000 + news, ICETOP_EXACT);
        host->set_real(host, RATE, (double)(i + news) / 8, ICETOP_EST);
        host->set_int(host, SEEN, 1700000000000 + i, ICETOP_EXACT);
        host->set_int(host, OK, i % 11 != 0, ICETOP_EXACT);
        host->row_end(host);
    }
    host->done(host, ICETOP_OK, NULL);
}

const struct icetop_plugin icetop_plugin = {
    ICETOP_PLUGIN_BEGIN,     .name = "bulk",        .version = "1",    .license = "MIT",    .help = "Many rows.",
    ICETOP_OPTIONS(options), ICETOP_TABLES(tables), .open = bulk_open, .round = bulk_round,
};
