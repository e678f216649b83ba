// Runs one ordinary, statically linked Linux executable for x86-64 without Linux: as the only program of a machine, in
// ring 0, on one processor, with the few system calls that such an executable makes when it computes and prints.
// What it prints goes to the first serial port, then a line with its exit status, and Bochs is told to stop.
//
// For emulators that know more instructions than this machine but are too slow, or too incomplete, for a whole
// system. No memory is protected but the first 2 MB, nothing is random, there are no threads, files are read-only, and
// the clock counts instructions.

#include <elf.h>

#include "loader.h"

// Where things are; the machine has 512 MB. The loader is linked to 2 MB, and GRUB puts files behind it; programs are
// linked to 4 MB.
#define PROGRAM_START 0x00400000
#define FILES_START 0x08000000
#define BREAK_START 0x0e000000
#define MAPPINGS_START 0x12000000
#define STACK_END 0x1fff0000
#define STACK_SIZE (8 << 20)
#define ARGUMENTS_SIZE 8192

void *memset(void *p, int value, size_t n) {
  void *start = p;
  __asm__ volatile("rep stosb" : "+D"(p), "+c"(n) : "a"(value) : "memory");
  return start;
}

void *memcpy(void *to, const void *from, size_t n) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
  return start;
}

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

static uint64_t instructions_left_out;

void exception(frame *f) {
  const uint64_t start = __builtin_ia32_rdtsc();
  if (f->vector == 6 && carry_out_gather(f)) {
    instructions_left_out += __builtin_ia32_rdtsc() - start + 125;  // and those before and after, in boot.S
    return;
  }
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
  SYS_READ = 0, SYS_WRITE = 1, SYS_OPEN = 2, SYS_CLOSE = 3, SYS_STAT = 4, SYS_FSTAT = 5, SYS_LSTAT = 6,
  SYS_LSEEK = 8, SYS_MMAP = 9, SYS_MPROTECT = 10, SYS_MUNMAP = 11, SYS_BRK = 12, SYS_SIGACTION = 13,
  SYS_SIGPROCMASK = 14, SYS_IOCTL = 16, SYS_WRITEV = 20, SYS_MADVISE = 28, SYS_GETPID = 39, SYS_SOCKET = 41,
  SYS_EXIT = 60, SYS_GETCWD = 79, SYS_READLINK = 89, SYS_GETRUSAGE = 98, SYS_MLOCK = 149, SYS_MUNLOCK = 150,
  SYS_ARCH_PRCTL = 158, SYS_GETTID = 186, SYS_LISTXATTR = 194, SYS_TIME = 201, SYS_FUTEX = 202,
  SYS_GETAFFINITY = 204, SYS_SET_TID_ADDRESS = 218, SYS_CLOCK_GETTIME = 228, SYS_CLOCK_GETRES = 229,
  SYS_EXIT_GROUP = 231, SYS_TGKILL = 234, SYS_OPENAT = 257, SYS_FSTATAT = 262, SYS_SET_ROBUST_LIST = 273,
  SYS_PRLIMIT = 302, SYS_GETRANDOM = 318, SYS_RSEQ = 334
};

static int64_t write_bytes(const char *bytes, uint64_t n) {
  for (uint64_t i = 0; i < n; i++) print_character(bytes[i]);
  return (int64_t)n;
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
  for (uint64_t i = 0; i < n; i++) {
    state = state * 6364136223846793005 + 1442695040888963407;
    bytes[i] = (uint8_t)(state >> 56);
  }
  return (int64_t)n;
}

/// The processor's counter as nanoseconds since 1970. In Bochs it counts instructions; those of carry_out_gather are
/// left out.
static int64_t tell_time(uint64_t *time, uint64_t nanoseconds) {
  time[0] = nanoseconds / 1000000000;
  time[1] = nanoseconds % 1000000000;
  return 0;
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
    case SYS_READ: return file_read(a[0], (uint8_t *)a[1], a[2]);
    case SYS_OPEN: return file_open((const char *)a[0], a[1]);
    case SYS_OPENAT: return file_open((const char *)a[1], a[2]);
    case SYS_CLOSE: return file_close(a[0]);
    case SYS_LSEEK: return file_seek(a[0], (int64_t)a[1], a[2]);
    case SYS_STAT:
    case SYS_LSTAT: return path_status((const char *)a[0], (uint8_t *)a[1]);
    case SYS_FSTAT: return file_status(a[0], (uint8_t *)a[1]);
    case SYS_FSTATAT:
      return (int)a[0] < 0 ? path_status((const char *)a[1], (uint8_t *)a[2]) : file_status(a[0], (uint8_t *)a[2]);
    case SYS_TIME: return 0;
    case SYS_CLOCK_GETTIME: return tell_time((uint64_t *)a[1], __builtin_ia32_rdtsc() - instructions_left_out);
    case SYS_CLOCK_GETRES: return tell_time((uint64_t *)a[1], 1);
    case SYS_GETCWD:
      memcpy((void *)a[0], "/", 2);
      return 2;
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
    case SYS_LISTXATTR:
    case SYS_FUTEX:
    case SYS_SET_ROBUST_LIST: return 0;
    case SYS_SET_TID_ADDRESS:
    case SYS_GETPID:
    case SYS_GETTID: return 1;
    // TCGETS: the output is a terminal, so each line is seen at once.
    case SYS_IOCTL: return a[0] == 1 && a[1] == 0x5401 ? 0 : -ENOTTY;
    case SYS_SOCKET: return -EAFNOSUPPORT;
    case SYS_GETRUSAGE:
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
static uint64_t make_stack(const Elf64_Ehdr *file, uint64_t headers, const char *arguments) {
  char *text = (char *)(STACK_END - ARGUMENTS_SIZE);
  memcpy(text, arguments, ARGUMENTS_SIZE);
  uint64_t *stack = (uint64_t *)text;
  fill_bytes((uint8_t *)(stack -= 2), 16);
  const uint64_t random = (uint64_t)stack;
  uint64_t words[64], count = 0;
  for (char *c = text; *c && count < 64;) {
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
  require((boot->flags & 8) && boot->module_count > 0, "GRUB loaded no program");
  enable_vectors();
  write_register(0xc0000081, 8ULL << 32);  // SYSCALL: segments, entry, flags to be cleared
  write_register(0xc0000082, (uint64_t)syscall_entry);
  write_register(0xc0000084, 0);

  // The program and its files, out of the way of where it will be and of what is no longer mapped.
  const module *modules = (const module *)(uint64_t)boot->modules;
  static char text[ARGUMENTS_SIZE];
  char *name = text;
  uint8_t *place = (uint8_t *)FILES_START;
  for (uint32_t k = 0; k < boot->module_count; k++) {
    const uint64_t size = modules[k].end - modules[k].start;
    require(modules[k].end <= FILES_START && size <= BREAK_START - (uint64_t)place, "the files are too large");
    memcpy(place, (const void *)(uint64_t)modules[k].start, size);
    if (k > 0) require(add_file(name, place, size), "too many files");
    const char *c = (const char *)(uint64_t)modules[k].arguments;
    while (*c && name < text + sizeof text - 2) *name++ = *c++;
    name++;
    place += (size + 63) & ~63ULL;
  }
  // By which Swift finds the arguments.
  static const char stack[] = "1f7f0000-1fff0000 rw-p 00000000 00:00 0 [stack]\n";
  add_file("proc/self/maps", (const uint8_t *)stack, sizeof stack - 1);
  page_directories[0] = 0;
  __asm__ volatile("mov %%cr3, %%rax; mov %%rax, %%cr3" : : : "rax", "memory");

  const Elf64_Ehdr *file = (const Elf64_Ehdr *)FILES_START;
  require(*(const uint32_t *)file->e_ident == 0x464c457f && file->e_type == ET_EXEC && file->e_machine == EM_X86_64,
          "not a statically linked executable for x86-64 at fixed addresses");
  const Elf64_Phdr *segments = (const Elf64_Phdr *)(FILES_START + file->e_phoff);
  uint64_t headers = 0;
  for (int k = 0; k < file->e_phnum; k++) {
    const Elf64_Phdr *s = &segments[k];
    if (s->p_type != PT_LOAD) continue;
    require(s->p_vaddr >= PROGRAM_START && s->p_vaddr + s->p_memsz <= FILES_START, "the program's addresses are taken");
    memcpy((void *)s->p_vaddr, (const void *)(FILES_START + s->p_offset), s->p_filesz);
    memset((void *)(s->p_vaddr + s->p_filesz), 0, s->p_memsz - s->p_filesz);
    if (s->p_offset <= file->e_phoff && file->e_phoff < s->p_offset + s->p_filesz)
      headers = s->p_vaddr + file->e_phoff - s->p_offset;
  }
  start_program(file->e_entry, make_stack(file, headers, text));
}
