/* Exports docs:calculator/calculate, and imports what adds for it. */

#include <stdint.h>

enum { OP_ADD };

__attribute__((import_module("docs:adder/add@0.1.0"), import_name("add"))) uint32_t
add(uint32_t a, uint32_t b);

__attribute__((export_name("docs:calculator/calculate@0.1.0#eval-expression"))) uint32_t
eval_expression(uint32_t op, uint32_t x, uint32_t y)
{
    return op == OP_ADD ? add(x, y) : 0;
}
