/*
 * The double's version of Unit's nxt_main.h: only what csrc/nxt_shim.c uses.
 * Names and types are Unit's; tests/unitd/test_module_headers.py compares them
 * with the headers of a real tree.
 */

#ifndef DOUBLE_NXT_MAIN_H
#define DOUBLE_NXT_MAIN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Unit's headers bring these too; the module relies on it. */
#include <stdbool.h>
#include <string.h>

#define NXT_VERNUM 13500
#define NXT_DEBUG 0

#define NXT_OK 0
#define NXT_ERROR (-1)
#define NXT_AGAIN (-2)

#define NXT_EXPORT __attribute__((visibility("default")))

#if defined(__amd64__)
typedef int nxt_int_t;
typedef u_int nxt_uint_t;
#else
typedef intptr_t nxt_int_t;
typedef uintptr_t nxt_uint_t;
#endif

typedef struct {
    size_t length;
    u_char *start;
} nxt_str_t;

#define nxt_length(text) (sizeof(text) - 1)
#define nxt_string(text) { nxt_length(text), (u_char *) (text) }

typedef struct nxt_task_s nxt_task_t;
typedef struct nxt_process_s nxt_process_t;
typedef struct nxt_common_app_conf_s nxt_common_app_conf_t;

typedef union {
    nxt_common_app_conf_t *app;
} nxt_process_data_t;

typedef nxt_int_t (*nxt_process_start_t)(nxt_task_t *task,
                                         nxt_process_data_t *data);

enum nxt_fs_type_s {
    NXT_FS_UNKNOWN,
    NXT_FS_BIND,
    NXT_FS_TMP,
    NXT_FS_PROC,
    NXT_FS_LAST
};

enum nxt_fs_flags_s {
    NXT_FS_FLAGS_NOSUID = 1,
    NXT_FS_FLAGS_NOEXEC = 2,
    NXT_FS_FLAGS_NOTIME = 4,
    NXT_FS_FLAGS_NODEV = 8,
    NXT_FS_FLAGS_RDONLY = 16
};

typedef enum nxt_fs_type_s nxt_fs_type_t;
typedef enum nxt_fs_flags_s nxt_fs_flags_t;

typedef struct nxt_fs_mount_s {
    u_char *src;
    u_char *dst;
    nxt_fs_type_t type;
    u_char *name;
    nxt_fs_flags_t flags;
    u_char *data;
    nxt_uint_t builtin;
    nxt_uint_t deps;
} nxt_fs_mount_t;

/* Unit's own format, which is not printf's: only %s, %d and %V are known. */
#define nxt_alert(task, ...) double_nxt_log(task, "alert", __VA_ARGS__)
#define nxt_log(task, level, ...) double_nxt_log(task, level, __VA_ARGS__)
#define NXT_LOG_ALERT "alert"
#define NXT_LOG_ERR "error"
#define NXT_LOG_WARN "warn"
#define NXT_LOG_NOTICE "notice"
#define NXT_LOG_INFO "info"

void double_nxt_log(nxt_task_t *task, const char *level, const char *format,
                    ...);

#include "double_hooks.h"

#endif /* DOUBLE_NXT_MAIN_H */
