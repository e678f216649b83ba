// What the parts of the loader share.

#ifndef LOADER_H
#define LOADER_H

#include <stddef.h>
#include <stdint.h>

// Errors of system calls, as Linux numbers them.
enum { ENOENT = 2, EBADF = 9, ENOMEM = 12, EINVAL = 22, ENOTTY = 25, EROFS = 30, ENOSYS = 38, EAFNOSUPPORT = 97 };

// MARK: - Files

/// A file that was loaded beside the program, under the name that the program opens it by. Returns 0 if there are too many.
int add_file(const char *name, const uint8_t *bytes, uint64_t size);

int64_t file_open(const char *path, uint64_t flags);
int64_t file_close(uint64_t descriptor);
int64_t file_read(uint64_t descriptor, uint8_t *bytes, uint64_t n);
int64_t file_seek(uint64_t descriptor, int64_t offset, uint64_t whence);
/// Fills in a `struct stat`: descriptors 0, 1 and 2 are a terminal.
int64_t file_status(uint64_t descriptor, uint8_t *status);
int64_t path_status(const char *path, uint8_t *status);

// MARK: - Gathers

/// What is on the stack after an exception: registers in the order of their numbers (that of rsp is not the program's),
/// what tells exceptions apart, and what the processor pushed.
typedef struct {
  uint64_t general[16], vector, code, instruction, segment, flags, stack;
} frame;

/// Bochs 2.7 takes the instructions vpgatherqq and vpscatterqq for undefined if their index register is one of
/// zmm16 ... zmm31: it counts the bit V' of the prefix among those that must not be used. (So do the sources of 3.0.)
/// Carries out such an instruction, and returns 0 if it was another.
int carry_out_gather(frame *f);

/// How many those were.
extern uint64_t gathers_carried_out;

#endif
