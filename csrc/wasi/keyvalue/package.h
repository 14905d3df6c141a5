#ifndef UW_WASI_KEYVALUE_PACKAGE_H
#define UW_WASI_KEYVALUE_PACKAGE_H

#include "guest/host.h"

/* The two drafts that components import. */
extern const uw_package_t uw_wasi_keyvalue;
extern const uw_package_t uw_wasi_keyvalue_draft2;

#endif /* UW_WASI_KEYVALUE_PACKAGE_H */
