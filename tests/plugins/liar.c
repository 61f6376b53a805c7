/* A plugin that says its declaration is larger than it is. */
#include <icetop/plugin.h>

static void *liar_open(const struct icetop_host *host)
{
    (void)host;
    return 0;
}

static void liar_round(void *self)
{
    (void)self;
}

const struct icetop_plugin icetop_plugin = {
    .abi = ICETOP_PLUGIN_ABI,
    .struct_size = sizeof(struct icetop_plugin) + 4096,
    .name = "liar",
    .version = "1",
    .license = "MIT",
    .help = "Nothing.",
    .open = liar_open,
    .round = liar_round,
};
