/* icetop config: what is in force, and why. */
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/keys.h"
#include "cmd/options.h"
#include "cmd/themes.h"
#include "conf/conf.h"

#include <stdio.h>

int cmd_config_run(const struct cmd_options *o)
{
    struct conf_args args = cmd_options_conf_args(o);
    struct conf *conf;
    struct error err = {0};
    if (conf_load(&args, &conf, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return 2;
    }
    const struct theme *theme;
    struct cmd_themes *themes = cmd_themes_new(conf);
    int rc = cmd_keys_new(conf, NULL, &err);
    if (!rc)
        rc = cmd_themes_first(themes, NULL, &theme, &err);
    cmd_themes_free(themes);
    if (rc) {
        fprintf(stderr, "icetop: %s\n", err.text);
        conf_free(conf);
        return 2;
    }
    fprintf(stderr, "%s", conf_warnings(conf));
    struct str out = {0};
    conf_print(conf, &out);
    fputs(str_text(&out), stdout);
    str_done(&out);
    conf_free(conf);
    return 0;
}
