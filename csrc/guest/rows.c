#include "guest/rows.h"


bool
uw_interface_row(const uw_host_interface_t *interface, size_t *index,
                 uw_row_t *row)
{
    for (const uw_resource_type_t *const *type = interface->resources;
         type != NULL && *type != NULL; type++)
    {
        if ((*index)-- == 0) {
            *row = (uw_row_t) { (*type)->id, (*type)->name, interface, *type,
                                NULL };
            return true;
        }
    }

    for (const uw_host_func_t *function = interface->functions;
         function->name != NULL; function++)
    {
        if ((*index)-- == 0) {
            *row = (uw_row_t) { function->id, function->name, interface, NULL,
                                function };
            return true;
        }
    }

    return false;
}


size_t
uw_interface_rows(const uw_host_interface_t *interface)
{
    size_t left = SIZE_MAX;
    uw_row_t row;

    (void) uw_interface_row(interface, &left, &row);

    return SIZE_MAX - left;
}


bool
uw_row_at(const uw_package_t *const *packages, size_t index, uw_row_t *row)
{
    for (size_t i = 0; packages[i] != NULL; i++) {
        for (const uw_host_interface_t *interface = packages[i]->interfaces;
             interface->name != NULL; interface++)
        {
            if (uw_interface_row(interface, &index, row)) {
                return true;
            }
        }
    }

    return false;
}


size_t
uw_rows_count(const uw_package_t *const *packages)
{
    size_t count = 0;

    for (size_t i = 0; packages[i] != NULL; i++) {
        for (const uw_host_interface_t *interface = packages[i]->interfaces;
             interface->name != NULL; interface++)
        {
            count += uw_interface_rows(interface);
        }
    }

    return count;
}


bool
uw_row_find(const uw_package_t *const *packages, uint16_t id, size_t *index,
            uw_row_t *row)
{
    for (*index = 0; uw_row_at(packages, *index, row); (*index)++) {
        if (row->id == id) {
            return true;
        }
    }

    return false;
}
