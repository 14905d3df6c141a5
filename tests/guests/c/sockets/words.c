/* The words of a command, and how results are printed. */
#include "sockets/program.h"

int32_t network;
const char *words[WORDS];
size_t word_count;

static slot slots[SLOTS];

static const char *const errors[] = {
    "unknown",
    "access-denied",
    "not-supported",
    "invalid-argument",
    "out-of-memory",
    "timeout",
    "concurrency-conflict",
    "not-in-progress",
    "would-block",
    "invalid-state",
    "new-socket-limit",
    "address-not-bindable",
    "address-in-use",
    "remote-unreachable",
    "connection-refused",
    "connection-reset",
    "connection-aborted",
    "datagram-too-large",
    "name-unresolvable",
    "temporary-resolver-failure",
    "permanent-resolver-failure",
};

const char *
word(size_t i)
{
    return i < word_count ? words[i] : "";
}

uint64_t
number(size_t i)
{
    return strtoull(word(i), NULL, 10);
}

slot *
at(size_t i)
{
    return &slots[number(i) % SLOTS];
}

void
print_error(uint8_t error)
{
    print("%s", errors[error]);
}

void
print_result(const socket_result *result)
{
    result->is_err ? print_error(result->err) : print("ok");
}

void
print_address(const ip_address *address)
{
    if (address->tag == 0) {
        const uint8_t *four = address->v4.address;
        print("%d.%d.%d.%d %d", four[0], four[1], four[2], four[3],
              address->v4.port);
        return;
    }
    for (int i = 0; i < 8; i++)
        print("%s%x", i == 0 ? "" : ":", address->v6.address[i]);
    print(" %d", address->v6.port);
}

void
print_address_result(const socket_result_address *result)
{
    result->is_err ? print_error(result->err) : print_address(&result->ok);
}

ip_address
address_of(size_t i)
{
    const char *text = word(i);
    char *end;
    ip_address address;

    memset(&address, 0, sizeof(address));
    address.tag = strchr(text, ':') != NULL;
    if (address.tag) {
        for (int part = 0; part < 8; part++, text = *end ? end + 1 : end)
            address.v6.address[part] = (uint16_t) strtoul(text, &end, 16);
        address.v6.port = (uint16_t) number(i + 1);
    } else {
        for (int part = 0; part < 4; part++, text = *end ? end + 1 : end)
            address.v4.address[part] = (uint8_t) strtoul(text, &end, 10);
        address.v4.port = (uint16_t) number(i + 1);
    }
    return address;
}

const int32_t *
flat(const ip_address *address)
{
    static int32_t parts[12];

    memset(parts, 0, sizeof(parts));
    parts[0] = address->tag;
    if (address->tag) {
        parts[1] = address->v6.port;
        parts[2] = (int32_t) address->v6.flow_info;
        for (int i = 0; i < 8; i++)
            parts[3 + i] = address->v6.address[i];
        parts[11] = (int32_t) address->v6.scope_id;
    } else {
        parts[1] = address->v4.port;
        for (int i = 0; i < 4; i++)
            parts[2 + i] = address->v4.address[i];
    }
    return parts;
}
