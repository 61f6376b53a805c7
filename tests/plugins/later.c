/* A plugin as it would be built against a later version of the header: every struct has a field more. */
#include <icetop/plugin.h>

struct later_column {
    struct icetop_column column;
    const char *colour;
};
struct later_table {
    struct icetop_table table;
    const char *icon;
};
struct later_option {
    struct icetop_option option;
    const char *example;
};
struct later_plugin {
    struct icetop_plugin plugin;
    void (*dance)(void *self);
};

static const struct later_column columns[] = {
    {{.name = "thing", .type = ICETOP_TEXT, .flags = ICETOP_KEY | 1u << 20, .help = "Which thing."}, "red"},
    {{.name = "glow", .type = ICETOP_INT, .unit = (enum icetop_unit)77, .help = "How it glows."}, "green"},
};
static const struct later_table tables[] = {
    {{.name = "later_a",
      .title = "a",
      .help = "A.",
      .columns = &columns->column,
      .ncolumns = 2,
      .column_size = sizeof *columns},
     "a"},
    {{.name = "later_b",
      .title = "b",
      .help = "B.",
      .columns = &columns->column,
      .ncolumns = 2,
      .column_size = sizeof *columns},
     "b"},
};
static const struct later_option options[] = {
    {{.name = "one", .preset = "1", .help = "One."}, "1"},
    {{.name = "two", .preset = "2", .help = "Two."}, "2"},
};

static void dance(void *self)
{
    (void)self;
}

static void *later_open(const struct icetop_host *host)
{
    static const struct icetop_host *kept;
    kept = host;
    return &kept;
}

static void later_round(void *self)
{
    const struct icetop_host *host = *(const struct icetop_host **)self;
    host->row_begin(host, 1);
    host->set_text(host, 0, host->option_text(host, "two"));
    host->set_int(host, 1, 5, ICETOP_EXACT);
    host->row_end(host);
    host->done(host, ICETOP_OK, NULL);
}

/* What the header declares by this name is the struct of today. */
extern const struct later_plugin declared __asm__("icetop_plugin");
const struct later_plugin declared = {
    {.abi = ICETOP_PLUGIN_ABI,
     .struct_size = sizeof(struct later_plugin),
     .name = "later",
     .version = "9",
     .license = "MIT",
     .help = "Things to come.",
     .options = &options->option,
     .noptions = 2,
     .option_size = sizeof *options,
     .tables = &tables->table,
     .ntables = 2,
     .table_size = sizeof *tables,
     .open = later_open,
     .round = later_round},
    .dance = dance,
};
