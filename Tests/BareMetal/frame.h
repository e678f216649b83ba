// What an exception leaves, and what is done about one of them.

#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

/// What is on the stack: registers in the order of their numbers (that of rsp is not the program's), what tells
/// exceptions apart, and what the processor pushed.
typedef struct {
  uint64_t general[16], vector, code, instruction, segment, flags, stack;
} frame;

/// Bochs up to 3.0 takes the instructions vpgatherqq and vpscatterqq for undefined if their index register is one of
/// zmm16 ... zmm31: it counts the bit V' of the prefix among those that must not be used. Carries out such an
/// instruction, and returns 0 if it was another.
int carry_out_gather(frame *f);

/// How many those were.
extern uint64_t gathers_carried_out;

#endif
