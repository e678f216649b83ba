#pragma once
#if defined(__has_include) && !__has_include(<sodium.h>)
#error "libsodium headers are missing. Run 'make setup', or: apt-get install libsodium-dev (Debian, Ubuntu), brew install libsodium (macOS)"
#else
#include <sodium.h>
#endif
