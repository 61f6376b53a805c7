/* A plugin that was built against the first version of the header, which is kept in first/ as it was. */
#include <icetop/plugin.h>

static const struct icetop_column columns[] = {
    {.name = "thing", .type = ICETOP_TEXT, .flags = ICETOP_KEY, .help = "Which thing."},
    {.name = "size", .type = ICETOP_INT, .unit = ICETOP_UNIT_BYTES, .help = "How large it is."},
};
static const struct icetop_table tables[] = {
    {.name = "first_things", .title = "things", .help = "One row a thing.", ICETOP_COLUMNS(columns)},
    {.name = "first_others", .title = "others", .help = "Other things.", ICETOP_COLUMNS(columns)},
};
static const struct icetop_option options[] = {
    {.name = "thing", .preset = "ball", .help = "Its name."},
    {.name = "size", .type = ICETOP_OPTION_BYTES, .preset = "2KiB", .help = "Its size."},
};

static struct {
    const struct icetop_host *host;
} plugin;

static void *first_open(const struct icetop_host *host)
{
    plugin.host = host;
    return &plugin;
}

static void first_round(void *self)
{
    const struct icetop_host *host = plugin.host;
    (void)self;
    host->row_begin(host, 1);
    host->set_text(host, 0, host->option_text(host, "thing"));
    host->set_int(host, 1, host->option_int(host, "size"), ICETOP_EST);
    host->row_end(host);
    host->done(host, ICETOP_PARTIAL, "%d of %d", 1, 2);
}

const struct icetop_plugin icetop_plugin = {
    ICETOP_PLUGIN_BEGIN,     .name = "first",       .version = "0.1",   .license = "MIT",     .help = "Things of old.",
    ICETOP_OPTIONS(options), ICETOP_TABLES(tables), .open = first_open, .round = first_round,
};
