/* A shared object that is no plugin. */
__attribute__((visibility("default"))) extern const int something;
const int something = 1;
