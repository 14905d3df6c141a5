#include "guest/rows.h"

#include <string.h>


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


/* Whether a version is one of those that are written so.  A draft is no 0.2.x, to
 * libwasmtime neither: "0.2.0-rc.1" is only that. */
static bool
uw_version_is(uw_slice_t version, const char *versions)
{
    size_t size = strlen(versions);
    size_t end = size;

    if (version.size < size || memcmp(version.data, versions, size) != 0) {
        return false;
    }
    if (size == 0 || versions[size - 1] != '.') {
        return version.size == size;
    }
    while (end < version.size && version.data[end] >= '0'
           && version.data[end] <= '9')
    {
        end++;
    }

    return end > size && (end == version.size || version.data[end] == '+');
}


bool
uw_interface_is(const uw_host_interface_t *interface, uw_slice_t name)
{
    size_t size = strlen(interface->name);
    uw_slice_t version = { name.data, 0 };

    if (name.size < size || memcmp(name.data, interface->name, size) != 0) {
        return false;
    }
    if (name.size > size) {
        if (name.data[size] != '@' || name.size == size + 1) {
            return false;
        }
        version = (uw_slice_t) { name.data + size + 1, name.size - size - 1 };
    }

    for (const char *const *versions = interface->versions; *versions != NULL;
         versions++)
    {
        if (uw_version_is(version, *versions)) {
            return true;
        }
    }

    return false;
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
    *index = 0;
    for (size_t i = 0; packages[i] != NULL; i++) {
        for (const uw_host_interface_t *interface = packages[i]->interfaces;
             interface->name != NULL; interface++)
        {
            for (size_t at = 0, left = 0;
                 uw_interface_row(interface, &left, row);
                 left = ++at, (*index)++)
            {
                if (row->id == id) {
                    return true;
                }
            }
        }
    }

    return false;
}
