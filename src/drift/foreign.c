/* Reads what another tool wrote about drift. */
#include "drift/foreign.h"
#include "drift/detector.h"
#include "drift/evidently.h"
#include "drift/json.h"
#include "drift/whylogs.h"

int drift_foreign_read(const char *what, const void *bytes, size_t len, struct drift_verdicts **ret, struct error *err)
{
    struct error why = {0};
    if (len <= DRIFT_VERDICT_BYTES && drift_whylogs_is(bytes, len)) {
        int rc = drift_whylogs_read(bytes, len, ret, &why);
        return rc == 0 ? 0 : error_set(err, rc, "%s: %s", what, why.text);
    }
    json_t *root;
    int rc = drift_json_load(what, bytes, len, DRIFT_VERDICT_BYTES, &root, err);
    if (rc != 0)
        return rc;
    if (drift_evidently_is(root))
        rc = drift_evidently_read(root, ret, &why);
    else if (drift_detector_is(root))
        rc = drift_detector_read(root, ret, &why);
    else
        rc = error_set(&why, ERR_INVALID, "JSON of no tool that is known here");
    json_decref(root);
    return rc == 0 ? 0 : error_set(err, rc, "%s: %s", what, why.text);
}
