/* Reads one profile of a reference's file: what was counted of a feature, in whichever of the forms that the file may have it. */
#ifndef DRIFT_REFERENCE_PROFILE_H
#define DRIFT_REFERENCE_PROFILE_H

#include "base/str.h"
#include "drift/profile.h"

#include <jansson.h>

/* A whole number from 0 to 2^53, or `other` where the key is not there. ERR_INVALID names the key. */
int drift_reference_profile_count(const json_t *o, const char *key, uint64_t other, uint64_t *ret, struct error *err);

/* A string's bytes, or those of {"base64": …}, appended. ERR_INVALID for anything else; `what` names it. */
int drift_reference_profile_text(const json_t *v, const char *what, struct str *out, struct error *err);

/* edges: those that "counts" belong to, which outlive the profile; NULL where the file has none: counts are an error then.
 * *ret is settled, and the caller's. Errors name the key. */
int drift_reference_profile_read(const json_t *o, enum drift_type type, const struct drift_edges *edges,
                                 struct drift_profile **ret, struct error *err);

#endif
