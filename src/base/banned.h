/* Makes functions that are unsafe with remote data, or not reentrant, a compile error; forced into
 * every file by meson. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/* System headers that mention these names must come before the poison. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok strtok_r
#pragma GCC poison atoi atol atoll gmtime localtime ctime asctime rand srand gets

#endif
