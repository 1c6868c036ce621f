// The one source that compiles volk.
#define VOLK_IMPLEMENTATION
#include <volk.h>
