/* MurmurHash3 x64-128 (Appleby, public domain), the hash that DataSketches counts distinct values by. */
#ifndef DRIFT_MURMUR_H
#define DRIFT_MURMUR_H

#include <stddef.h>
#include <stdint.h>

struct drift_murmur {
    uint64_t low, high;
};

struct drift_murmur drift_murmur_hash(const void *bytes, size_t len, uint64_t seed);

#endif
