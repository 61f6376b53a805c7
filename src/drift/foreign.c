/* Reads what another tool wrote about drift. */
#include "drift/foreign.h"
#include "drift/evidently.h"
#include "drift/json.h"

int drift_foreign_read(const char *what, const void *bytes, size_t len, struct drift_verdicts **ret, struct error *err)
{
    json_t *root;
    int rc = drift_json_load(what, bytes, len, DRIFT_VERDICT_BYTES, &root, err);
    if (rc != 0)
        return rc;
    struct error why = {0};
    if (drift_evidently_is(root))
        rc = drift_evidently_read(root, ret, &why);
    else
        rc = error_set(&why, ERR_INVALID, "JSON of no tool that is known here");
    json_decref(root);
    return rc == 0 ? 0 : error_set(err, rc, "%s: %s", what, why.text);
}
