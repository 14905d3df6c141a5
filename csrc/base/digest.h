/* Plain declarations, for CFFI. */

#ifndef UW_BASE_DIGEST_H
#define UW_BASE_DIGEST_H

/* The digest of the C sources that the module and the extension have in common:
 * unit_wasm/unit/sources.py. */
const char *uw_sources_digest(void);

#endif /* UW_BASE_DIGEST_H */
