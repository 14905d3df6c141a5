/* The request's body is a program, a command in each line, words with a space
 * between them; each command prints a line: what came of it.  With the path /talk
 * each piece of it is run when it comes, and answered at once.  Sockets have numbers
 * below 32, which the program chooses; their streams have the same.  See the table
 * at the end for the commands. */
#include "sockets.h"

#define SLOTS 32
#define WORDS 8

typedef struct {
    bool udp;
    int32_t socket; /* 0: none */
    int32_t input;
    int32_t output;
} slot;

static slot slots[SLOTS];
static int32_t network;
static const char *words[WORDS];
static size_t word_count;

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

/* ---- words --------------------------------------------------------------- */

static const char *
word(size_t i)
{
    return i < word_count ? words[i] : "";
}

static uint64_t
number(size_t i)
{
    return strtoull(word(i), NULL, 10);
}

static slot *
at(size_t i)
{
    return &slots[number(i) % SLOTS];
}

static void
print_error(uint8_t error)
{
    print("%s", errors[error]);
}

static void
print_result(const socket_result *result)
{
    result->is_err ? print_error(result->err) : print("ok");
}

static void
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

static void
print_address_result(const socket_result_address *result)
{
    result->is_err ? print_error(result->err) : print_address(&result->ok);
}

/* Words i and i + 1: "127.0.0.1", or all eight groups of IPv6, and a port. */
static ip_address
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

/* The address of words i and i + 1 as parameters. */
#define FLAT(a)                                                                \
    (a)[0], (a)[1], (a)[2], (a)[3], (a)[4], (a)[5], (a)[6], (a)[7], (a)[8],    \
        (a)[9], (a)[10], (a)[11]

static const int32_t *
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

/* ---- sockets ------------------------------------------------------------- */

static void
make(bool udp)
{
    socket_result_handle result;
    (udp ? create_udp_socket : create_tcp_socket)(number(2) == 6, &result);
    if (result.is_err) {
        print_error(result.error);
        return;
    }
    *at(1) = (slot) { .udp = udp, .socket = result.ok };
    print("ok");
}

static void
do_tcp(void)
{
    make(false);
}

static void
do_udp(void)
{
    make(true);
}

static void
do_bind(void)
{
    ip_address address = address_of(2);
    const int32_t *a = flat(&address);
    socket_result result;
    (at(1)->udp ? udp_start_bind : tcp_start_bind)(at(1)->socket, network,
                                                   FLAT(a), &result);
    print_result(&result);
}

static void
do_bound(void)
{
    socket_result result;
    (at(1)->udp ? udp_finish_bind : tcp_finish_bind)(at(1)->socket, &result);
    print_result(&result);
}

static void
do_connect(void)
{
    ip_address address = address_of(2);
    const int32_t *a = flat(&address);
    socket_result result;
    tcp_start_connect(at(1)->socket, network, FLAT(a), &result);
    print_result(&result);
}

static void
connected(void)
{
    socket_result_streams result;
    tcp_finish_connect(at(1)->socket, &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    at(1)->input = result.ok.input;
    at(1)->output = result.ok.output;
    print("ok");
}

static void
do_connected(void)
{
    wait_for(tcp_subscribe(at(1)->socket));
    connected();
}

static void
do_listen(void)
{
    socket_result result;
    tcp_start_listen(at(1)->socket, &result);
    print_result(&result);
}

static void
do_listening(void)
{
    socket_result result;
    tcp_finish_listen(at(1)->socket, &result);
    print_result(&result);
}

static void
accept_now(void)
{
    socket_result_accepted result;
    tcp_accept(at(1)->socket, &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    *at(2) = (slot) { .socket = result.ok.socket,
                      .input = result.ok.input,
                      .output = result.ok.output };
    print("ok");
}

static void
do_accept(void)
{
    wait_for(tcp_subscribe(at(1)->socket));
    accept_now();
}

static void
do_local(void)
{
    socket_result_address result;
    (at(1)->udp ? udp_local_address : tcp_local_address)(at(1)->socket,
                                                         &result);
    print_address_result(&result);
}

static void
do_remote(void)
{
    socket_result_address result;
    (at(1)->udp ? udp_remote_address : tcp_remote_address)(at(1)->socket,
                                                           &result);
    print_address_result(&result);
}

static void
do_family(void)
{
    print("ipv%d",
          (at(1)->udp ? udp_address_family : tcp_address_family)(at(1)->socket)
              ? 6
              : 4);
}

static void
do_is_listening(void)
{
    print("%s", tcp_is_listening(at(1)->socket) ? "yes" : "no");
}

static void
do_shutdown(void)
{
    static const char *const how[] = { "receive", "send", "both" };
    socket_result result;
    int32_t i = 0;
    while (i < 2 && strcmp(word(2), how[i]) != 0)
        i++;
    tcp_shutdown(at(1)->socket, i, &result);
    print_result(&result);
}

/* ---- options ------------------------------------------------------------- */

typedef struct {
    const char *name;
    int kind; /* of its value: 8, 32 or 64 bits */
    void *get;
    void *set;
    void *udp_get;
    void *udp_set;
} option;

typedef void (*get_u8)(int32_t self, socket_result_u8 *result);
typedef void (*get_u32)(int32_t self, socket_result_u32 *result);
typedef void (*get_u64)(int32_t self, socket_result_u64 *result);
typedef void (*set_u32)(int32_t self, int32_t value, socket_result *result);
typedef void (*set_u64)(int32_t self, uint64_t value, socket_result *result);

static const option *
option_of(size_t i)
{
    static const option options[] = {
        { "backlog", 64, NULL, tcp_set_backlog, NULL, NULL },
        { "keep-alive", 8, tcp_keep_alive, tcp_set_keep_alive, NULL, NULL },
        { "idle-time", 64, tcp_idle_time, tcp_set_idle_time, NULL, NULL },
        { "interval", 64, tcp_interval, tcp_set_interval, NULL, NULL },
        { "count", 32, tcp_count, tcp_set_count, NULL, NULL },
        { "hop-limit", 8, tcp_hop_limit, tcp_set_hop_limit, udp_hop_limit,
          udp_set_hop_limit },
        { "receive-size", 64, tcp_receive_size, tcp_set_receive_size,
          udp_receive_size, udp_set_receive_size },
        { "send-size", 64, tcp_send_size, tcp_set_send_size, udp_send_size,
          udp_set_send_size },
    };
    const option *found = options;
    while (strcmp(found->name, word(i)) != 0)
        MUST(++found < options + sizeof(options) / sizeof(options[0]));
    return found;
}

static void
do_get(void)
{
    const option *found = option_of(2);
    void *get = at(1)->udp ? found->udp_get : found->get;
    socket_result_u64 result;
    socket_result_u32 narrow;
    socket_result_u8 byte;

    MUST(get != NULL);
    if (found->kind == 64) {
        ((get_u64) get)(at(1)->socket, &result);
    } else if (found->kind == 32) {
        ((get_u32) get)(at(1)->socket, &narrow);
        result.is_err = narrow.is_err;
        narrow.is_err ? (result.err = narrow.err) : (result.ok = narrow.ok);
    } else {
        ((get_u8) get)(at(1)->socket, &byte);
        result.is_err = byte.is_err;
        byte.is_err ? (result.err = byte.ok) : (result.ok = byte.ok);
    }
    result.is_err ? print_error(result.err) : print("%llu", result.ok);
}

static void
do_set(void)
{
    const option *found = option_of(2);
    void *set = at(1)->udp ? found->udp_set : found->set;
    socket_result result;

    MUST(set != NULL);
    if (found->kind == 64)
        ((set_u64) set)(at(1)->socket, number(3), &result);
    else
        ((set_u32) set)(at(1)->socket, (int32_t) number(3), &result);
    print_result(&result);
}

/* ---- streams of a connection --------------------------------------------- */

/* "closed", or why it failed. */
static void
print_end(const stream_error *error)
{
    wasi_bytes text;

    if (error->tag == STREAM_CLOSED) {
        print("closed");
        return;
    }
    io_error_to_debug_string(error->error, &text);
    io_error_drop(error->error);
    print("failed: %.*s", (int) text.len, (const char *) text.ptr);
    free(text.ptr);
}

static void
print_void(const stream_result_void *result)
{
    result->is_err ? print_end(&result->err) : print("ok");
}

static void
print_read(stream_result_bytes *result)
{
    if (result->is_err) {
        print_end(&result->err);
        return;
    }
    print_escaped(result->ok.ptr, result->ok.len);
    if (result->ok.len != 0)
        free(result->ok.ptr);
}

static void
do_write(void)
{
    stream_result_void result;
    output_blocking_write_and_flush(at(1)->output, word(2), strlen(word(2)),
                                    &result);
    print_void(&result);
}

/* So many bytes, as many as fit at a time; prints how many were taken. */
static void
do_write_many(void)
{
    static uint8_t bytes[65536];
    stream_result_void written = { .is_err = false };
    stream_result_u64 budget;
    uint64_t left = number(2);

    while (left != 0) {
        wait_for(output_subscribe(at(1)->output));
        output_check_write(at(1)->output, &budget);
        if (budget.is_err) {
            print("%llu ", number(2) - left);
            print_end(&budget.err);
            return;
        }
        uint64_t size = budget.ok < left ? budget.ok : left;
        size = size < sizeof(bytes) ? size : sizeof(bytes);
        for (uint64_t i = 0; i < size; i++)
            bytes[i] = (uint8_t) ((number(2) - left + i) * 167 + 13);
        output_write(at(1)->output, bytes, (size_t) size, &written);
        if (written.is_err)
            break;
        left -= size;
    }
    if (!written.is_err)
        output_blocking_flush(at(1)->output, &written);
    print("%llu ", number(2) - left);
    print_void(&written);
}

static void
do_check(void)
{
    stream_result_u64 budget;
    output_check_write(at(1)->output, &budget);
    budget.is_err ? print_end(&budget.err) : print("%llu", budget.ok);
}

static void
do_read(void)
{
    stream_result_bytes result;
    input_blocking_read(at(1)->input, 4096, &result);
    print_read(&result);
}

static void
read_now(void)
{
    stream_result_bytes result;
    input_read(at(1)->input, number(2), &result);
    print_read(&result);
}

/* To the end; prints how many bytes, and how it ended. */
static void
do_read_all(void)
{
    stream_result_bytes result;
    uint64_t size = 0;

    for (;;) {
        input_blocking_read(at(1)->input, 65536, &result);
        if (result.is_err)
            break;
        for (size_t i = 0; i < result.ok.len; i++)
            MUST(result.ok.ptr[i] == (uint8_t) ((size + i) * 167 + 13));
        size += result.ok.len;
        free(result.ok.ptr);
    }
    print("%llu ", size);
    print_end(&result.err);
}

/* ---- datagrams ----------------------------------------------------------- */

static void
do_stream(void)
{
    ip_address address = address_of(2);
    const int32_t *a = flat(&address);
    socket_result_streams result;
    udp_stream(at(1)->socket, word_count > 2, FLAT(a), &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    at(1)->input = result.ok.input;
    at(1)->output = result.ok.output;
    print("ok");
}

static void
print_sent(const socket_result_u64 *result)
{
    result->is_err ? print_error(result->err) : print("%llu", result->ok);
}

static void
do_check_send(void)
{
    socket_result_u64 result;
    udp_check_send(at(1)->output, &result);
    print_sent(&result);
}

/* word(2) is the text, or its size where that is a number; then the address. */
static void
do_send(void)
{
    static uint8_t many[70000];
    outgoing_datagram datagram;
    socket_result_u64 result;
    bool sized = word(2)[0] >= '0' && word(2)[0] <= '9';

    memset(&datagram, 0, sizeof(datagram));
    datagram.data.ptr = sized ? many : (uint8_t *) word(2);
    datagram.data.len = sized ? (size_t) number(2) : strlen(word(2));
    datagram.remote_address.some = word_count > 3;
    if (word_count > 3)
        datagram.remote_address.value = address_of(3);
    wait_for(udp_outgoing_subscribe(at(1)->output));
    udp_check_send(at(1)->output, &result);
    MUST(!result.is_err && result.ok != 0);
    udp_send(at(1)->output, &datagram, 1, &result);
    print_sent(&result);
}

/* number(2) empty datagrams at once, without asking. */
static void
do_send_many(void)
{
    static outgoing_datagram datagrams[64];
    socket_result_u64 result;
    udp_send(at(1)->output, datagrams, (size_t) number(2), &result);
    print_sent(&result);
}

static void
print_datagrams(const socket_result_datagrams *result)
{
    if (result->is_err) {
        print_error(result->err);
        return;
    }
    print("%zu", result->ok.len);
    for (size_t i = 0; i < result->ok.len; i++) {
        const incoming_datagram *datagram = &result->ok.ptr[i];
        print(" ");
        if (datagram->data.len > 64)
            print("(%zu bytes)", datagram->data.len);
        else
            print_escaped(datagram->data.ptr, datagram->data.len);
        if (datagram->data.len != 0)
            free(datagram->data.ptr);
        if (strcmp(word(3), "from") == 0) {
            print(" ");
            print_address(&datagram->remote_address);
        }
    }
    if (result->ok.len != 0)
        free(result->ok.ptr);
}

static void
receive_now(void)
{
    socket_result_datagrams result;
    udp_receive(at(1)->input, number(2), &result);
    print_datagrams(&result);
}

static void
do_receive(void)
{
    wait_for(udp_incoming_subscribe(at(1)->input));
    receive_now();
}

/* ---- names --------------------------------------------------------------- */

static void
do_resolve(void)
{
    socket_result_handle result;
    socket_result_ip found;

    resolve_addresses(network, word(1), strlen(word(1)), &result);
    if (result.is_err) {
        print_error(result.error);
        return;
    }
    print("found");
    for (;;) {
        wait_for(resolve_subscribe(result.ok));
        resolve_next_address(result.ok, &found);
        if (found.is_err) {
            print(" ");
            print_error(found.err);
            break;
        }
        if (!found.ok.some)
            break;
        print(" ");
        if (found.ok.value.tag == 0)
            print("%d.%d.%d.%d", found.ok.value.v4[0], found.ok.value.v4[1],
                  found.ok.value.v4[2], found.ok.value.v4[3]);
        else
            for (int i = 0; i < 8; i++)
                print("%s%x", i == 0 ? "" : ":", found.ok.value.v6[i]);
    }
    resolve_drop(result.ok);
}

/* ---- handles ------------------------------------------------------------- */

static int32_t
subscribe_of(const slot *self, const char *what)
{
    if (strcmp(what, "socket") == 0)
        return (self->udp ? udp_subscribe : tcp_subscribe)(self->socket);
    if (strcmp(what, "input") == 0)
        return (self->udp ? udp_incoming_subscribe
                          : input_subscribe)(self->input);
    MUST(strcmp(what, "output") == 0);
    return (self->udp ? udp_outgoing_subscribe
                      : output_subscribe)(self->output);
}

static void
do_ready(void)
{
    int32_t pollable = subscribe_of(at(1), word(2));
    print("%s", pollable_ready(pollable) ? "yes" : "no");
    pollable_drop(pollable);
}

static void
do_wait(void)
{
    wait_for(subscribe_of(at(1), word(2)));
    print("ok");
}

static void
drop(slot *self, const char *what)
{
    if (strcmp(what, "socket") == 0) {
        (self->udp ? udp_drop : tcp_drop)(self->socket);
    } else if (strcmp(what, "input") == 0) {
        (self->udp ? udp_incoming_drop : input_drop)(self->input);
        self->input = 0;
    } else {
        (self->udp ? udp_outgoing_drop : output_drop)(self->output);
        self->output = 0;
    }
}

/* With its streams, or one of the three. */
static void
do_drop(void)
{
    if (word_count > 2) {
        drop(at(1), word(2));
    } else {
        if (at(1)->input != 0)
            drop(at(1), "input");
        if (at(1)->output != 0)
            drop(at(1), "output");
        drop(at(1), "socket");
        *at(1) = (slot) { .socket = 0 };
    }
    print("ok");
}

/* As many as there can be; prints how many those were, and why no more. */
static void
do_many(void)
{
    socket_result_handle result;
    uint64_t count = 0;

    do {
        (count % 2 == 0 ? create_tcp_socket : create_udp_socket)(0, &result);
        count += !result.is_err;
    } while (!result.is_err);
    print("%llu ", count);
    print_error(result.error);
}

/* ---- the program --------------------------------------------------------- */

static const struct {
    const char *name;
    void (*run)(void);
} commands[] = {
    { "tcp", do_tcp },              /* N 4|6 */
    { "udp", do_udp },              /* N 4|6 */
    { "bind", do_bind },            /* N ADDRESS PORT: start-bind */
    { "bound", do_bound },          /* N: finish-bind */
    { "connect", do_connect },      /* N ADDRESS PORT: start-connect */
    { "connected", do_connected },  /* N: waits; finish-connect */
    { "connected-now", connected }, /* N: finish-connect */
    { "listen", do_listen },        /* N: start-listen */
    { "listening", do_listening },  /* N: finish-listen */
    { "accept", do_accept },        /* N M: waits; the new one is M */
    { "accept-now", accept_now },   /* N M */
    { "local", do_local },          /* N */
    { "remote", do_remote },        /* N */
    { "family", do_family },        /* N */
    { "is-listening", do_is_listening },
    { "shutdown", do_shutdown },     /* N receive|send|both */
    { "get", do_get },               /* N OPTION */
    { "set", do_set },               /* N OPTION VALUE */
    { "write", do_write },           /* N TEXT */
    { "write-many", do_write_many }, /* N SIZE */
    { "check", do_check },           /* N: check-write */
    { "read", do_read },             /* N: waits */
    { "read-now", read_now },        /* N SIZE */
    { "read-all", do_read_all },     /* N */
    { "stream", do_stream },         /* N [ADDRESS PORT] */
    { "check-send", do_check_send }, /* N */
    { "send", do_send },             /* N TEXT|SIZE [ADDRESS PORT] */
    { "send-many", do_send_many },   /* N COUNT */
    { "receive", do_receive },       /* N MOST [from]: waits */
    { "receive-now", receive_now },  /* N MOST [from] */
    { "resolve", do_resolve },       /* NAME */
    { "ready", do_ready },           /* N socket|input|output */
    { "wait", do_wait },             /* N socket|input|output */
    { "drop", do_drop },             /* N [socket|input|output] */
    { "many", do_many },
};

static void
run(char *line)
{
    size_t i = 0;

    word_count = 0;
    for (char *text = strtok(line, " "); text != NULL && word_count < WORDS;
         text = strtok(NULL, " "))
        words[word_count++] = text;
    if (word_count == 0)
        return;
    while (strcmp(commands[i].name, words[0]) != 0)
        MUST(++i < sizeof(commands) / sizeof(commands[0]));
    commands[i].run();
    print("\n");
}

static void
run_all(char *program)
{
    for (char *line = program, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        run(line);
    }
}

/* Pieces are whole lines: the client waits for each answer. */
static void
talk(int32_t stream, int32_t outparam)
{
    static char line[256];
    http_reply reply = reply_text(outparam, 200);
    stream_result_bytes part;

    for (;;) {
        input_blocking_read(stream, sizeof(line) - 1, &part);
        if (part.is_err)
            break;
        memcpy(line, part.ok.ptr, part.ok.len);
        line[part.ok.len] = '\0';
        free(part.ok.ptr);
        run_all(line);
        print_to_stream(reply.stream);
    }
    reply_end(&reply);
}

void
handle(int32_t request, int32_t outparam)
{
    static char program[65536];
    stream_result_bytes part;
    size_t size = 0;
    int32_t body, stream;

    network = instance_network();
    request_open(request, &body, &stream);
    if (path_is(request, "/talk")) {
        talk(stream, outparam);
        return;
    }
    for (;;) {
        input_blocking_read(stream, 65536, &part);
        if (part.is_err)
            break;
        MUST(part.ok.len < sizeof(program) - size);
        memcpy(program + size, part.ok.ptr, part.ok.len);
        size += part.ok.len;
        free(part.ok.ptr);
    }
    program[size] = '\0';
    run_all(program);
    answer(outparam, 200);
}
