#define _GNU_SOURCE
#include "clock.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// What is looked at and written in the memory of another process. Every intermediate state is a
// working process, so it does no harm to be killed between any two of these writes.

// REALTIME, REALTIME_COARSE, TAI.
static const uint64_t moved_clocks = 1 << 0 | 1 << 5 | 1 << 11;

int64_t clock_now(int clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000ll + time.tv_nsec;
}

static char *put_decimal(char *at, unsigned number) {
  char digits[12];
  int n = 0;
  do digits[n++] = (char)('0' + number % 10);
  while (number /= 10);
  while (n) *at++ = digits[--n];
  return at;
}

char *clock_path(char *buffer, pid_t pid, const char *rest) {
  char *at = put_decimal(stpcpy(buffer, "/proc/"), (unsigned)pid);
  stpcpy(at, rest);
  return buffer;
}

// A read or a write of nothing: that memory belongs to no process any more.
static int transferred(ssize_t count, size_t size) {
  if (count == (ssize_t)size) return 0;
  return count == 0 ? -ESRCH : count < 0 ? -errno : -EIO;
}

static int read_at(struct clock_target *t, uint64_t offset, void *bytes, size_t size) {
  return transferred(pread(t->memory, bytes, size, (off_t)(t->base + offset)), size);
}

static int write_at(struct clock_target *t, uint64_t offset, const void *bytes, size_t size) {
  return transferred(pwrite(t->memory, bytes, size, (off_t)(t->base + offset)), size);
}

// Where the kernel put the vDSO: getauxval(3). A 32-bit program's vector is laid out otherwise and
// has no such entry as read here.
static int find_image(pid_t pid, uint64_t *base) {
  char path[64];
  Elf64_auxv_t vector[64];
  int file = open(clock_path(path, pid, "/auxv"), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno == ENOENT ? -ESRCH : -errno;
  ssize_t size = read(file, vector, sizeof vector);
  close(file);
  if (size <= 0) return -ESRCH;
  // A program that is just being executed has none yet.
  if (!vector[0].a_type) return -EAGAIN;
  for (size_t n = 0; n < (size_t)size / sizeof *vector && vector[n].a_type; n++)
    if (vector[n].a_type == AT_SYSINFO_EHDR) return *base = vector[n].a_un.a_val, 0;
  return -ENOEXEC;
}

// The program headers and the beginning of what follows: all but the identification, of which a
// byte is written over with itself.
static int is_same_image(struct clock_target *t) {
  uint8_t head[256];
  int code = read_at(t, 0, head, sizeof head);
  if (code) return code;
  int is_same = !memcmp(head, clock_image.own, EI_PAD) && !memcmp(head + 16, clock_image.own + 16, 240);
  return is_same ? 0 : -ENOEXEC;
}

static int look_at_entries(struct clock_target *t) {
  t->is_touched = 0;
  t->is_moved = 1;
  for (int n = 0; n < CLOCK_ENTRIES; n++) {
    const struct clock_entry *entry = &clock_image.entries[n];
    uint8_t now[8];
    if (!entry->at) continue;
    int code = read_at(t, entry->at, now, sizeof now);
    if (code) return code;
    if (memcmp(now, entry->jump, entry->length)) t->is_moved = 0;
    else t->is_touched = 1;
  }
  return 0;
}

// Another build's copy has another layout.
static int look_at_copy(struct clock_target *t) {
  uint8_t copy[CLOCK_LARGEST];
  int code = read_at(t, clock_image.place, copy, clock_image.length);
  if (code) return code;
  memcpy(&t->block, copy, sizeof t->block);
  const size_t head = 128;
  if (t->block.magic != clock_magic) return 0;
  return memcmp(copy + head, clock_image.copy + head, clock_image.length - head) ? -EEXIST : 0;
}

static int look_once(pid_t pid, struct clock_target *t) {
  char path[64];
  *t = (struct clock_target){.memory = open(clock_path(path, pid, "/mem"), O_RDWR | O_CLOEXEC)};
  if (t->memory < 0) return errno == ENOENT ? -ESRCH : -errno;
  int code = find_image(pid, &t->base);
  if (!code) code = is_same_image(t);
  if (!code) code = look_at_copy(t);
  if (!code) code = look_at_entries(t);
  if (code) close(t->memory), t->memory = -1;
  return code;
}

// Its memory may have become another's between two of these reads. What is found twice is so; what is not
// there although the process is, will be.
int clock_look(pid_t pid, struct clock_target *t) {
  char path[64], name[1];
  int code = look_once(pid, t);
  if (code == -ENOEXEC) code = look_once(pid, t);
  if (code != -ESRCH && code != -EIO) return code;
  return readlink(clock_path(path, pid, "/exe"), name, sizeof name) < 0 ? -ESRCH : -EAGAIN;
}

int clock_refresh(struct clock_target *t) {
  return read_at(t, clock_image.place, &t->block, sizeof t->block);
}

// Needs no stop: nobody runs there yet, and the mark comes last.
static int install(struct clock_target *t) {
  if (t->block.magic == clock_magic) return 0;
  int code = write_at(t, clock_image.place, clock_image.copy, clock_image.length);
  if (!code) code = write_at(t, clock_image.place, &clock_magic, sizeof clock_magic);
  if (!code) code = clock_refresh(t);
  // Changes nothing, but the page of the entry points becomes the process' own before the stop.
  return code ? code : write_at(t, EI_PAD, clock_image.own + EI_PAD, 1);
}

int clock_write_entries(struct clock_target *t, int restores) {
  for (int n = 0; n < CLOCK_ENTRIES; n++) {
    const struct clock_entry *entry = &clock_image.entries[n];
    if (!entry->at) continue;
    int code = write_at(t, entry->at, restores ? entry->old : entry->jump, entry->length);
    if (code) return code;
  }
  return look_at_entries(t);
}

int clock_move(pid_t pid, struct clock_target *t, int patience_ms, struct cl_clock_answer *answer) {
  if (t->is_moved) return 0;
  int code = install(t);
  return code ? code : clock_write_stopped(pid, t, 0, patience_ms, answer);
}

// At the first instruction of a program nobody is in them.
int clock_move_at_start(struct clock_target *t) {
  int code = install(t);
  return code ? code : clock_write_entries(t, 0);
}

static int store(struct clock_target *t, const struct clock_slot *slot) {
  uint8_t generation = (uint8_t)(t->block.generation + 1);
  uint64_t place = clock_image.place + offsetof(struct clock_block, slots) +
                   sizeof *slot * (generation & 1);
  int code = write_at(t, place, slot, sizeof *slot);
  if (!code)
    code = write_at(t, clock_image.place + offsetof(struct clock_block, generation), &generation, 1);
  if (code) return code;
  t->block.generation = generation;
  t->block.slots[generation & 1] = *slot;
  return 0;
}

int clock_set(struct clock_target *t, const struct cl_clock_shift *shift) {
  struct clock_slot slot = {shift->offset, shift->base, shift->rate, moved_clocks};
  if (t->block.magic != clock_magic) return -EINVAL;
  if (!memcmp(&t->block.slots[t->block.generation & 1], &slot, sizeof slot)) return 0;
  return store(t, &slot);
}

int clock_restore(pid_t pid, struct clock_target *t, int patience_ms, struct cl_clock_answer *answer)
{
  const struct clock_slot none = {0};
  if (!t->is_touched) return 0;
  // At once for everybody; that the bytes are the old ones again may take a moment.
  int code = t->block.magic == clock_magic ? store(t, &none) : 0;
  return code ? code : clock_write_stopped(pid, t, 1, patience_ms, answer);
}

struct cl_clock_shift clock_shift_of(const struct clock_target *t) {
  const struct clock_slot *slot = &t->block.slots[t->block.generation & 1];
  if (!t->is_touched || t->block.magic != clock_magic || !slot->mask) return (struct cl_clock_shift){0};
  return (struct cl_clock_shift){slot->offset, slot->base, slot->rate};
}
