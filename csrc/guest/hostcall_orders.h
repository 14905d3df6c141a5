#ifndef UW_GUEST_HOSTCALL_ORDERS_H
#define UW_GUEST_HOSTCALL_ORDERS_H

#include <stddef.h>
#include <stdint.h>

/* What Python is asked to do for an instance; bits of uw_host_order_t.what. */
enum {
    UW_HOST_CALL = 1, /* function, serial and arguments are valid */
    UW_HOST_DROP = 2, /* so are drops: handles that the guest has let go of */
    UW_HOST_END = 4   /* the instance is no more; always alone, and the last */
};

/*
 * Numbers of functions: those of wasi:keyvalue, then those that users write.
 * Arguments and results are packed values; the first argument of each of these
 * is the name of the bucket.
 */
enum {
    UW_KEYVALUE_GET = 1, /* key -> option<bytes> */
    UW_KEYVALUE_SET,     /* key, bytes */
    UW_KEYVALUE_DELETE,  /* key */
    UW_KEYVALUE_EXISTS,  /* key -> bool */
    UW_KEYVALUE_LIST,    /* option<string> -> list<string>, option<string> */
    UW_KEYVALUE_LIST_NUMBERED, /* the same with u64 in the place of cursors */
    UW_KEYVALUE_INCREMENT,     /* key, s64 -> s64 */
    UW_KEYVALUE_INCREMENT_UNSIGNED, /* key, u64 -> u64 */
    UW_KEYVALUE_GET_MANY, /* list<string> -> list<tuple<string, option<bytes>>> */
    UW_KEYVALUE_SET_MANY,    /* list<tuple<string, bytes>> */
    UW_KEYVALUE_DELETE_MANY, /* list<string> */
    /* key, option<bytes>, bytes -> bool: set if the value is still the first;
     * else what it is, as option<bytes>, follows */
    UW_KEYVALUE_SWAP,
    UW_HOST_FUNCTIONS = 256
};

typedef struct {
    uint64_t id; /* of the instance, never used again */
    int what;
    uint32_t function;
    uint64_t serial; /* of the call */
    const uint8_t *arguments;
    size_t arguments_size;
    const uint8_t *drops; /* pairs of u32: type of the handle, and its number */
    size_t drops_size;
    const char *request; /* id of the request that the instance answers */
    size_t request_size;
} uw_host_order_t;

#endif /* UW_GUEST_HOSTCALL_ORDERS_H */
