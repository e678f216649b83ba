#pragma once
#if defined(__has_include) && !__has_include(<zlib.h>)
#error "zlib headers are missing. Run 'make setup', or: apt-get install zlib1g-dev (Debian, Ubuntu), brew install zlib (macOS)"
#else
#include <zlib.h>
#endif
