/* Little-endian fields, whatever the machine's order is. */
#include "drift/image.h"

#include <string.h>

const void *drift_image_bytes(struct drift_image *in, size_t n)
{
    if (n > in->left) {
        in->over = true;
        in->left = 0;
        return NULL;
    }
    const void *bytes = in->at;
    in->at += n;
    in->left -= n;
    return bytes;
}

uint64_t drift_image_uint(struct drift_image *in, size_t bytes)
{
    const uint8_t *b = drift_image_bytes(in, bytes);
    uint64_t value = 0;
    for (size_t i = 0; b && i < bytes; i++)
        value |= (uint64_t)b[i] << (8 * i);
    return value;
}

double drift_image_double(struct drift_image *in)
{
    uint64_t bits = drift_image_uint(in, sizeof bits);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

void drift_image_put_uint(struct str *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        str_char(out, (char)(value >> (8 * i)));
}

void drift_image_put_double(struct str *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    drift_image_put_uint(out, bits, sizeof bits);
}
