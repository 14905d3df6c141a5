#include "python/tests.h"

#include "base/escape.h"
#include "http/exchange.h"
