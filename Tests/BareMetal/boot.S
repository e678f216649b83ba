// From what GRUB leaves (32-bit protected mode, interrupts off) to 64-bit mode with all vector registers; then
// to main() in loader.c. Everything runs in ring 0, with memory mapped to itself.

// MARK: - Multiboot 1

  .section .text
  .balign 4
multiboot:
  .long 0x1badb002, 0, -0x1badb002

  .code32
  .globl _start
_start:
  mov $stack_top, %esp
  mov %ebx, %esi  // what GRUB tells, for later

  // The first 4 GB in pages of 2 MB, each mapped to itself.
  xor %ecx, %ecx
1:
  mov %ecx, %eax
  shl $21, %eax
  or $0x83, %eax  // present, writable, large
  mov %eax, page_directories(, %ecx, 8)
  inc %ecx
  cmp $2048, %ecx
  jne 1b
  mov $page_directories + 3, %eax
  mov %eax, page_pointers
  add $4096, %eax
  mov %eax, page_pointers + 8
  add $4096, %eax
  mov %eax, page_pointers + 16
  add $4096, %eax
  mov %eax, page_pointers + 24
  movl $page_pointers + 3, page_map

  mov %cr4, %eax
  or $0x620, %eax  // PAE, OSFXSR, OSXMMEXCPT
  mov %eax, %cr4
  mov $page_map, %eax
  mov %eax, %cr3
  mov $0xc0000080, %ecx  // EFER: SCE, LME
  rdmsr
  or $0x101, %eax
  wrmsr
  mov %cr0, %eax
  and $~4, %eax  // not EM
  or $0x80010022, %eax  // PG, WP, NE, MP
  mov %eax, %cr0
  lgdt gdt_register
  ljmp $8, $long_mode

// MARK: - 64-bit mode

  .code64
long_mode:
  mov $16, %eax
  mov %eax, %ds
  mov %eax, %es
  mov %eax, %ss
  mov $stack_top, %rsp
  mov %esi, %edi
  call main  // does not return

  // Loads the task register, and switches AVX and AVX-512 on.
  .globl enable_vectors
enable_vectors:
  mov $24, %eax
  ltr %ax
  mov %cr4, %rax
  or $0x40000, %eax  // OSXSAVE
  mov %rax, %cr4
  xor %ecx, %ecx
  xor %edx, %edx
  mov $0xe7, %eax  // x87, SSE, AVX, masks, both parts of zmm
  xsetbv
  ret

  // start_program(entry, stack)
  .globl start_program
start_program:
  mov %rsi, %rsp
  xor %edx, %edx
  xor %ebp, %ebp
  jmp *%rdi

  // SYSCALL comes here, from ring 0 too. Below the stack pointer of the program are 128 bytes that it may use, so
  // the stack is another. The program keeps all registers but rax, rcx and r11.
  .globl syscall_entry
syscall_entry:
  mov %rsp, program_stack
  mov $stack_top, %rsp
  push %rcx
  push %r9
  push %r8
  push %r10
  push %rdx
  push %rsi
  push %rdi
  mov %rax, %rdi
  mov %rsp, %rsi
  sub $8, %rsp
  call system_call
  add $8, %rsp
  pop %rdi
  pop %rsi
  pop %rdx
  pop %r10
  pop %r8
  pop %r9
  pop %rcx
  mov program_stack, %rsp
  jmp *%rcx

  // Exceptions: the processor pushes an error code for some, for the others we push 0. They have a stack of their own
  // (TSS, IST1), because of the bytes below the stack pointer. Registers go to memory and come back from there.
  .globl exception_entries
  .balign 16
exception_entries:
  .set vector, 0
  .rept 32
  .balign 16
  .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21)
  push $0
  .endif
  push $vector
  jmp exception_common
  .set vector, vector + 1
  .endr

  .altmacro
  .macro for_registers first, last, macro
  .set n, \first
  .rept \last - \first + 1
  \macro %n
  .set n, n + 1
  .endr
  .endm
  .macro save_vector n
  vmovdqu64 %zmm\n, saved_vectors + 64 * \n
  .endm
  .macro restore_vector n
  vmovdqu64 saved_vectors + 64 * \n, %zmm\n
  .endm
  .macro save_mask n
  kmovq %k\n, saved_masks + 8 * \n
  .endm
  .macro restore_mask n
  kmovq saved_masks + 8 * \n, %k\n
  .endm

exception_common:
  .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rsp, rbx, rdx, rcx, rax
  push %\register
  .endr
  cld
  cmpq $6, 128(%rsp)
  jne 1f
  for_registers 0, 31, save_vector
  for_registers 0, 7, save_mask
1:
  mov %rsp, %rdi
  sub $8, %rsp
  call exception  // returns only if the instruction was carried out
  add $8, %rsp
  for_registers 0, 31, restore_vector
  for_registers 0, 7, restore_mask
  .irp register, rax, rcx, rdx, rbx, rbp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
  pop %\register
  .endr
  add $16, %rsp
  iretq

// MARK: - Data

  .data
  .globl gdt
  .balign 8
gdt:
  .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
  .quad 0x0000890000000067, 0  // the TSS; main() adds its address
gdt_register:
  .word 39
  .long gdt, 0

  .bss
  .balign 4096
  .globl page_directories
page_directories:
  .skip 4 * 4096
page_pointers:
  .skip 4096
page_map:
  .skip 4096
  .globl saved_vectors, saved_masks, exception_stack
saved_vectors:
  .skip 32 * 64
saved_masks:
  .skip 8 * 8
  .skip 16384
exception_stack:
  .skip 32768
stack_top:
program_stack:
  .skip 8

  .section .note.GNU-stack, "", @progbits
