/* The request's body is a program, a command in each line, words with a space
 * between them; each command prints a line: what came of it.  With the path /talk
 * each piece of it is run when it comes, and answered at once.  Sockets have numbers
 * below 32, which the program chooses; their streams have the same.  See the table
 * at the end for the commands. */
#include "sockets/program.h"

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
    print_error(result.err);
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
