#include "wasi/sockets/policy.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* How an entry names hosts. */
typedef enum {
    UW_HOST_ANY,
    UW_HOST_NAME,
    UW_HOST_SUFFIX, /* of a name: ".example.com" */
    UW_HOST_ADDRESS,
} uw_host_kind_t;

typedef struct {
    uw_use_t use;
    uw_host_kind_t kind;
    const char *name; /* in the text of the entries */
    uw_ip_t ip;
    int port; /* -1: any */
} uw_entry_place_t;

typedef struct {
    uw_ip_t ip;
    unsigned bits;
} uw_block_t;

struct uw_network {
    char *text;
    uw_entry_place_t *places;
    size_t place_count;
    uw_block_t *opened; /* private networks that are open nevertheless */
    size_t opened_count;
};

#define UW_V4_BITS 96u


/* ---- Addresses ---- */

static const uint8_t uw_mapped[12] = { [10] = 0xff, [11] = 0xff };


static uw_ip_t
uw_ip_of_v4(const uint8_t *bytes)
{
    uw_ip_t ip;

    memcpy(ip.bytes, uw_mapped, sizeof(uw_mapped));
    memcpy(ip.bytes + sizeof(uw_mapped), bytes, 4);

    return ip;
}


bool
uw_ip_read(const char *text, uw_ip_t *ip)
{
    uint8_t v4[4];

    if (inet_pton(AF_INET, text, v4) == 1) {
        *ip = uw_ip_of_v4(v4);
        return true;
    }

    return inet_pton(AF_INET6, text, ip->bytes) == 1;
}


static bool
uw_bits_equal(const uint8_t *one, const uint8_t *other, unsigned bits)
{
    unsigned rest = bits % 8;

    if (memcmp(one, other, bits / 8) != 0) {
        return false;
    }

    return rest == 0
           || ((one[bits / 8] ^ other[bits / 8]) & (0xff00u >> rest)) == 0;
}


/* The registries of special addresses: unit_wasm/outgoing/addresses.py has the
 * reasons, and a test compares the two. */
static const struct {
    uint8_t bytes[4];
    uint8_t bits;
} uw_private_v4[] = {
    { { 0, 0, 0, 0 }, 8 },      { { 10, 0, 0, 0 }, 8 },
    { { 100, 64, 0, 0 }, 10 },  { { 127, 0, 0, 0 }, 8 },
    { { 169, 254, 0, 0 }, 16 }, { { 172, 16, 0, 0 }, 12 },
    { { 192, 0, 0, 0 }, 24 },   { { 192, 0, 2, 0 }, 24 },
    { { 192, 88, 99, 0 }, 24 }, { { 192, 168, 0, 0 }, 16 },
    { { 198, 18, 0, 0 }, 15 },  { { 198, 51, 100, 0 }, 24 },
    { { 203, 0, 113, 0 }, 24 }, { { 224, 0, 0, 0 }, 4 },
    { { 240, 0, 0, 0 }, 4 },
};

static const struct {
    uint8_t bytes[4];
    uint8_t bits;
} uw_private_v6[] = {
    { { 0x20, 0x01, 0x00, 0x00 }, 23 },
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32 },
    { { 0x3f, 0xff, 0x00, 0x00 }, 20 },
};

#define UW_COUNT(array) (sizeof(array) / sizeof((array)[0]))


static bool
uw_v4_is_private(const uint8_t *bytes)
{
    for (size_t i = 0; i < UW_COUNT(uw_private_v4); i++) {
        if (uw_bits_equal(bytes, uw_private_v4[i].bytes, uw_private_v4[i].bits))
        {
            return true;
        }
    }

    return false;
}


bool
uw_ip_is_private(const uw_ip_t *ip)
{
    static const uint8_t nat64[12] = { 0x00, 0x64, 0xff, 0x9b };
    static const uint8_t six_to_four[2] = { 0x20, 0x02 };
    static const uint8_t global[1] = { 0x20 };

    if (memcmp(ip->bytes, uw_mapped, sizeof(uw_mapped)) == 0
        || memcmp(ip->bytes, nat64, sizeof(nat64)) == 0)
    {
        return uw_v4_is_private(ip->bytes + 12);
    }
    if (memcmp(ip->bytes, six_to_four, sizeof(six_to_four)) == 0) {
        return uw_v4_is_private(ip->bytes + 2);
    }
    for (size_t i = 0; i < UW_COUNT(uw_private_v6); i++) {
        if (uw_bits_equal(ip->bytes, uw_private_v6[i].bytes,
                          uw_private_v6[i].bits))
        {
            return true;
        }
    }

    return !uw_bits_equal(ip->bytes, global, 3);
}


/* ---- Reading entries ---- */

/* A number without a sign or anything else; -1: it is none up to `most`. */
static int
uw_number_read(const char *text, int most)
{
    int number = 0;

    if (text[0] == '\0') {
        return -1;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return -1;
        }
        number = number * 10 + (*text - '0');
        if (number > most) {
            return -1;
        }
    }

    return number;
}


static bool
uw_host_read(uw_entry_place_t *place, char *host)
{
    size_t size = strlen(host);

    if (strcmp(host, "*") == 0) {
        place->kind = UW_HOST_ANY;
        return true;
    }
    place->kind = UW_HOST_ADDRESS;
    if (host[0] == '[') {
        if (host[size - 1] != ']') {
            return false;
        }
        host[size - 1] = '\0';
        return inet_pton(AF_INET6, host + 1, place->ip.bytes) == 1;
    }
    if (size == 0 || strchr(host, ':') != NULL) {
        return false;
    }
    if (uw_ip_read(host, &place->ip)) {
        return true;
    }

    place->kind = strncmp(host, "*.", 2) == 0 ? UW_HOST_SUFFIX : UW_HOST_NAME;
    place->name = place->kind == UW_HOST_SUFFIX ? host + 1 : host;

    return place->use != UW_USE_LISTEN;
}


/* What follows "tcp:", "udp:" or "listen:". */
static bool
uw_place_read(uw_network_t *network, uw_use_t use, char *text)
{
    uw_entry_place_t *place = &network->places[network->place_count++];
    char *port = strrchr(text, ':');

    if (port == NULL || port == text) {
        return false;
    }
    *port++ = '\0';
    place->use = use;
    place->port = strcmp(port, "*") == 0 ? -1 : uw_number_read(port, 65535);

    return (place->port >= 0 || port[0] == '*') && uw_host_read(place, text);
}


static bool
uw_block_read(uw_network_t *network, char *text)
{
    uw_block_t *block = &network->opened[network->opened_count++];
    char *slash = strchr(text, '/');
    bool v4 = strchr(text, ':') == NULL;
    int bits;

    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    bits = uw_number_read(slash + 1, v4 ? 32 : 128);
    block->bits = (unsigned) bits + (v4 ? UW_V4_BITS : 0);

    return bits >= 0 && uw_ip_read(text, &block->ip);
}


static bool
uw_network_read(uw_network_t *network, char *entry)
{
    static const char *const uses[] = { "tcp:", "udp:", "listen:" };

    for (size_t use = 0; use < UW_COUNT(uses); use++) {
        if (strncmp(entry, uses[use], strlen(uses[use])) == 0) {
            return uw_place_read(network, (uw_use_t) use,
                                 entry + strlen(uses[use]));
        }
    }

    return uw_block_read(network, entry);
}


uw_network_t *
uw_network_new(const char *entries, bool *faulty)
{
    /* As many as there can be: each has a byte and a space. */
    size_t most = strlen(entries) / 2 + 1;
    uw_network_t *network = calloc(1, sizeof(*network));
    char *rest = NULL;

    *faulty = false;
    if (network == NULL) {
        return NULL;
    }
    network->text = strdup(entries);
    network->places = calloc(most, sizeof(*network->places));
    network->opened = calloc(most, sizeof(*network->opened));
    if (network->text == NULL || network->places == NULL
        || network->opened == NULL)
    {
        uw_network_delete(network);
        return NULL;
    }

    for (char *entry = strtok_r(network->text, " ", &rest); entry != NULL;
         entry = strtok_r(NULL, " ", &rest))
    {
        if (!uw_network_read(network, entry)) {
            *faulty = true;
            uw_network_delete(network);
            return NULL;
        }
    }

    return network;
}


void
uw_network_delete(uw_network_t *network)
{
    if (network == NULL) {
        return;
    }

    free(network->text);
    free(network->places);
    free(network->opened);
    free(network);
}


/* ---- Judging ---- */

static bool
uw_place_has_name(const uw_entry_place_t *place, const char *name)
{
    size_t size = strlen(name);
    size_t suffix;

    switch (place->kind) {
    case UW_HOST_ANY:
        return true;
    case UW_HOST_NAME:
        return strcmp(name, place->name) == 0;
    case UW_HOST_SUFFIX:
        suffix = strlen(place->name);
        return size > suffix && strcmp(name + size - suffix, place->name) == 0;
    default:
        return false;
    }
}


bool
uw_network_has(const uw_network_t *network, uw_use_t use)
{
    for (size_t i = 0; i < network->place_count; i++) {
        if (network->places[i].use == use) {
            return true;
        }
    }

    return false;
}


bool
uw_network_names(const uw_network_t *network, const char *name)
{
    for (size_t i = 0; i < network->place_count; i++) {
        if (network->places[i].use != UW_USE_LISTEN
            && uw_place_has_name(&network->places[i], name))
        {
            return true;
        }
    }

    return false;
}


static bool
uw_network_opens(const uw_network_t *network, const uw_ip_t *ip)
{
    if (!uw_ip_is_private(ip)) {
        return true;
    }
    for (size_t i = 0; i < network->opened_count; i++) {
        if (uw_bits_equal(ip->bytes, network->opened[i].ip.bytes,
                          network->opened[i].bits))
        {
            return true;
        }
    }

    return false;
}


bool
uw_network_allows(const uw_network_t *network, uw_use_t use, const uw_ip_t *ip,
                  int port, const char *name)
{
    bool open = use == UW_USE_LISTEN || uw_network_opens(network, ip);

    for (size_t i = 0; i < network->place_count; i++) {
        const uw_entry_place_t *place = &network->places[i];

        if (place->use != use
            || (place->port != -1 && port != -1 && place->port != port))
        {
            continue;
        }
        if (place->kind == UW_HOST_ADDRESS
                ? memcmp(place->ip.bytes, ip->bytes, sizeof(ip->bytes)) == 0
                : open
                      && (place->kind == UW_HOST_ANY
                          || (name != NULL && uw_place_has_name(place, name))))
        {
            return true;
        }
    }

    return false;
}
