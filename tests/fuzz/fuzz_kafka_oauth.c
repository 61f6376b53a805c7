/* Any bytes as the answer of a token endpoint. */
#include "kafka/oauth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kafka_oauth_token t = {0};
    struct error err = {0};
    kafka_oauth_parse((const char *)data, size, INT64_C(1700000000000), "client", &t, &err);
    kafka_oauth_token_done(&t);
    return 0;
}
