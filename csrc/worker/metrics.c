#include "worker/metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define UW_US UINT64_C(1000)
#define UW_MS UINT64_C(1000000)
#define UW_S UINT64_C(1000000000)

/*
 * Upper bounds, in nanoseconds.  A list that is looked through: it is shortest
 * for the exchanges that are.
 */
/* clang-format off */
static const uint64_t uw_time_bounds[UW_TIME_BUCKETS] = {
      1 * UW_US,   5 * UW_US / 2,   5 * UW_US,
     10 * UW_US,  25 * UW_US,      50 * UW_US,
    100 * UW_US, 250 * UW_US,     500 * UW_US,
      1 * UW_MS,   5 * UW_MS / 2,   5 * UW_MS,
     10 * UW_MS,  25 * UW_MS,      50 * UW_MS,
    100 * UW_MS, 250 * UW_MS,     500 * UW_MS,
      1 * UW_S,    5 * UW_S / 2,    5 * UW_S,
     10 * UW_S,   25 * UW_S,       50 * UW_S,
    100 * UW_S, UINT64_MAX
};

/* clang-format on */


uint64_t
uw_bucket_bound(size_t bucket)
{
    return bucket < UW_TIME_BUCKETS ? uw_time_bounds[bucket] : UINT64_MAX;
}


void
uw_histogram_add(uw_histogram_t *histogram, uint64_t nanoseconds)
{
    size_t bucket = 0;

    while (nanoseconds > uw_time_bounds[bucket]) {
        bucket++;
    }
    histogram->buckets[bucket]++;
    histogram->sum += nanoseconds;
}


/* ---- The text format of Prometheus ---- */

typedef struct {
    uw_buf_t text;
    bool failed; /* out of memory: what follows is dropped */
    uint32_t pid;
    const uw_metrics_view_t *view;
} uw_exposition_t;

typedef struct {
    const char *name;
    const char *type;
    const char *help;
    void (*write)(uw_exposition_t *out, const char *name);
} uw_family_t;

/* Longer than any name with a number here. */
#define UW_EXPOSITION_PIECE 128


static void __attribute__((format(printf, 2, 3)))
uw_expose(uw_exposition_t *out, const char *format, ...)
{
    char piece[UW_EXPOSITION_PIECE];
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(piece, sizeof(piece), format, args);
    va_end(args);

    if (size < 0 || (size_t) size >= sizeof(piece)
        || uw_buf_append(&out->text, piece, (size_t) size) != 0)
    {
        out->failed = true;
    }
}


/* The value of a label; an application may have any name. */
static void
uw_expose_escaped(uw_exposition_t *out, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '\n') {
            uw_expose(out, "\\n");
        } else if (*value == '"' || *value == '\\') {
            uw_expose(out, "\\%c", *value);
        } else {
            uw_expose(out, "%c", *value);
        }
    }
}


/* "NAMESUFFIX{application=...,LABEL="VALUE"} " with the value to follow. */
static void
uw_expose_sample(uw_exposition_t *out, const char *name, const char *suffix,
                 const char *label, const char *value)
{
    uw_expose(out, "%s%s{application=\"", name, suffix);
    uw_expose_escaped(out, out->view->application);
    uw_expose(out, "\"");
    if (out->pid != 0) {
        uw_expose(out, ",pid=\"%u\"", (unsigned) out->pid);
    }
    if (label != NULL) {
        uw_expose(out, ",%s=\"%s\"", label, value);
    }
    uw_expose(out, "} ");
}


static void
uw_expose_number(uw_exposition_t *out, const char *name, uint64_t number)
{
    uw_expose_sample(out, name, "", NULL, NULL);
    uw_expose(out, "%llu\n", (unsigned long long) number);
}


/* Nanoseconds as seconds, exactly, without zeros at the end. */
static void
uw_seconds_text(uint64_t nanoseconds, char *text, size_t size)
{
    int used = snprintf(text, size, "%llu.%09llu",
                        (unsigned long long) (nanoseconds / UW_S),
                        (unsigned long long) (nanoseconds % UW_S));

    while (used > 0 && text[used - 1] == '0') {
        text[--used] = '\0';
    }
    if (used > 0 && text[used - 1] == '.') {
        text[--used] = '\0';
    }
}


static void
uw_expose_histogram(uw_exposition_t *out, const char *name,
                    const uw_histogram_t *histogram)
{
    uint64_t count = 0;
    char bound[48];

    for (size_t i = 0; i < UW_TIME_BUCKETS; i++) {
        count += histogram->buckets[i];
        if (i == UW_TIME_BUCKETS - 1) {
            (void) snprintf(bound, sizeof(bound), "+Inf");
        } else {
            uw_seconds_text(uw_time_bounds[i], bound, sizeof(bound));
        }
        uw_expose_sample(out, name, "_bucket", "le", bound);
        uw_expose(out, "%llu\n", (unsigned long long) count);
    }

    uw_seconds_text(histogram->sum, bound, sizeof(bound));
    uw_expose_sample(out, name, "_sum", NULL, NULL);
    uw_expose(out, "%s\n", bound);
    uw_expose_sample(out, name, "_count", NULL, NULL);
    uw_expose(out, "%llu\n", (unsigned long long) count);
}


static void
uw_expose_requests(uw_exposition_t *out, const char *name)
{
    uw_expose_number(out, name, out->view->status->requests);
}


static void
uw_expose_responses(uw_exposition_t *out, const char *name)
{
    const uint64_t *statuses = out->view->metrics->statuses;
    char code[24];

    for (size_t i = 0; i < UW_STATUSES; i++) {
        if (statuses[i] != 0) {
            (void) snprintf(code, sizeof(code), "%zu", i);
            uw_expose_sample(out, name, "", "code", code);
            uw_expose(out, "%llu\n", (unsigned long long) statuses[i]);
        }
    }
}


static void
uw_expose_ends(uw_exposition_t *out, const char *name)
{
    for (size_t i = 0; i < UW_ENDS; i++) {
        uw_expose_sample(out, name, "", "end", uw_end_name(i));
        uw_expose(out, "%llu\n",
                  (unsigned long long) out->view->metrics->ends[i]);
    }
}


static void
uw_expose_in_flight(uw_exposition_t *out, const char *name)
{
    uw_expose_number(out, name, out->view->status->in_flight);
}


static void
uw_expose_limit(uw_exposition_t *out, const char *name)
{
    uw_expose_number(out, name, out->view->limit);
}


static void
uw_expose_queued(uw_exposition_t *out, const char *name)
{
    uw_expose_number(out, name, out->view->status->queued);
}


static void
uw_expose_pooled(uw_exposition_t *out, const char *name)
{
    uw_expose_number(out, name, out->view->status->pooled);
}


static void
uw_expose_cached(uw_exposition_t *out, const char *name)
{
    uw_expose_number(out, name, out->view->cached);
}


static void
uw_expose_duration(uw_exposition_t *out, const char *name)
{
    uw_expose_histogram(out, name, &out->view->metrics->duration);
}


static void
uw_expose_cpu(uw_exposition_t *out, const char *name)
{
    uw_expose_histogram(out, name, &out->view->metrics->cpu);
}


static void
uw_expose_instantiation(uw_exposition_t *out, const char *name)
{
    uw_expose_histogram(out, name, &out->view->metrics->instantiation);
}


static const uw_family_t uw_families[] = {
    { "unit_wasm_requests_total", "counter", "Requests that were accepted.",
      uw_expose_requests },
    { "unit_wasm_responses_total", "counter",
      "Responses that were begun, by status.", uw_expose_responses },
    { "unit_wasm_exchanges_ended_total", "counter",
      "Exchanges that are over, by how they ended.", uw_expose_ends },
    { "unit_wasm_exchanges_in_flight", "gauge",
      "Exchanges that have an instance now.", uw_expose_in_flight },
    { "unit_wasm_exchanges_limit", "gauge",
      "Exchanges that may be in flight at once.", uw_expose_limit },
    { "unit_wasm_exchanges_queued", "gauge",
      "Requests that wait for a free slot now.", uw_expose_queued },
    { "unit_wasm_pool_in_use", "gauge",
      "Whether instances are taken from a pool.", uw_expose_pooled },
    { "unit_wasm_component_cached", "gauge",
      "Whether the component was found compiled in the cache.",
      uw_expose_cached },
    { "unit_wasm_exchange_duration_seconds", "histogram",
      "Time from the arrival of a request to the end of its instance.",
      uw_expose_duration },
    { "unit_wasm_exchange_cpu_seconds", "histogram",
      "Processor time of an instance, its instantiation included.",
      uw_expose_cpu },
    { "unit_wasm_instantiation_seconds", "histogram",
      "Time to make an instance.", uw_expose_instantiation },
};


char *
uw_metrics_text(const uw_metrics_view_t *views, size_t count, uint32_t pid,
                size_t *size)
{
    uw_exposition_t out = { .pid = pid };

    for (size_t i = 0; i < sizeof(uw_families) / sizeof(uw_families[0]); i++) {
        const uw_family_t *family = &uw_families[i];

        uw_expose(&out, "# HELP %s %s\n", family->name, family->help);
        uw_expose(&out, "# TYPE %s %s\n", family->name, family->type);
        for (size_t j = 0; j < count; j++) {
            out.view = &views[j];
            family->write(&out, family->name);
        }
    }

    if (out.failed) {
        uw_buf_free(&out.text);
        return NULL;
    }
    *size = uw_buf_size(&out.text);

    /* Nothing was consumed: the text begins where the memory does. */
    return (char *) out.text.data;
}


void
uw_metrics_text_delete(char *text)
{
    free(text);
}
