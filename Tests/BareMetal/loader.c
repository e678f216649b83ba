// Runs one ordinary, statically linked Linux executable for x86-64 without Linux: as the only program of a machine, in
// ring 0, on one processor, with the few system calls that such an executable makes when it computes and prints.
// What it prints goes to the first serial port, then a line with its exit status, and Bochs is told to stop.
//
// For emulators that know more instructions than this machine but are too slow, or too incomplete, for a whole system.
// No memory is protected but the first 2 MB, nothing is random, and no time passes.

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

// Where things are; the machine has 512 MB. The loader is linked to 2 MB, programs to 4 MB by default.
#define PROGRAM_FILE 0x02000000
#define BREAK_START 0x04000000
#define MAPPINGS_START 0x08000000
#define STACK_END 0x1fff0000
#define STACK_SIZE (8 << 20)

void *memset(void *p, int value, size_t n) {
  void *start = p;
  __asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(value) : "memory");
  return start;
}

void *memmove(void *to, const void *from, size_t n) {
  char *a = to;
  const char *b = from;
  if (a < b) __asm__ volatile("rep movsb" : "+D"(a), "+S"(b), "+c"(n) : : "memory");
  else
    while (n--) a[n] = b[n];
  return to;
}

void *memcpy(void *to, const void *from, size_t n) { return memmove(to, from, n); }

// MARK: - Ports

static void out(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static uint8_t in(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

static void print_character(char c) {
  while (!(in(0x3f8 + 5) & 0x20));
  out(0x3f8, (uint8_t)c);
}

static void print(const char *text) {
  while (*text) print_character(*text++);
}

static void print_number(uint64_t x, unsigned base) {
  char digits[21];
  int n = 0;
  do digits[n++] = "0123456789abcdef"[x % base];
  while (x /= base);
  while (n) print_character(digits[--n]);
}

static void print_hexadecimal(const char *name, uint64_t x) {
  print(name);
  print_number(x, 16);
}

static _Noreturn void stop(uint64_t status) {
  print("exit status ");
  print_number(status, 10);
  print("\n");
  while (!(in(0x3f8 + 5) & 0x40));
  // Bochs ends when it reads this.
  for (const char *c = "Shutdown"; *c; c++) out(0x8900, (uint8_t)*c);
  for (;;) __asm__ volatile("cli; hlt");
}

static void require(int condition, const char *what) {
  if (condition) return;
  print("loader: ");
  print(what);
  print("\n");
  stop(126);
}

// MARK: - The processor

void enable_vectors(void);
void syscall_entry(void);
_Noreturn void start_program(uint64_t entry, uint64_t stack);
extern char exception_entries[], exception_stack[];
extern uint64_t gdt[], page_directories[];

static void write_register(uint32_t number, uint64_t value) {
  __asm__ volatile("wrmsr" : : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

void exception(frame *f) {
  if (f->vector == 6 && carry_out_gather(f)) return;
  uint64_t address;
  __asm__ volatile("mov %%cr2, %0" : "=r"(address));
  print("exception ");
  print_number(f->vector, 10);
  print_hexadecimal(", error code 0x", f->code);
  print_hexadecimal(", at 0x", f->instruction);
  print_hexadecimal(", stack 0x", f->stack);
  if (f->vector == 14) print_hexadecimal(", address 0x", address);
  print("\n");
  stop(127);
}

static void catch_exceptions(void) {
  static uint32_t task[26];
  const uint64_t stack = (uint64_t)exception_stack, base = (uint64_t)task;
  task[9] = (uint32_t)stack;  // IST1
  gdt[3] |= (base & 0xffffff) << 16 | (base >> 24) << 56;
  static struct {
    uint16_t low, segment, type, middle;
    uint32_t high, unused;
  } table[32];
  for (int k = 0; k < 32; k++) {
    const uint64_t entry = (uint64_t)exception_entries + 16 * (uint64_t)k;
    table[k].low = (uint16_t)entry;
    table[k].segment = 8;
    table[k].type = 0x8e01;  // present, interrupt gate, IST1
    table[k].middle = (uint16_t)(entry >> 16);
    table[k].high = (uint32_t)(entry >> 32);
  }
  const struct __attribute__((packed)) {
    uint16_t size;
    uint64_t base;
  } table_register = {sizeof table - 1, (uint64_t)table};
  __asm__ volatile("lidt %0" : : "m"(table_register));
}

// MARK: - System calls

enum {
  SYS_WRITE = 1, SYS_FSTAT = 5, SYS_MMAP = 9, SYS_MPROTECT = 10, SYS_MUNMAP = 11, SYS_BRK = 12, SYS_SIGACTION = 13,
  SYS_SIGPROCMASK = 14, SYS_IOCTL = 16, SYS_WRITEV = 20, SYS_MADVISE = 28, SYS_GETPID = 39, SYS_EXIT = 60,
  SYS_READLINK = 89, SYS_MLOCK = 149, SYS_MUNLOCK = 150, SYS_ARCH_PRCTL = 158, SYS_GETTID = 186, SYS_GETAFFINITY = 204,
  SYS_SET_TID_ADDRESS = 218, SYS_EXIT_GROUP = 231, SYS_TGKILL = 234, SYS_OPENAT = 257, SYS_FSTATAT = 262,
  SYS_SET_ROBUST_LIST = 273, SYS_PRLIMIT = 302, SYS_GETRANDOM = 318, SYS_RSEQ = 334
};
enum { ENOENT = 2, ENOMEM = 12, EINVAL = 22, ENOTTY = 25, ENOSYS = 38 };

static int64_t write_bytes(const char *bytes, uint64_t n) {
  for (uint64_t i = 0; i < n; i++) print_character(bytes[i]);
  return (int64_t)n;
}

/// struct stat of a character device.
static int64_t describe_terminal(uint8_t *status) {
  memset(status, 0, 144);
  status[25] = 0x20;
  return 0;
}

/// Memory is given out from the bottom up and taken back only from the top.
static int64_t map_memory(uint64_t size) {
  static uint64_t next = MAPPINGS_START;
  size = (size + 4095) & ~4095ULL;
  if (size > STACK_END - STACK_SIZE - next) return -ENOMEM;
  const uint64_t start = next;
  next += size;
  memset((void *)start, 0, size);
  return (int64_t)start;
}

static int64_t set_break(uint64_t wanted) {
  static uint64_t current = BREAK_START;
  if (wanted >= BREAK_START && wanted <= MAPPINGS_START) {
    if (wanted > current) memset((void *)current, 0, wanted - current);
    current = wanted;
  }
  return (int64_t)current;
}

/// Reproducible, and of no use as randomness.
static int64_t fill_bytes(uint8_t *bytes, uint64_t n) {
  static uint64_t state = 1;
  for (uint64_t i = 0; i < n; i++) bytes[i] = (uint8_t)((state = state * 6364136223846793005 + 1442695040888963407) >> 56);
  return (int64_t)n;
}

int64_t system_call(uint64_t number, const uint64_t a[6]) {
  switch (number) {
    case SYS_WRITE: return write_bytes((const char *)a[1], a[2]);
    case SYS_WRITEV: {
      int64_t total = 0;
      const uint64_t *part = (const uint64_t *)a[1];
      for (uint64_t i = 0; i < a[2]; i++, part += 2) total += write_bytes((const char *)part[0], part[1]);
      return total;
    }
    case SYS_MMAP: return a[3] & 0x20 ? map_memory(a[1]) : -ENOSYS;  // anonymous only
    case SYS_BRK: return set_break(a[0]);
    case SYS_GETRANDOM: return fill_bytes((uint8_t *)a[0], a[1]);
    case SYS_ARCH_PRCTL:
      if (a[0] != 0x1002) return -EINVAL;  // set the base of fs
      write_register(0xc0000100, a[1]);
      return 0;
    case SYS_EXIT:
    case SYS_EXIT_GROUP:
      print("gathers and scatters carried out by the loader: ");
      print_number(gathers_carried_out, 10);
      print("\n");
      stop(a[0] & 0xff);
    case SYS_TGKILL:
      print("signal ");
      print_number(a[2], 10);
      print("\n");
      stop(128 + a[2]);
    case SYS_FSTAT: return describe_terminal((uint8_t *)a[1]);
    case SYS_FSTATAT: return (int)a[0] < 0 ? -ENOENT : describe_terminal((uint8_t *)a[2]);
    case SYS_GETAFFINITY:
      *(uint64_t *)a[2] = 1;  // one processor
      return 8;
    case SYS_READLINK:
      memcpy((void *)a[1], "/program", 8);  // only /proc/self/exe is asked for
      return 8;
    case SYS_MUNMAP:
    case SYS_MPROTECT:
    case SYS_MADVISE:
    case SYS_MLOCK:
    case SYS_MUNLOCK:
    case SYS_SIGACTION:
    case SYS_SIGPROCMASK:
    case SYS_SET_ROBUST_LIST: return 0;
    case SYS_SET_TID_ADDRESS:
    case SYS_GETPID:
    case SYS_GETTID: return 1;
    case SYS_IOCTL: return a[1] == 0x5401 ? 0 : -ENOTTY;  // TCGETS: output is a terminal, so each line is seen at once
    case SYS_OPENAT: return -ENOENT;
    case SYS_PRLIMIT:
    case SYS_RSEQ: return -ENOSYS;
    default:
      print("loader: no system call ");
      print_number(number, 10);
      print("\n");
      return -ENOSYS;
  }
}

// MARK: - The program

/// Multiboot's record of a file loaded beside the kernel.
typedef struct {
  uint32_t start, end, arguments, unused;
} module;

/// Multiboot's record of the machine, as far as it is read.
typedef struct {
  uint32_t flags, unused[4], module_count, modules;
} boot_information;

static uint64_t *push(uint64_t *stack, uint64_t key, uint64_t value) {
  *--stack = value;
  *--stack = key;
  return stack;
}

/// Arguments and auxiliary vector, as the System V ABI for x86-64 has them.
static uint64_t make_stack(const Elf64_Ehdr *file, uint64_t headers, char *arguments) {
  uint64_t *stack = (uint64_t *)STACK_END;
  fill_bytes((uint8_t *)(stack -= 2), 16);
  const uint64_t random = (uint64_t)stack;
  uint64_t words[16], count = 0;
  for (char *c = arguments; *c && count < 16;) {
    words[count++] = (uint64_t)c;
    while (*c && *c != ' ') c++;
    while (*c == ' ') *c++ = 0;
  }
  if (count % 2 == 0) *--stack = 0;  // so that the stack is aligned at the end
  stack = push(stack, AT_NULL, 0);
  stack = push(stack, AT_RANDOM, random);
  stack = push(stack, AT_SECURE, 0);
  stack = push(stack, AT_ENTRY, file->e_entry);
  stack = push(stack, AT_PAGESZ, 4096);
  stack = push(stack, AT_PHNUM, file->e_phnum);
  stack = push(stack, AT_PHENT, file->e_phentsize);
  stack = push(stack, AT_PHDR, headers);
  stack = push(stack, 0, 0);  // no more arguments, no environment
  for (uint64_t i = count; i-- > 0;) *--stack = words[i];
  *--stack = count;
  return (uint64_t)stack;
}

_Noreturn void main(const boot_information *boot) {
  catch_exceptions();
  out(0x3f8 + 1, 0);     // no interrupts
  out(0x3f8 + 3, 0x83);  // 8 bits, divisor follows
  out(0x3f8, 1);         // 115,200 baud
  out(0x3f8 + 1, 0);
  out(0x3f8 + 3, 0x03);
  require((boot->flags & 8) && boot->module_count == 1, "GRUB loaded no program");
  enable_vectors();
  write_register(0xc0000081, 8ULL << 32);  // SYSCALL: segments, entry, flags to be cleared
  write_register(0xc0000082, (uint64_t)syscall_entry);
  write_register(0xc0000084, 0);

  // Out of the way of the program and of what is no longer mapped.
  const module *m = (const module *)(uint64_t)boot->modules;
  static char arguments[256];
  memmove(arguments, (const void *)(uint64_t)m->arguments, sizeof arguments - 1);
  require(m->end - m->start < BREAK_START - PROGRAM_FILE, "the program is too large");
  memmove((void *)PROGRAM_FILE, (const void *)(uint64_t)m->start, m->end - m->start);
  page_directories[0] = 0;
  __asm__ volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" : : : "rax", "memory");

  const Elf64_Ehdr *file = (const Elf64_Ehdr *)PROGRAM_FILE;
  require(*(const uint32_t *)file->e_ident == 0x464c457f && file->e_type == ET_EXEC && file->e_machine == EM_X86_64,
          "not a statically linked executable for x86-64 at fixed addresses");
  const Elf64_Phdr *segments = (const Elf64_Phdr *)(PROGRAM_FILE + file->e_phoff);
  uint64_t headers = 0;
  for (int k = 0; k < file->e_phnum; k++) {
    const Elf64_Phdr *s = &segments[k];
    if (s->p_type != PT_LOAD) continue;
    require(s->p_vaddr >= 0x400000 && s->p_vaddr + s->p_memsz <= PROGRAM_FILE, "the program's addresses are taken");
    memmove((void *)s->p_vaddr, (const void *)(PROGRAM_FILE + s->p_offset), s->p_filesz);
    memset((void *)(s->p_vaddr + s->p_filesz), 0, s->p_memsz - s->p_filesz);
    if (s->p_offset <= file->e_phoff && file->e_phoff < s->p_offset + s->p_filesz)
      headers = s->p_vaddr + file->e_phoff - s->p_offset;
  }
  start_program(file->e_entry, make_stack(file, headers, arguments));
}
