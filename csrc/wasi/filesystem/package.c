#include "wasi/filesystem/package.h"

#include "wasi/filesystem/common.h"


/* What it is parked for goes on by itself, and closes what it opens. */
static void
uw_files_end(uw_instance_t *instance, void *state)
{
    uw_files_t *files = state;

    (void) instance;

    if (files->job != NULL) {
        uw_job_release(files->job);
        files->job = NULL;
    }
    files->written = 0;
}


const uw_package_t uw_wasi_filesystem = {
    .interfaces = uw_filesystem_interfaces,
    .place = UW_PACKAGE_FILESYSTEM,
    .state_size = sizeof(uw_files_t),
    .end = uw_files_end,
};
