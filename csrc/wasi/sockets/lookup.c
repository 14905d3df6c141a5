/*
 * wasi:sockets/ip-name-lookup.  A name is looked up where an entry names it, by the
 * system, which may take long: so on threads of a crew that does nothing else.  Of
 * the addresses the guest gets those that it may use, and where a name has led is
 * remembered, because entries with names speak of that.
 */

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jobs.h"
#include "base/log.h"
#include "wasi/sockets/socket.h"

/* Streams of addresses that an exchange may have at once, and addresses of a name:
 * more than honest guests, and names, have. */
#define UW_LOOKUPS_MOST 16
#define UW_LOOKUP_ADDRESSES 32

#define UW_NAME_MOST 253
#define UW_LABEL_MOST 63

/* What a thread gets, and leaves. */
typedef struct {
    char name[UW_NAME_MOST + 1];
    int failure; /* EAI_*; 0: none */
    size_t count;
    uw_ip_t found[UW_LOOKUP_ADDRESSES];
} uw_lookup_t;

/* resolve-address-stream */
typedef struct {
    uw_job_t *job; /* NULL: it was an address already, `literal` */
    uw_ip_t literal;
    size_t next; /* which of the addresses */
    bool counted;
} uw_lookup_resource_t;

UW_RESOURCE_AS(lookup, uw_lookup_resource_t)


/* ---- On another thread ---- */

static void
uw_lookup_add(uw_lookup_t *lookup, const struct addrinfo *found)
{
    uw_address_t address;
    uw_ip_t ip;

    if ((found->ai_family != AF_INET && found->ai_family != AF_INET6)
        || found->ai_addrlen > sizeof(address)
        || lookup->count == UW_LOOKUP_ADDRESSES)
    {
        return;
    }
    memset(&address, 0, sizeof(address));
    memcpy(&address, found->ai_addr, found->ai_addrlen);
    ip = uw_address_ip(&address);
    for (size_t i = 0; i < lookup->count; i++) {
        if (memcmp(lookup->found[i].bytes, ip.bytes, sizeof(ip.bytes)) == 0) {
            return;
        }
    }
    lookup->found[lookup->count++] = ip;
}


static void
uw_lookup_run(void *data)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM };
    uw_lookup_t *lookup = data;
    struct addrinfo *found = NULL;

    lookup->failure = getaddrinfo(lookup->name, NULL, &hints, &found);
    if (lookup->failure == 0) {
        for (const struct addrinfo *each = found; each != NULL;
             each = each->ai_next)
        {
            uw_lookup_add(lookup, each);
        }
        freeaddrinfo(found);
    }
}


static const uw_work_t uw_lookup_work = { .run = uw_lookup_run, .free = free };


/* ---- Names ---- */

static bool
uw_is_of_name(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')
           || byte == '-' || byte == '_';
}


/* A name in lower case, without the dot at its end; false: it is none.  Other
 * letters than those of ASCII have to be in their ASCII form. */
static bool
uw_name_read(uw_slice_t text, char *name)
{
    size_t size = text.size;
    size_t label = 0;

    if (size != 0 && text.data[size - 1] == '.') {
        size--;
    }
    if (size == 0 || size > UW_NAME_MOST) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = text.data[i];

        if (byte >= 'A' && byte <= 'Z') {
            byte |= 0x20;
        }
        if (byte == '.' ? label == 0 || name[i - 1] == '-'
                        : !uw_is_of_name(byte) || ++label > UW_LABEL_MOST
                              || (label == 1 && byte == '-'))
        {
            return false;
        }
        if (byte == '.') {
            label = 0;
        }
        name[i] = (char) byte;
    }
    name[size] = '\0';

    /* One that ends with a number is an address, or none. */
    return label != 0 && name[size - 1] != '-'
           && (strspn(name + size - label, "0123456789") < label
               || inet_aton(name, &(struct in_addr) { 0 }) != 0);
}


/* An address, written as one; of IPv6 also in brackets. */
static bool
uw_literal_read(uw_slice_t text, uw_ip_t *ip)
{
    char buffer[64];
    bool brackets = text.size >= 2 && text.data[0] == '['
                    && text.data[text.size - 1] == ']';
    size_t size = brackets ? text.size - 2 : text.size;

    if (size == 0 || size >= sizeof(buffer)) {
        return false;
    }
    memcpy(buffer, text.data + brackets, size);
    buffer[size] = '\0';

    return memchr(buffer, '\0', size) == NULL
           && (!brackets || strchr(buffer, ':') != NULL)
           && uw_ip_read(buffer, ip);
}


/* ---- resolve-addresses ---- */

/* Starts it; the error where that cannot be. */
static uw_network_error_t
uw_lookup_start(uw_call_t *call, const char *name, uw_lookup_resource_t *stream)
{
    uw_host_t *host = call->instance->host;
    uw_lookup_t *lookup;

    lookup = calloc(1, sizeof(*lookup));
    if (lookup == NULL) {
        return UW_ERROR(OUT_OF_MEMORY);
    }
    memcpy(lookup->name, name, strlen(name) + 1);
    stream->job = uw_job_start(host->resolvers, &host->lookups,
                               call->instance->ticket, &uw_lookup_work, lookup);
    if (stream->job == NULL) {
        free(lookup);
        return UW_ERROR(OUT_OF_MEMORY);
    }

    return UW_NO_ERROR;
}


static void
uw_log_name_denied(uw_host_t *host, const char *name)
{
    char entry[UW_NAME_MOST + 8];

    (void) snprintf(entry, sizeof(entry), "name:%s", name);
    if (uw_noted_is_new(&host->denied, uw_slice_of(entry))) {
        uw_log(&host->engine->settings, UW_LOG_WARNING,
               "the name %s is not looked up for components: no entry of "
               "UNIT_WASM_NETWORK names it",
               name);
    }
}


static uw_network_error_t
uw_lookup_check(uw_call_t *call, const char *name)
{
    uw_instance_t *instance = call->instance;

    if (!uw_network_names(instance->host->network, name)) {
        uw_log_name_denied(instance->host, name);
        return UW_ERROR(ACCESS_DENIED);
    }
    if (uw_sockets_state(instance)->lookups >= UW_LOOKUPS_MOST) {
        return UW_ERROR(TEMPORARY_RESOLVER_FAILURE);
    }

    return uw_account_take(&instance->account, sizeof(uw_lookup_t))
               ? UW_NO_ERROR
               : UW_ERROR(OUT_OF_MEMORY);
}


uw_step_t
uw_sockets_ip_name_lookup_resolve_addresses(uw_call_t *call,
                                            uw_resource_t *network,
                                            uw_slice_t name)
{
    uw_lookup_resource_t lookup = { .job = NULL };
    uw_network_error_t error = UW_NO_ERROR;
    char text[UW_NAME_MOST + 1];
    uw_resource_t *stream;
    bool named;

    (void) network;

    if (call->instance->host->network == NULL) {
        return uw_return_network(call, UW_ERROR(ACCESS_DENIED));
    }
    named = !uw_literal_read(name, &lookup.literal);
    if (named) {
        if (!uw_name_read(name, text)) {
            return uw_return_network(call, UW_ERROR(INVALID_ARGUMENT));
        }
        error = uw_lookup_check(call, text);
        lookup.counted = true;
    }
    if (error != UW_NO_ERROR) {
        return uw_return_network(call, error);
    }

    stream = uw_make(call,
                     &uw_sockets_ip_name_lookup_resolve_address_stream_type, 0);
    if (stream == NULL) {
        return UW_TRAP;
    }
    *uw_as_lookup(stream) = lookup;
    if (named) {
        uw_sockets_state(call->instance)->lookups++;
        error = uw_lookup_start(call, text, uw_as_lookup(stream));
    }
    if (error != UW_NO_ERROR) {
        return uw_drop(call, stream) ? uw_return_network(call, error) : UW_TRAP;
    }

    return uw_return_ok_handle(call, stream);
}


void
uw_sockets_ip_name_lookup_resolve_address_stream_drop(uw_instance_t *instance,
                                                      uw_resource_t *resource)
{
    uw_lookup_resource_t *stream = uw_as_lookup(resource);

    if (stream->job != NULL) {
        uw_job_release(stream->job);
    }
    if (stream->counted) {
        uw_sockets_state(instance)->lookups--;
        uw_account_give(&instance->account, sizeof(uw_lookup_t));
    }
}


/* ---- The stream ---- */

static uw_network_error_t
uw_lookup_error(int failure)
{
    switch (failure) {
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
        return UW_ERROR(NAME_UNRESOLVABLE);
    case EAI_AGAIN:
        return UW_ERROR(TEMPORARY_RESOLVER_FAILURE);
    case EAI_MEMORY:
        return UW_ERROR(OUT_OF_MEMORY);
    default:
        return UW_ERROR(PERMANENT_RESOLVER_FAILURE);
    }
}


/* Whether the guest may go there, to some port. */
static bool
uw_lookup_is_open(const uw_network_t *network, const uw_ip_t *ip,
                  const char *name)
{
    return uw_network_allows(network, UW_USE_TCP, ip, -1, name)
           || uw_network_allows(network, UW_USE_UDP, ip, -1, name);
}


static uw_step_t
uw_return_ip(uw_call_t *call, const uw_ip_t *ip)
{
    uw_address_t address = { .any = { .sa_family = AF_INET6 } };
    uw_sockets_network_ip_address_t found;
    uw_wit_address_t wit;
    uw_val_t value;

    memcpy(&address.v6.sin6_addr, ip->bytes, sizeof(ip->bytes));
    if (IN6_IS_ADDR_V4MAPPED(&address.v6.sin6_addr)) {
        found.tag = UW_SOCKETS_NETWORK_IP_ADDRESS_IPV4;
        found.of.ipv4 =
            (uw_sockets_tuple_u8_u8_u8_u8_t) { ip->bytes[12], ip->bytes[13],
                                               ip->bytes[14], ip->bytes[15] };
    } else {
        wit = uw_address_wit(&address);
        found.tag = UW_SOCKETS_NETWORK_IP_ADDRESS_IPV6;
        found.of.ipv6 = wit.of.ipv6.address;
    }
    value = uw_make_sockets_network_ip_address(call, &found);
    value = uw_val_option(call->abi, &value);

    return uw_return_ok(call, &value);
}


static uw_step_t
uw_return_no_ip(uw_call_t *call)
{
    uw_val_t value = uw_val_option(call->abi, NULL);

    return uw_return_ok(call, &value);
}


uw_step_t
uw_sockets_ip_name_lookup_resolve_address_stream_resolve_next_address(
    uw_call_t *call, uw_resource_t *self)
{
    uw_lookup_resource_t *stream = uw_as_lookup(self);
    const uw_lookup_t *lookup;
    const uw_ip_t *ip;
    bool open = false;

    if (stream->job == NULL) {
        return stream->next++ == 0 ? uw_return_ip(call, &stream->literal)
                                   : uw_return_no_ip(call);
    }
    lookup = uw_job_result(stream->job);
    if (lookup == NULL) {
        return uw_return_network(call, UW_ERROR(WOULD_BLOCK));
    }
    if (lookup->failure != 0) {
        return uw_return_network(call, uw_lookup_error(lookup->failure));
    }

    while (stream->next < lookup->count) {
        ip = &lookup->found[stream->next++];
        if (uw_lookup_is_open(call->instance->host->network, ip, lookup->name))
        {
            return uw_socket_grant(call->instance, ip, lookup->name)
                       ? uw_return_ip(call, ip)
                       : uw_trap(call, "memory is out");
        }
    }
    for (size_t i = 0; i < lookup->count; i++) {
        open = open
               || uw_lookup_is_open(call->instance->host->network,
                                    &lookup->found[i], lookup->name);
    }

    /* Where it leads is nothing that the guest may know of. */
    return open ? uw_return_no_ip(call)
                : uw_return_network(call, UW_ERROR(ACCESS_DENIED));
}


static bool
uw_lookup_is_ready(uw_instance_t *instance, uw_resource_t *self)
{
    const uw_job_t *job = uw_as_lookup(self)->job;

    (void) instance;

    return job == NULL || uw_job_result(job) != NULL;
}


uw_step_t
uw_sockets_ip_name_lookup_resolve_address_stream_subscribe(uw_call_t *call,
                                                           uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_lookup_is_ready, NULL);
}
