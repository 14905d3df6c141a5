#include "python/tables.h"

#include "guest/rows.h"
#include "wasi/packages.h"


bool
uw_host_entry(size_t index, uw_host_entry_t *entry)
{
    uw_row_t row;

    if (!uw_row_at(uw_wasi_packages, index, &row)) {
        return false;
    }

    *entry = (uw_host_entry_t) { .id = row.id,
                                 .interface = row.interface->name,
                                 .versions = row.interface->versions,
                                 .name = row.name,
                                 .is_resource = row.resource != NULL };
    if (row.function != NULL) {
        entry->params = row.function->params;
        entry->results = row.function->results;
        entry->waits = row.function->time == UW_WAITS;
        entry->refused = row.function->refused;
    }

    return true;
}
