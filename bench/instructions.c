/*
 * A worker alone for tools that count: the exchanges of csrc/python/loopback.c, as many
 * as are asked for, and nothing else.  No Python, which would count too.
 *
 *     instructions SETTINGS METHOD PATH BODY_SIZE BODY_BYTE COUNT...
 *
 * SETTINGS is a file as csrc/base/settings_text.h reads it; each byte of the request's body
 * is the number BODY_BYTE.  The exchanges of each COUNT run one after the other,
 * in the same worker; their median is printed in nanoseconds.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/settings_text.h"
#include "python/loopback.h"
#include "worker/worker.h"


static uint8_t *
uw_count_read(const char *path, size_t *size)
{
    static uint8_t text[1 << 16];
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        perror(path);
        return NULL;
    }
    *size = fread(text, 1, sizeof(text), file);
    (void) fclose(file);

    return text;
}


/* Runs `count` exchanges; every one of them has to succeed. */
static int
uw_count_run(uw_worker_t *worker, char *const *request, uint64_t count)
{
    size_t body_size = strtoul(request[2], NULL, 10);
    uint8_t *body = calloc(1, body_size + 1);
    uw_loopback_result_t result;
    int status;

    if (body == NULL) {
        perror("instructions");
        return -1;
    }
    memset(body, atoi(request[3]), body_size);
    status = uw_loopback_run(worker, request[0], request[1], body, body_size,
                             count, 1, &result);
    free(body);

    if (status != 0 || result.exchanges != count) {
        (void) fprintf(stderr, "%llu of %llu exchanges succeeded\n",
                       (unsigned long long) result.exchanges,
                       (unsigned long long) count);
        return -1;
    }
    (void) printf("%llu\n", (unsigned long long) result.median);

    return 0;
}


int
main(int argc, char **argv)
{
    char error[1024];
    uw_settings_text_t settings;
    uw_worker_status_t pool;
    uw_worker_t *worker;
    uint8_t *text;
    size_t size;
    int status = 0;

    if (argc < 7) {
        (void) fprintf(stderr,
                       "usage: %s SETTINGS METHOD PATH BODY_SIZE BODY_BYTE "
                       "COUNT...\n",
                       argv[0]);
        return 2;
    }
    text = uw_count_read(argv[1], &size);
    if (text == NULL) {
        return 1;
    }
    if (uw_settings_parse(&settings, text, size, error, sizeof(error)) != 0) {
        (void) fprintf(stderr, "%s\n", error);
        return 1;
    }
    worker = uw_worker_new(&settings.settings, error, sizeof(error));
    if (worker == NULL) {
        (void) fprintf(stderr, "%s\n", error);
        uw_settings_text_free(&settings);
        return 1;
    }

    uw_worker_status(worker, &pool);
    if (settings.settings.pooling && !pool.pooled) {
        (void) fprintf(stderr, "no address space for the pool\n");
        status = -1;
    }

    for (int i = 6; i < argc && status == 0; i++) {
        status = uw_count_run(worker, argv + 2, strtoull(argv[i], NULL, 10));
    }

    uw_worker_delete(worker);
    uw_settings_text_free(&settings);

    return status == 0 ? 0 : 1;
}
