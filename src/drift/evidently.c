/* Evidently's answers in JSON: which layout it is. */
#include "drift/evidently.h"
#include "base/str.h"
#include "base/text.h"
#include "drift/evidently_report.h"
#include "drift/evidently_snapshot.h"

#include <stdlib.h>
#include <string.h>

static const json_t *first_of(const json_t *list)
{
    return json_array_get(list, 0);
}

static bool is_snapshot(const json_t *metrics, const char **layout)
{
    const json_t *first = first_of(metrics);
    if (json_object_get(first, "metric_name"))
        *layout = "snapshot 0.7.18";
    else if (json_object_get(first, "metric_id"))
        *layout = "snapshot";
    else
        return false;
    return true;
}

bool drift_evidently_is(const json_t *root)
{
    const json_t *metrics = json_object_get(root, "metrics"), *tests = json_object_get(root, "tests");
    if (json_is_string(json_object_get(root, "version")) && json_is_string(json_object_get(root, "timestamp")))
        return json_is_array(metrics) || json_is_array(tests);
    const char *layout;
    return json_is_array(metrics) && is_snapshot(metrics, &layout);
}

/* 0.1 to 0.6: their reports have one layout. */
static bool is_known(const char *version)
{
    return version[0] == '0' && version[1] == '.' && version[2] >= '1' && version[2] <= '6' &&
           (version[3] == '.' || version[3] == '\0');
}

static int unknown_version(const char *version, struct error *err)
{
    struct str safe = {0};
    text_safe(&safe, version, strlen(version) < 32 ? strlen(version) : 32);
    int rc = error_set(err, ERR_UNAVAILABLE, "Evidently %s: the layout of this version is not known", str_text(&safe));
    str_done(&safe);
    return rc;
}

/* "2026-11-22 03:24:45.701736", which is local time of nobody knows where: only the version is kept of the frame. */
static struct drift_verdicts *framed(const char *layout, const char *version)
{
    struct drift_verdicts *v = drift_verdict_new(DRIFT_VERDICT_EVIDENTLY, layout);
    v->version = mem_strdup(version);
    return v;
}

int drift_evidently_read(const json_t *root, struct drift_verdicts **ret, struct error *err)
{
    const char *version = json_string_value(json_object_get(root, "version")), *layout;
    const json_t *metrics = json_object_get(root, "metrics"), *tests = json_object_get(root, "tests");
    if (version && !is_known(version))
        return unknown_version(version, err);
    if (version && json_is_array(metrics)) {
        *ret = framed("report", version);
        drift_evidently_report_metrics(*ret, metrics);
    } else if (version && json_is_array(tests)) {
        *ret = framed("suite", version);
        drift_evidently_report_tests(*ret, tests);
    } else if (json_is_array(metrics) && is_snapshot(metrics, &layout)) {
        *ret = drift_verdict_new(DRIFT_VERDICT_EVIDENTLY, layout);
        drift_evidently_snapshot_read(*ret, metrics, tests);
    } else {
        return error_set(err, ERR_INVALID, "no layout of Evidently's that is known");
    }
    return 0;
}
