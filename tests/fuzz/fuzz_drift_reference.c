/* Any bytes as a reference: what is read is written, and read again as the same. */
#include "drift/reference.h"
#include "drift/score.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drift_reference *r = NULL, *back = NULL;
    struct error err = {0};
    int rc = drift_reference_read((const char *)data, size, &r, &err);
    if ((rc == 0) != (r != NULL))
        abort();
    if (rc)
        return 0;
    for (size_t i = 0; i < r->nfeatures && i < 4; i++) {
        struct drift_score score;
        drift_score(&r->features[i], r->features[i].profile, &(struct drift_score_settings){.brief = true}, &score);
        if ((unsigned)score.mark >= DRIFT_MARKS)
            abort();
    }
    struct str text = {0}, text2 = {0};
    drift_reference_write(r, &text);
    if (drift_reference_read(text.s, text.len, &back, &err))
        abort();
    drift_reference_write(back, &text2);
    if (strcmp(text.s, text2.s) != 0)
        abort();
    str_done(&text);
    str_done(&text2);
    drift_reference_unref(r);
    drift_reference_unref(back);
    return 0;
}
