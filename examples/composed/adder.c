/* Exports docs:adder/add, which world.wit describes. */

#include <stdint.h>

__attribute__((export_name("docs:adder/add@0.1.0#add"))) uint32_t
add(uint32_t a, uint32_t b)
{
    return a + b;
}
