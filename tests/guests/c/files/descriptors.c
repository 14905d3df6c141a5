/* What has been opened: files and directories. */
#include "files/script.h"

void
call_read(void)
{
    int32_t self = handle_of();
    uint64_t length = number(), offset = number();
    file_result_read result;
    file_read(self, length, offset, &result);
    if (failed(result.is_err, result.err))
        return;
    print(result.ok.end ? " end " : " more ");
    print_escaped(result.ok.bytes.ptr, result.ok.bytes.len);
    print("\n");
    release(&result.ok.bytes);
}

void
call_write(void)
{
    int32_t self = handle_of();
    uint64_t offset = number();
    size_t length;
    const char *bytes = text_word(&length);
    file_result_u64 result;
    file_write(self, bytes, length, offset, &result);
    if (!failed(result.is_err, result.err))
        print(" %llu\n", result.ok);
}

/* list D: every entry, one after the other, in no order. */
void
call_list(void)
{
    file_result_handle listing;
    file_result_entry result;
    file_read_directory(handle_of(), &listing);
    if (failed(listing.is_err, listing.err))
        return;
    for (;;) {
        listing_next(listing.ok, &result);
        if (result.is_err) {
            print(" !%s", errors[result.err]);
            continue;
        }
        if (!result.ok.some)
            break;
        print(" %s:", types[result.ok.entry.type]);
        print_escaped(result.ok.entry.name.ptr, result.ok.entry.name.len);
        release(&result.ok.entry.name);
    }
    print("\n");
    listing_drop(listing.ok);
}

void
call_advise(void)
{
    int32_t self = handle_of();
    uint64_t offset = number(), length = number();
    file_result_void result;
    file_advise(self, offset, length, (int32_t) number(), &result);
    done(&result);
}

void
call_number(const char *kind)
{
    int32_t self = handle_of();
    file_result_u8 result;
    if (strcmp(kind, "type") == 0) {
        file_get_type(self, &result);
        if (!failed(result.is_err, result.err))
            print(" %s\n", types[result.ok]);
    } else {
        file_get_flags(self, &result);
        if (!failed(result.is_err, result.err))
            print(" %u\n", result.ok);
    }
}

void
call_void(const char *kind)
{
    int32_t self = handle_of();
    file_result_void result;
    if (strcmp(kind, "sync") == 0)
        file_sync(self, &result);
    else if (strcmp(kind, "sync-data") == 0)
        file_sync_data(self, &result);
    else
        file_set_size(self, number(), &result);
    done(&result);
}
