#pragma once
#if defined(__has_include) && !__has_include(<gmp.h>)
#error "GMP headers are missing. Run 'make setup', or: apt-get install libgmp-dev (Debian, Ubuntu), brew install gmp (macOS)"
#else
#include <gmp.h>
#endif
