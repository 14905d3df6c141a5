/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_IO_H
#define UW_WASI_GEN_IO_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"

typedef enum {
    UW_IO_STREAM_ERROR_LAST_OPERATION_FAILED,
    UW_IO_STREAM_ERROR_CLOSED,
} uw_io_stream_error_tag_t;

typedef struct {
    uw_io_stream_error_tag_t tag;
    union {
        uw_resource_t *last_operation_failed;
    } of;
} uw_io_stream_error_t;

extern const char *const uw_io_stream_error_names[2];

bool uw_make_io_stream_error(uw_call_t *call, const uw_io_stream_error_t *value,
                             uw_val_t *val);

extern const uw_resource_type_t uw_io_error_type;
extern const uw_resource_type_t uw_io_pollable_type;
extern const uw_resource_type_t uw_io_input_stream_type;
void uw_io_input_stream_drop(uw_instance_t *instance, uw_resource_t *resource);
extern const uw_resource_type_t uw_io_output_stream_type;
void uw_io_output_stream_drop(uw_instance_t *instance, uw_resource_t *resource);

/* [method]error.to-debug-string(self: borrow<error>) -> string */
uw_step_t uw_io_error_to_debug_string(uw_call_t *call, uw_resource_t *self);

/* [method]pollable.ready(self: borrow<pollable>) -> bool */
uw_step_t uw_io_pollable_ready(uw_call_t *call, uw_resource_t *self);

/* [method]pollable.block(self: borrow<pollable>) */
uw_step_t uw_io_pollable_block(uw_call_t *call, uw_resource_t *self);

/* poll(in: list<borrow<pollable>>) -> list<u32> */
uw_step_t uw_io_poll(uw_call_t *call, const uw_val_t *in);

/* [method]input-stream.read(self: borrow<input-stream>, len: u64) -> result<list<u8>, stream-error> */
uw_step_t uw_io_input_stream_read(uw_call_t *call, uw_resource_t *self,
                                  uint64_t len);

/* [method]input-stream.blocking-read(self: borrow<input-stream>, len: u64) -> result<list<u8>, stream-error> */
uw_step_t uw_io_input_stream_blocking_read(uw_call_t *call, uw_resource_t *self,
                                           uint64_t len);

/* [method]input-stream.skip(self: borrow<input-stream>, len: u64) -> result<u64, stream-error> */
uw_step_t uw_io_input_stream_skip(uw_call_t *call, uw_resource_t *self,
                                  uint64_t len);

/* [method]input-stream.blocking-skip(self: borrow<input-stream>, len: u64) -> result<u64, stream-error> */
uw_step_t uw_io_input_stream_blocking_skip(uw_call_t *call, uw_resource_t *self,
                                           uint64_t len);

/* [method]input-stream.subscribe(self: borrow<input-stream>) -> pollable */
uw_step_t uw_io_input_stream_subscribe(uw_call_t *call, uw_resource_t *self);

/* [method]output-stream.check-write(self: borrow<output-stream>) -> result<u64, stream-error> */
uw_step_t uw_io_output_stream_check_write(uw_call_t *call, uw_resource_t *self);

/* [method]output-stream.write(self: borrow<output-stream>, contents: list<u8>) -> result<_, stream-error> */
uw_step_t uw_io_output_stream_write(uw_call_t *call, uw_resource_t *self,
                                    uw_slice_t contents);

/* [method]output-stream.blocking-write-and-flush(self: borrow<output-stream>, contents: list<u8>) -> result<_, stream-error> */
uw_step_t uw_io_output_stream_blocking_write_and_flush(uw_call_t *call,
                                                       uw_resource_t *self,
                                                       uw_slice_t contents);

/* [method]output-stream.flush(self: borrow<output-stream>) -> result<_, stream-error> */
uw_step_t uw_io_output_stream_flush(uw_call_t *call, uw_resource_t *self);

/* [method]output-stream.blocking-flush(self: borrow<output-stream>) -> result<_, stream-error> */
uw_step_t uw_io_output_stream_blocking_flush(uw_call_t *call,
                                             uw_resource_t *self);

/* [method]output-stream.subscribe(self: borrow<output-stream>) -> pollable */
uw_step_t uw_io_output_stream_subscribe(uw_call_t *call, uw_resource_t *self);

/* [method]output-stream.write-zeroes(self: borrow<output-stream>, len: u64) -> result<_, stream-error> */
uw_step_t uw_io_output_stream_write_zeroes(uw_call_t *call, uw_resource_t *self,
                                           uint64_t len);

/* [method]output-stream.blocking-write-zeroes-and-flush(self: borrow<output-stream>, len: u64) -> result<_, stream-error> */
uw_step_t uw_io_output_stream_blocking_write_zeroes_and_flush(
    uw_call_t *call, uw_resource_t *self, uint64_t len);

/* [method]output-stream.splice(self: borrow<output-stream>, src: borrow<input-stream>, len: u64) -> result<u64, stream-error> */
uw_step_t uw_io_output_stream_splice(uw_call_t *call, uw_resource_t *self,
                                     uw_resource_t *src, uint64_t len);

/* [method]output-stream.blocking-splice(self: borrow<output-stream>, src: borrow<input-stream>, len: u64) -> result<u64, stream-error> */
uw_step_t uw_io_output_stream_blocking_splice(uw_call_t *call,
                                              uw_resource_t *self,
                                              uw_resource_t *src, uint64_t len);

extern const uw_host_interface_t uw_io_interfaces[];

#endif /* UW_WASI_GEN_IO_H */
