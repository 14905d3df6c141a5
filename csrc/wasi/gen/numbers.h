/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_NUMBERS_H
#define UW_WASI_GEN_NUMBERS_H

#include "guest/codec.h"

static inline bool
uw_read_bool(uw_call_t *call, const uw_val_t *val, bool *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_BOOL)) {
        return false;
    }
    *value = val->of.boolean;

    return true;
}

static inline bool
uw_read_u8(uw_call_t *call, const uw_val_t *val, uint8_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_U8)) {
        return false;
    }
    *value = val->of.u8;

    return true;
}

static inline bool
uw_read_u16(uw_call_t *call, const uw_val_t *val, uint16_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_U16)) {
        return false;
    }
    *value = val->of.u16;

    return true;
}

static inline bool
uw_read_u32(uw_call_t *call, const uw_val_t *val, uint32_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_U32)) {
        return false;
    }
    *value = val->of.u32;

    return true;
}

static inline bool
uw_read_u64(uw_call_t *call, const uw_val_t *val, uint64_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_U64)) {
        return false;
    }
    *value = val->of.u64;

    return true;
}

static inline bool
uw_read_s8(uw_call_t *call, const uw_val_t *val, int8_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_S8)) {
        return false;
    }
    *value = val->of.s8;

    return true;
}

static inline uw_val_t
uw_val_s8(int8_t value)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_S8, .of = { .s8 = value } };
}

static inline bool
uw_read_s16(uw_call_t *call, const uw_val_t *val, int16_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_S16)) {
        return false;
    }
    *value = val->of.s16;

    return true;
}

static inline uw_val_t
uw_val_s16(int16_t value)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_S16,
                        .of = { .s16 = value } };
}

static inline bool
uw_read_s32(uw_call_t *call, const uw_val_t *val, int32_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_S32)) {
        return false;
    }
    *value = val->of.s32;

    return true;
}

static inline uw_val_t
uw_val_s32(int32_t value)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_S32,
                        .of = { .s32 = value } };
}

static inline bool
uw_read_s64(uw_call_t *call, const uw_val_t *val, int64_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_S64)) {
        return false;
    }
    *value = val->of.s64;

    return true;
}

static inline uw_val_t
uw_val_s64(int64_t value)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_S64,
                        .of = { .s64 = value } };
}

static inline bool
uw_read_f32(uw_call_t *call, const uw_val_t *val, float *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_F32)) {
        return false;
    }
    *value = val->of.f32;

    return true;
}

static inline uw_val_t
uw_val_f32(float value)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_F32,
                        .of = { .f32 = value } };
}

static inline bool
uw_read_f64(uw_call_t *call, const uw_val_t *val, double *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_F64)) {
        return false;
    }
    *value = val->of.f64;

    return true;
}

static inline uw_val_t
uw_val_f64(double value)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_F64,
                        .of = { .f64 = value } };
}

static inline bool
uw_read_char(uw_call_t *call, const uw_val_t *val, uint32_t *value)
{
    if (!uw_read_kind(call, val, WASMTIME_COMPONENT_CHAR)) {
        return false;
    }
    *value = val->of.character;

    return true;
}

static inline uw_val_t
uw_val_char(uint32_t value)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_CHAR,
                        .of = { .character = value } };
}

#endif
