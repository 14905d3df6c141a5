/*
 * Bodies of wasi:http/types, their streams, and future-trailers.  The buffers
 * and their states are in http/body.h; this file is what the guest sees of them.
 *
 * A stream is a child of its body, so that the body outlives it: the object of
 * an input-stream is the uw_incoming_body_t, that of an output-stream the
 * guest's outgoing-body resource, whose place does not change.
 */

#include "wasi/http/common.h"

#include "outgoing/outgoing.h"
#include "wasi/io/poll.h"
#include "wasi/io/streams.h"


/* ---- What resources release ---- */

void
uw_http_unread_body(uw_outgoing_body_t *body)
{
    if (body != NULL) {
        uw_outgoing_body_close(body);
        uw_outgoing_body_release(body);
    }
}


/* A request on its way goes with the resource that owns it. */
static void
uw_source_drop(const uw_incoming_body_t *body)
{
    if (body != NULL && body->source != NULL) {
        uw_outgoing_cancel(body->source);
    }
}


void
uw_http_incoming_body_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_incoming_body_resource_t *incoming = uw_as_incoming_body(resource);

    (void) instance;

    uw_source_drop(incoming->body);
    incoming->body = NULL;
}


void
uw_http_future_trailers_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_future_trailers_t *trailers = uw_as_future_trailers(resource);

    (void) instance;

    uw_source_drop(trailers->body);
    trailers->body = NULL;
}


void
uw_http_outgoing_body_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    uw_outgoing_body_resource_t *outgoing = uw_as_outgoing_body(resource);

    if (outgoing->body != NULL) {
        uw_http_abandon(instance, outgoing->body);
        uw_outgoing_body_release(outgoing->body);
        outgoing->body = NULL;
    }
}


/* ---- Incoming ---- */

/* Asks the sender for bytes; some may be there when this returns. */
static void
uw_pull(uw_exchange_t *exchange, const uw_incoming_body_t *body)
{
    if (body->source != NULL) {
        uw_outgoing_pull(body->source);

    } else if (exchange->transport != NULL && exchange->transport->pull != NULL)
    {
        exchange->transport->pull(exchange);
    }
}


/* Takes bytes off the front, so that the sender may send as many. */
static void
uw_consume(uw_incoming_body_t *body, size_t size)
{
    uw_buf_consume(&body->bytes, size);
    if (body->source != NULL) {
        uw_outgoing_took(body->source, size);
    }
}


/* Why a body was aborted. */
static void
uw_incoming_failure(const uw_incoming_body_t *body, uw_failure_t *failure)
{
    if (body->source != NULL) {
        uw_outgoing_failure(body->source, failure);
    } else {
        uw_failure_set(failure, "connection-terminated", "");
    }
}


static uw_io_t
uw_incoming_peek(uw_instance_t *instance, uw_resource_t *stream,
                 uw_slice_t *bytes, uw_failure_t *failure)
{
    uw_incoming_body_t *body = uw_as_input(stream)->object;

    if (uw_buf_size(&body->bytes) == 0 && body->state == UW_INCOMING_OPEN) {
        uw_pull(instance->exchange, body);
    }

    bytes->size = uw_buf_size(&body->bytes);
    bytes->data = bytes->size == 0 ? NULL : uw_buf_head(&body->bytes);
    if (bytes->size != 0) {
        return UW_IO_READY;
    }

    switch (body->state) {
    case UW_INCOMING_OPEN:
        return UW_IO_WAIT;
    case UW_INCOMING_ENDED:
        return UW_IO_CLOSED;
    default:
        uw_incoming_failure(body, failure);
        return UW_IO_FAILED;
    }
}


static void
uw_incoming_take(uw_instance_t *instance, uw_resource_t *stream, size_t size)
{
    (void) instance;
    uw_consume(uw_as_input(stream)->object, size);
}


static const uw_input_ops_t uw_incoming_ops = {
    .peek = uw_incoming_peek,
    .take = uw_incoming_take,
};


uw_step_t
uw_http_return_incoming_body(uw_call_t *call, uw_incoming_body_t *body)
{
    uw_resource_t *resource = uw_make(call, &uw_http_incoming_body_type, 0);
    uw_val_t handle;

    if (!uw_handle(call, resource, &handle)) {
        return UW_TRAP;
    }
    uw_as_incoming_body(resource)->body = body;

    return uw_return_ok(call, &handle);
}


uw_step_t
uw_http_incoming_body_stream(uw_call_t *call, uw_resource_t *self)
{
    if (uw_as_incoming_body(self)->stream_taken) {
        return uw_return_err(call, NULL);
    }
    uw_as_incoming_body(self)->stream_taken = true;

    return uw_return_ok_handle(
        call, uw_input_stream(call, self->rep, &uw_incoming_ops,
                              uw_as_incoming_body(self)->body));
}


uw_step_t
uw_http_incoming_body_finish(uw_call_t *call, uw_resource_t *this)
{
    uw_resource_t *trailers;
    uw_resource_t taken;

    if (!uw_http_take(call, this, &taken)) {
        return UW_TRAP;
    }

    trailers = uw_make(call, &uw_http_future_trailers_type, 0);
    if (trailers == NULL) {
        uw_resource_release(call->instance, &taken);
        return UW_TRAP;
    }
    uw_as_future_trailers(trailers)->body = uw_as_incoming_body(&taken)->body;

    return uw_return_handle(call, trailers);
}


/* ---- future-trailers ---- */

/* Skips what nobody will read any more; true when the end has come. */
static bool
uw_trailers_ready(uw_instance_t *instance, uw_resource_t *subject)
{
    uw_incoming_body_t *body = uw_as_future_trailers(subject)->body;

    for (;;) {
        uw_consume(body, uw_buf_size(&body->bytes));
        if (body->state != UW_INCOMING_OPEN) {
            return true;
        }

        uw_pull(instance->exchange, body);
        if (uw_buf_size(&body->bytes) == 0 && body->state == UW_INCOMING_OPEN) {
            return false;
        }
    }
}


uw_step_t
uw_http_future_trailers_subscribe(uw_call_t *call, uw_resource_t *self)
{
    return uw_subscribe(call, self, uw_trailers_ready, NULL);
}


/* result<option<trailers>, error-code>; false after uw_trap(). */
static bool
uw_trailers_val(uw_call_t *call, const uw_incoming_body_t *body,
                uw_val_t *value)
{
    uw_resource_t *fields;
    uw_failure_t failure;
    uw_val_t inner;

    if (body->state == UW_INCOMING_ABORTED) {
        uw_incoming_failure(body, &failure);
        inner = uw_http_failure_code(call, &failure);
        *value = uw_val_err(call->abi, &inner);
        return true;
    }

    if (body->trailers == NULL) {
        inner = uw_val_option(call->abi, NULL);
        *value = uw_val_ok(call->abi, &inner);
        return true;
    }

    fields = uw_http_fields_view(call, body->trailers);
    if (!uw_handle(call, fields, &inner)) {
        return false;
    }
    inner = uw_val_option(call->abi, &inner);
    *value = uw_val_ok(call->abi, &inner);

    return true;
}


uw_step_t
uw_http_future_trailers_get(uw_call_t *call, uw_resource_t *self)
{
    uw_val_t value;

    if (uw_as_future_trailers(self)->taken) {
        value = uw_val_err(call->abi, NULL);
        return uw_http_return_some(call, value);
    }
    if (!uw_trailers_ready(call->instance, self)) {
        return uw_return(call, uw_val_option(call->abi, NULL));
    }

    if (!uw_trailers_val(call, uw_as_future_trailers(self)->body, &value)) {
        return UW_TRAP;
    }
    uw_as_future_trailers(self)->taken = true;
    value = uw_val_ok(call->abi, &value);

    return uw_http_return_some(call, value);
}


/* ---- Outgoing ---- */

uw_outgoing_body_t *
uw_http_new_body(uw_call_t *call)
{
    uw_outgoing_body_t *body = uw_outgoing_body_new(
        (size_t) call->instance->engine->settings.body_buffer,
        &call->instance->account);

    if (body == NULL) {
        (void) uw_trap(call, "out of memory");
    }

    return body;
}


static bool
uw_is_response(const uw_instance_t *instance, const uw_outgoing_body_t *body)
{
    return instance->exchange->response_body == body;
}


/* Whoever sends this body, if somebody does, takes note of a change. */
static void
uw_changed(uw_instance_t *instance, const uw_outgoing_body_t *body)
{
    if (body->sender != NULL) {
        uw_outgoing_sync(body->sender);

    } else if (uw_is_response(instance, body)) {
        uw_exchange_body_changed(instance->exchange);
    }
}


void
uw_http_abandon(uw_instance_t *instance, uw_outgoing_body_t *body)
{
    if (body->state == UW_OUTGOING_OPEN && uw_is_response(instance, body)) {
        uw_http_failure(instance,
                        "the component dropped the response body unfinished");
    }
    uw_outgoing_body_abandon(body);
    uw_changed(instance, body);
}


static uw_io_t
uw_outgoing_check(uw_instance_t *instance, uw_resource_t *stream,
                  uint64_t *budget, uw_failure_t *failure)
{
    const uw_outgoing_body_resource_t *outgoing = uw_as_output(stream)->object;

    (void) instance;
    (void) failure;

    *budget = 0;
    if (outgoing->body->sender != NULL) {
        uw_outgoing_sync(outgoing->body->sender);
    }
    if (outgoing->body->state != UW_OUTGOING_OPEN) {
        return UW_IO_CLOSED;
    }
    *budget = uw_outgoing_body_room(outgoing->body);

    return *budget == 0 ? UW_IO_WAIT : UW_IO_READY;
}


/*
 * The guest writes more than its Content-Length: the body can no longer be a
 * good one.  The bytes count, so that `finish` fails as well and says by how
 * much, but none of them is sent.
 */
static uw_io_t
uw_outgoing_too_long(uw_instance_t *instance,
                     const uw_outgoing_body_resource_t *outgoing, size_t size,
                     uint64_t most, const char *whose, uw_failure_t *failure)
{
    uw_outgoing_body_t *body = outgoing->body;

    body->written += size;
    uw_http_body_size(failure, outgoing->is_request, body->written);

    if (uw_is_response(instance, body)) {
        uw_http_failure(instance,
                        "the component wrote %llu bytes of a response body of "
                        "%s%llu bytes",
                        (unsigned long long) body->written, whose,
                        (unsigned long long) most);
    }
    uw_http_abandon(instance, body);

    return UW_IO_FAILED;
}


static uw_io_t
uw_outgoing_write(uw_instance_t *instance, uw_resource_t *stream,
                  const uint8_t *bytes, size_t size, uw_failure_t *failure)
{
    const uw_outgoing_body_resource_t *outgoing = uw_as_output(stream)->object;

    switch (uw_outgoing_body_write(outgoing->body, bytes, size)) {
    case UW_WRITE_OK:
        uw_changed(instance, outgoing->body);
        return UW_IO_READY;
    case UW_WRITE_CLOSED:
        return UW_IO_CLOSED;
    case UW_WRITE_TOO_LONG:
        return uw_outgoing_too_long(instance, outgoing, size,
                                    outgoing->body->content_length, "",
                                    failure);
    case UW_WRITE_LIMIT:
        return uw_outgoing_too_long(instance, outgoing, size,
                                    outgoing->body->limit, "at most ", failure);
    default:
        *failure = (uw_failure_t) { .text = "out of memory" };
        return UW_IO_FAILED;
    }
}


/*
 * Bytes leave when the guest waits and at the end of its quantum, not by a flush:
 * to wait for them would cost a small answer a turn of the worker.
 */
static uw_io_t
uw_outgoing_flushed(uw_instance_t *instance, uw_resource_t *stream,
                    uw_failure_t *failure)
{
    uint64_t budget;

    return uw_outgoing_check(instance, stream, &budget, failure);
}


static bool
uw_outgoing_never_ready(uw_instance_t *instance, uw_resource_t *stream)
{
    const uw_outgoing_body_resource_t *outgoing = uw_as_output(stream)->object;

    (void) instance;

    return !outgoing->body->attached;
}


static const uw_output_ops_t uw_outgoing_ops = {
    .check = uw_outgoing_check,
    .write = uw_outgoing_write,
    .flushed = uw_outgoing_flushed,
    .never_ready = uw_outgoing_never_ready,
};


uw_step_t
uw_http_return_outgoing_body(uw_call_t *call, uw_outgoing_body_t *body,
                             bool is_request)
{
    uw_resource_t *resource = uw_make(call, &uw_http_outgoing_body_type, 0);

    if (resource == NULL) {
        return UW_TRAP;
    }
    uw_as_outgoing_body(resource)->body = uw_outgoing_body_hold(body);
    uw_as_outgoing_body(resource)->is_request = is_request;

    return uw_return_ok_handle(call, resource);
}


uw_step_t
uw_http_outgoing_body_write(uw_call_t *call, uw_resource_t *self)
{
    if (uw_as_outgoing_body(self)->stream_taken) {
        return uw_return_err(call, NULL);
    }
    uw_as_outgoing_body(self)->stream_taken = true;

    return uw_return_ok_handle(
        call, uw_output_stream(call, self->rep, &uw_outgoing_ops,
                               uw_as_outgoing_body(self)));
}


/* Takes over the trailers, NULL for none; false after uw_trap(). */
static bool
uw_take_trailers(uw_call_t *call, uw_resource_t *trailers,
                 uw_outgoing_body_t *body)
{
    uw_shared_fields_t *shared;
    bool moved;

    if (trailers == NULL) {
        return true;
    }

    shared = uw_http_take_fields(call, trailers);
    if (shared == NULL) {
        return false;
    }
    moved = uw_http_fields_move(&body->trailers, shared);
    uw_shared_fields_release(shared);
    body->has_trailers = moved;
    if (!moved) {
        (void) uw_trap(call, "out of memory");
    }

    return moved;
}


/* result<_, error-code> of a finish; the exchange takes note either way. */
static uw_step_t
uw_finish(uw_call_t *call, const uw_outgoing_body_resource_t *outgoing)
{
    uw_outgoing_body_t *body = outgoing->body;
    uw_failure_t failure;
    uw_val_t code;

    if (uw_outgoing_body_finish(body)) {
        uw_changed(call->instance, body);
        return uw_return_ok(call, NULL);
    }

    /* A body that was closed is short because the client has gone. */
    if (body->state == UW_OUTGOING_ABANDONED
        && uw_is_response(call->instance, body))
    {
        uw_http_failure(call->instance,
                        "the component finished a response body of %llu bytes "
                        "after %llu",
                        (unsigned long long) body->content_length,
                        (unsigned long long) body->written);
    }
    uw_changed(call->instance, body);
    uw_http_body_size(&failure, outgoing->is_request, body->written);
    code = uw_http_failure_code(call, &failure);

    return uw_return_err(call, &code);
}


uw_step_t
uw_http_outgoing_body_finish(uw_call_t *call, uw_resource_t *this,
                             uw_resource_t *trailers)
{
    uw_resource_t taken;
    uw_step_t step = UW_TRAP;

    if (!uw_http_take(call, this, &taken)) {
        return UW_TRAP;
    }

    if (uw_take_trailers(call, trailers, uw_as_outgoing_body(&taken)->body)) {
        step = uw_finish(call, uw_as_outgoing_body(&taken));
    }
    uw_resource_release(call->instance, &taken);

    return step;
}
