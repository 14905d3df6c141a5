/* The double's version of libunit's nxt_unit_request.h; see nxt_main.h. */

#ifndef DOUBLE_NXT_UNIT_REQUEST_H
#define DOUBLE_NXT_UNIT_REQUEST_H

#include <nxt_unit.h>

struct nxt_unit_request_s {
    uint8_t method_length;
    uint8_t version_length;
    uint8_t remote_length;
    uint8_t local_addr_length;
    uint8_t tls;
    uint32_t server_name_length;
    uint32_t target_length;
    uint32_t fields_count;
    uint64_t content_length;
    nxt_unit_sptr_t method;
    nxt_unit_sptr_t version;
    nxt_unit_sptr_t remote;
    nxt_unit_sptr_t local_addr;
    nxt_unit_sptr_t server_name;
    nxt_unit_sptr_t target;
    nxt_unit_field_t fields[];
};

#endif /* DOUBLE_NXT_UNIT_REQUEST_H */
