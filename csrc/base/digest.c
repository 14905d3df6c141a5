#include "base/digest.h"

#ifndef UW_DIGEST
#define UW_DIGEST ""
#endif


const char *
uw_sources_digest(void)
{
    return UW_DIGEST;
}
