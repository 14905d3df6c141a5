#include "http/error_code.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* In the order of the WIT. */
static const uw_error_case_t uw_error_cases[] = {
    { "DNS-timeout", UW_PAYLOAD_NONE },
    { "DNS-error", UW_PAYLOAD_DNS },
    { "destination-not-found", UW_PAYLOAD_NONE },
    { "destination-unavailable", UW_PAYLOAD_NONE },
    { "destination-IP-prohibited", UW_PAYLOAD_NONE },
    { "destination-IP-unroutable", UW_PAYLOAD_NONE },
    { "connection-refused", UW_PAYLOAD_NONE },
    { "connection-terminated", UW_PAYLOAD_NONE },
    { "connection-timeout", UW_PAYLOAD_NONE },
    { "connection-read-timeout", UW_PAYLOAD_NONE },
    { "connection-write-timeout", UW_PAYLOAD_NONE },
    { "connection-limit-reached", UW_PAYLOAD_NONE },
    { "TLS-protocol-error", UW_PAYLOAD_NONE },
    { "TLS-certificate-error", UW_PAYLOAD_NONE },
    { "TLS-alert-received", UW_PAYLOAD_ALERT },
    { "HTTP-request-denied", UW_PAYLOAD_NONE },
    { "HTTP-request-length-required", UW_PAYLOAD_NONE },
    { "HTTP-request-body-size", UW_PAYLOAD_BODY_SIZE },
    { "HTTP-request-method-invalid", UW_PAYLOAD_NONE },
    { "HTTP-request-URI-invalid", UW_PAYLOAD_NONE },
    { "HTTP-request-URI-too-long", UW_PAYLOAD_NONE },
    { "HTTP-request-header-section-size", UW_PAYLOAD_SECTION_SIZE },
    { "HTTP-request-header-size", UW_PAYLOAD_OPTION_FIELD },
    { "HTTP-request-trailer-section-size", UW_PAYLOAD_SECTION_SIZE },
    { "HTTP-request-trailer-size", UW_PAYLOAD_FIELD },
    { "HTTP-response-incomplete", UW_PAYLOAD_NONE },
    { "HTTP-response-header-section-size", UW_PAYLOAD_SECTION_SIZE },
    { "HTTP-response-header-size", UW_PAYLOAD_FIELD },
    { "HTTP-response-body-size", UW_PAYLOAD_BODY_SIZE },
    { "HTTP-response-trailer-section-size", UW_PAYLOAD_SECTION_SIZE },
    { "HTTP-response-trailer-size", UW_PAYLOAD_FIELD },
    { "HTTP-response-transfer-coding", UW_PAYLOAD_TEXT },
    { "HTTP-response-content-coding", UW_PAYLOAD_TEXT },
    { "HTTP-response-timeout", UW_PAYLOAD_NONE },
    { "HTTP-upgrade-failed", UW_PAYLOAD_NONE },
    { "HTTP-protocol-error", UW_PAYLOAD_NONE },
    { "loop-detected", UW_PAYLOAD_NONE },
    { "configuration-error", UW_PAYLOAD_NONE },
    { "internal-error", UW_PAYLOAD_TEXT },
};


/* The case of that name, or NULL. */
static const uw_error_case_t *
uw_error_case(const char *name)
{
    size_t count = sizeof(uw_error_cases) / sizeof(uw_error_cases[0]);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(uw_error_cases[i].name, name) == 0) {
            return &uw_error_cases[i];
        }
    }

    return NULL;
}


/* Copies a text that a guest may see: UTF-8, cut between characters. */
static void
uw_copy_text(char *to, size_t to_size, const char *from)
{
    size_t size = strnlen(from, to_size - 1);

    memcpy(to, from, size);

    for (size_t cut = 0; cut < 4 && cut <= size; cut++) {
        if (uw_utf8_valid((const uint8_t *) to, size - cut)) {
            to[size - cut] = '\0';
            return;
        }
    }

    for (size_t i = 0; i < size; i++) {
        if ((uint8_t) to[i] >= 0x80) {
            to[i] = '?';
        }
    }
    to[size] = '\0';
}


void
uw_failure_set(uw_failure_t *failure, const char *name, const char *text)
{
    *failure = (uw_failure_t) { .code = uw_error_case(name) };

    if (failure->code == NULL) {
        failure->code = uw_error_case("internal-error");
        text = text[0] == '\0' ? name : text;
    }
    uw_copy_text(failure->text, sizeof(failure->text), text);
}


uint32_t
uw_failure_case(const uw_failure_t *failure)
{
    return (uint32_t) (failure->code - uw_error_cases);
}


void
uw_failure_set_number(uw_failure_t *failure, uint64_t number)
{
    uint64_t most;

    switch (failure->code->payload) {
    case UW_PAYLOAD_DNS:
        most = UINT16_MAX;
        break;
    case UW_PAYLOAD_ALERT:
        most = UINT8_MAX;
        break;
    case UW_PAYLOAD_BODY_SIZE:
        most = UINT64_MAX;
        break;
    case UW_PAYLOAD_SECTION_SIZE:
    case UW_PAYLOAD_FIELD:
    case UW_PAYLOAD_OPTION_FIELD:
        most = UINT32_MAX;
        break;
    default:
        return;
    }

    failure->has_number = number <= most;
    failure->number = number;
}


void
uw_failure_describe(const uw_failure_t *failure, char *text, size_t size)
{
    char number[32] = "";

    if (failure->code == NULL) {
        (void) snprintf(text, size, "%s", failure->text);
        return;
    }

    if (failure->has_number) {
        (void) snprintf(number, sizeof(number), "(%llu)",
                        (unsigned long long) failure->number);
    }
    (void) snprintf(text, size, "%s%s%s%s", failure->code->name, number,
                    failure->text[0] == '\0' ? "" : ": ", failure->text);
}
