#include "base/noted.h"


/* FNV-1a.  A guest that finds two texts with one digest has its own line left
 * out. */
static uint64_t
uw_noted_digest(uw_slice_t text)
{
    uint64_t digest = 0xcbf29ce484222325u;

    for (size_t i = 0; i < text.size; i++) {
        digest = (digest ^ text.data[i]) * 0x100000001b3u;
    }

    return digest;
}


bool
uw_noted_is_new(uw_noted_t *noted, uw_slice_t text)
{
    uint64_t digest = uw_noted_digest(text);

    for (size_t i = 0; i < noted->count; i++) {
        if (noted->digests[i] == digest) {
            return false;
        }
    }
    if (noted->count == UW_NOTED_MAX) {
        return false;
    }
    noted->digests[noted->count++] = digest;

    return true;
}
