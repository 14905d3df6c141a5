/* The double's version of libunit's nxt_unit_response.h; see nxt_main.h. */

#ifndef DOUBLE_NXT_UNIT_RESPONSE_H
#define DOUBLE_NXT_UNIT_RESPONSE_H

#include <nxt_unit.h>

/* The module only needs its size: it is part of what libunit allocates. */
struct nxt_unit_response_s {
    uint64_t content_length;
    uint32_t fields_count;
    uint32_t piggyback_content_length;
    uint16_t status;
    nxt_unit_sptr_t piggyback_content;
    nxt_unit_field_t fields[];
};

#endif /* DOUBLE_NXT_UNIT_RESPONSE_H */
