/* A command that prints what it has calculated: it exports wasi:cli/run. */

#include <stddef.h>
#include <stdint.h>

enum { OP_ADD };

typedef struct {
    uint32_t kind;
    uint32_t error[2];
} result_t;

__attribute__((import_module("docs:calculator/calculate@0.1.0"), import_name("eval-expression")))
uint32_t
eval_expression(uint32_t op, uint32_t x, uint32_t y);

__attribute__((import_module("wasi:cli/stdout@0.2.0"), import_name("get-stdout"))) uint32_t
get_stdout(void);

__attribute__((import_module("wasi:io/streams@0.2.0"),
               import_name("[method]output-stream.blocking-write-and-flush"))) void
write_and_flush(uint32_t stream, const char *bytes, size_t size, result_t *result);

__attribute__((import_module("wasi:io/streams@0.2.0"),
               import_name("[resource-drop]output-stream"))) void
drop_stream(uint32_t stream);

__attribute__((export_name("wasi:cli/run@0.2.0#run"))) uint32_t
run(void)
{
    char line[24] = "result: ";
    char digits[10];
    size_t size = 8, count = 0;
    uint32_t number = eval_expression(OP_ADD, 1, 2);
    uint32_t stream = get_stdout();
    result_t result;

    do {
        digits[count++] = (char) ('0' + number % 10);
        number /= 10;
    } while (number != 0);

    while (count > 0) {
        line[size++] = digits[--count];
    }

    line[size++] = '\n';
    write_and_flush(stream, line, size, &result);
    drop_stream(stream);

    /* 0 is ok, 1 an error. */
    return (result.kind & 0xff) != 0;
}
