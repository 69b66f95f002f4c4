#define _GNU_SOURCE
#include "clock.h"

#include <elf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

// The machine's vDSO is the same in every process: its offsets and its pristine bytes come from our
// own, and so what is copied is made once.

struct clock_image clock_image;
const uint64_t clock_magic = 0x6b636f6c636c7466;

#if defined(__x86_64__) || defined(__aarch64__)

static uint8_t *original(void) {
  return clock_image.copy + ((char *)clock_hook_original - __start_cl_clock_hook);
}

static uint64_t place_of(void *function) {
  return clock_image.place + (uint64_t)((char *)function - __start_cl_clock_hook);
}

#if defined(__x86_64__)
static const char *const names[] = {"__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_time"};

// The length of a plain instruction (0: not known), and where its displacement from the program
// counter stands (0: it has none). Intel's manual, volume 2, chapter 2.
static int instruction(const uint8_t *p, int *relative) {
  int n = (p[0] & 0xf0) == 0x40, code = p[n++], immediate = *relative = 0;
  if (!memcmp(p, "\xf3\x0f\x1e\xfa", 4)) return 4;      // endbr64
  if ((code & 0xf0) == 0x50 || code == 0x90) return n;  // push, pop, nop
  if ((code & 0xf8) == 0xb8) return n + (n > 1 && p[0] & 8 ? 8 : 4);
  if (code < 0x40 && (code & 6) == 4) return n + (code & 1 ? 4 : 1);
  int known = (code < 0x40 && (code & 7) < 4) || code == 0x63 || (code & 0xfe) == 0x84 ||
              (code & 0xfc) == 0x88 || code == 0x8d;
  if (code == 0x80 || code == 0x83 || (code & 0xfe) == 0xc0 || code == 0xc6) immediate = 1;
  else if (code == 0x81 || code == 0xc7) immediate = 4;
  else if (!known) return 0;
  int mode = p[n] >> 6, operand = p[n++] & 7, scaled = operand == 4 && mode != 3;
  if (mode == 0 && operand == 5) *relative = n;
  int wide = *relative || mode == 2 || (mode == 0 && scaled && (p[n] & 7) == 5);
  return n + immediate + scaled + (wide ? 4 : mode == 1);
}

static void put_number(uint8_t *at, int64_t number) {
  int32_t value = (int32_t)number;
  memcpy(at, &value, sizeof value);
}

static int64_t number(const uint8_t *at) {
  int32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

// Might anything in the function jump back into the bytes that are displaced?
static int is_entered_late(const struct clock_entry *entry, uint64_t length) {
  const uint8_t *own = clock_image.own;
  for (uint64_t n = entry->at + length; n + 6 < entry->at + entry->size; n++) {
    const uint8_t *p = own + n;
    uint64_t to = 0;
    if ((p[0] & 0xf0) == 0x70 || p[0] == 0xeb) to = n + 2 + (uint64_t)(int64_t)(int8_t)p[1];
    else if ((p[0] & 0xfe) == 0xe8) to = n + 5 + (uint64_t)number(p + 1);
    else if (p[0] == 0x0f && (p[1] & 0xf0) == 0x80) to = n + 6 + (uint64_t)number(p + 2);
    if (to >= entry->at && to < entry->at + length) return 1;
  }
  return 0;
}

// The displaced prologue and a jump behind it, or where it is not understood the system call.
static int make_original(void) {
  const struct clock_entry *entry = &clock_image.entries[0];
  uint8_t *to = original();
  uint64_t place = place_of((void *)clock_hook_original), length = 0;
  while (length < 5) {
    int relative, size = instruction(clock_image.own + entry->at + length, &relative);
    if (!size) break;
    memcpy(to + length, clock_image.own + entry->at + length, (size_t)size);
    if (relative)
      put_number(to + length + relative,
                 number(to + length + relative) + (int64_t)(entry->at - place));
    length += (uint64_t)size;
  }
  if (length >= 5 && !is_entered_late(entry, length)) {
    to[length] = 0xe9;
    put_number(to + length + 1, (int64_t)(entry->at - place - 5));
    return 1;
  }
  memcpy(to, "\xb8\xe4\0\0\0\x0f\x05\xc3", 8);  // mov $228,%eax; syscall; ret
  return 0;
}

static int make_jumps(void) {
  for (int n = 0; n < CLOCK_ENTRIES; n++) {
    struct clock_entry *entry = &clock_image.entries[n];
    if (!entry->at) continue;
    entry->length = 5;
    entry->jump[0] = 0xe9;
    put_number(entry->jump + 1, (int64_t)(place_of(entry->to) - (entry->at + 5)));
  }
  return make_original();
}
#else
static const char *const names[] = {
  "__kernel_clock_gettime", "__kernel_gettimeofday", "__kernel_time"};

static uint32_t branch(uint64_t from, uint64_t to) {
  return 0x14000000 | ((uint32_t)((int64_t)(to - from) >> 2) & 0x3ffffff);
}

static uint32_t word(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static void put_word(uint8_t *at, uint32_t value) { memcpy(at, &value, sizeof value); }

// Branches, adr, adrp and literal loads depend on their address; hints do not.
static int moves(uint32_t code) {
  return (code & 0xfffff01f) == 0xd503201f ||
         ((code & 0x1f000000) != 0x10000000 && (code & 0x3b000000) != 0x18000000 &&
          (code & 0x1c000000) != 0x14000000);
}

static int make_original(void) {
  const struct clock_entry *entry = &clock_image.entries[0];
  uint8_t *to = original();
  size_t length = entry->length;
  int can_move = 1;
  for (size_t n = 0; n < length; n += 4) {
    uint32_t code = word(clock_image.own + entry->at + n);
    put_word(to + n, code);
    can_move &= moves(code);
  }
  if (can_move) {
    put_word(to + length, branch(place_of((void *)clock_hook_original), entry->at));
    return 1;
  }
  put_word(to, 0xd2800e28), put_word(to + 4, 0xd4000001), put_word(to + 8, 0xd65f03c0);
  return 0;  // mov x8,#113; svc 0; ret
}

// One word for each entry; where there was a landing pad (paciasp, pacibsp, bti c, bti jc) one is left.
static int make_jumps(void) {
  for (int n = 0; n < CLOCK_ENTRIES; n++) {
    struct clock_entry *entry = &clock_image.entries[n];
    if (!entry->at) continue;
    uint32_t first = word(clock_image.own + entry->at);
    int is_pad = first == 0xd503233f || first == 0xd503237f || first == 0xd503245f ||
                 first == 0xd50324df;
    uint32_t pad = is_pad ? 4 : 0;
    entry->length = pad + 4;
    if (pad) put_word(entry->jump, 0xd503245f);
    put_word(entry->jump + pad, branch(entry->at + pad, place_of(entry->to)));
  }
  return make_original();
}
#endif

// The mapping's size is told nowhere but in a file.
static size_t mapped_size(const void *own) {
  char line[512];
  unsigned long low, high;
  size_t size = 0;
  FILE *file = fopen("/proc/self/maps", "re");
  while (file && !size && fgets(line, sizeof line, file))
    if (sscanf(line, "%lx-%lx", &low, &high) == 2 && low == (unsigned long)own) size = high - low;
  if (file) fclose(file);
  return size;
}

// elf(5). The names' table follows that of the symbols. The end of what is loaded.
static uint64_t find_entries(void) {
  const uint8_t *own = clock_image.own;
  const Elf64_Ehdr *head = (const void *)own;
  const Elf64_Phdr *parts = (const void *)(own + head->e_phoff);
  uint64_t symbols = 0, texts = 0, end = 0;
  for (int n = 0; n < head->e_phnum; n++) {
    const Elf64_Phdr *part = parts + n;
    if (part->p_type == PT_LOAD && part->p_vaddr + part->p_memsz > end)
      end = part->p_vaddr + part->p_memsz;
    if (part->p_type != PT_DYNAMIC) continue;
    for (const Elf64_Dyn *d = (const void *)(own + part->p_offset); d->d_tag; d++) {
      if (d->d_tag == DT_SYMTAB) symbols = d->d_un.d_ptr;
      if (d->d_tag == DT_STRTAB) texts = d->d_un.d_ptr;
    }
  }
  for (uint64_t at = symbols; symbols && at + sizeof(Elf64_Sym) <= texts; at += sizeof(Elf64_Sym)) {
    const Elf64_Sym *symbol = (const void *)(own + at);
    for (int n = 0; n < CLOCK_ENTRIES; n++) {
      struct clock_entry *entry = &clock_image.entries[n];
      if (strcmp((const char *)own + texts + symbol->st_name, entry->name)) continue;
      entry->at = symbol->st_value;
      entry->size = symbol->st_size;
    }
  }
  return end;
}

// Behind everything, else over the section headers, which only debuggers read.
static int find_place(uint64_t loaded) {
  size_t end = clock_image.size;
  while (end > loaded && !clock_image.own[end - 1]) end--;
  clock_image.place = (end + 63) & ~63ull;
  if (clock_image.place + clock_image.length > clock_image.size)
    clock_image.place = (loaded + 63) & ~63ull;
  return clock_image.place + clock_image.length <= clock_image.size;
}

// A write that crosses a page could be broken off by a signal half-way.
static int lies_within_a_page(const struct clock_entry *entry) {
  return entry->at / 4096 == (entry->at + sizeof entry->jump - 1) / 4096;
}

static int prepare(void) {
  void *const hooks[] = {(void *)clock_hook_gettime, (void *)clock_hook_gettimeofday,
                         (void *)clock_hook_time};
  clock_image.own = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
  size_t length = (size_t)(__stop_cl_clock_hook - __start_cl_clock_hook);
  clock_image.size = clock_image.own ? mapped_size(clock_image.own) : 0;
  if (!clock_image.size || length > sizeof clock_image.copy) return -ENOTSUP;
  for (int n = 0; n < CLOCK_ENTRIES; n++)
    clock_image.entries[n] = (struct clock_entry){.name = names[n], .to = hooks[n]};
  uint64_t loaded = find_entries();
  clock_image.length = length;
  int is_fit = clock_image.entries[0].at != 0 &&
               (char *)clock_hook_original - __start_cl_clock_hook == 128;
  for (int n = 0; n < CLOCK_ENTRIES; n++) is_fit &= lies_within_a_page(&clock_image.entries[n]);
  if (!is_fit || !find_place(loaded)) {
    clock_image.length = 0;
    return is_fit ? -ENOSPC : -ENOTSUP;
  }
  memcpy(clock_image.copy, __start_cl_clock_hook, length);
  for (int n = 0; n < CLOCK_ENTRIES; n++) {
    struct clock_entry *entry = &clock_image.entries[n];
    if (entry->at) memcpy(entry->old, clock_image.own + entry->at, sizeof entry->old);
  }
  ((struct clock_block *)clock_image.copy)->is_fast = (uint8_t)make_jumps();
  return 0;
}
#else
static int prepare(void) { return -ENOTSUP; }
#endif

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int prepared;
static void prepare_once(void) { prepared = prepare(); }

int clock_image_prepare(void) {
  pthread_once(&once, prepare_once);
  return prepared;
}
