#ifndef CLOCK_H
#define CLOCK_H
// What the parts of the clock share; not for Swift.
#include "CLinux.h"

#include <stddef.h>

// One set of parameters. Two of them and a generation let them change without a stop: the idle one
// is filled, then the generation is stored, which is one byte.
struct clock_slot {
  int64_t offset, base, rate;
  uint64_t mask;
};

// At the beginning of what is copied into a process.
struct clock_block {
  uint64_t magic;
  uint8_t generation, is_fast;
  struct clock_slot slots[2];
};

// What is copied: parameters, the displaced prologue, three functions (clock_hook.c).
extern __attribute__((visibility("hidden"))) char __start_cl_clock_hook[], __stop_cl_clock_hook[];
extern __attribute__((visibility("hidden"))) long clock_hook_original(long, void *);
long clock_hook_gettime(long, void *);
long clock_hook_gettimeofday(void *, void *);
long clock_hook_time(void *);

// An entry point of the vDSO: where it is, what it becomes and what it was.
struct clock_entry {
  const char *name;
  void *to;
  uint64_t at, size;
  size_t length;
  uint8_t jump[8], old[8];
};

enum { CLOCK_ENTRIES = 3, CLOCK_LARGEST = 2048 };

// The vDSO of this kernel, the same for every process, and the copy made for it (clock_image.c).
struct clock_image {
  const uint8_t *own;
  size_t size, place, length;
  uint8_t copy[CLOCK_LARGEST];
  struct clock_entry entries[CLOCK_ENTRIES];
};
extern __attribute__((visibility("hidden"))) struct clock_image clock_image;
extern __attribute__((visibility("hidden"))) const uint64_t clock_magic;
int clock_image_prepare(void);

// A process that is looked into (clock_patch.c). The descriptor stands for its memory as it is now:
// once it executes another program nothing can be written through it.
struct clock_target {
  int memory;
  uint64_t base;
  struct clock_block block;
  int is_touched, is_moved;
};
int clock_look(pid_t pid, struct clock_target *target);
int clock_refresh(struct clock_target *target);
int clock_move(pid_t pid, struct clock_target *target, int patience_ms, struct cl_clock_answer *answer);
int clock_restore(pid_t pid, struct clock_target *target, int patience_ms, struct cl_clock_answer *answer);
int clock_set(struct clock_target *target, const struct cl_clock_shift *shift);
struct cl_clock_shift clock_shift_of(const struct clock_target *target);

// Stops every thread of a process, in none of the entry points' first bytes, writes these and lets
// them go on (clock_stop.c).
int clock_write_stopped(pid_t pid, struct clock_target *target, int restores, int patience_ms,
                        struct cl_clock_answer *answer);
int clock_write_entries(struct clock_target *target, int restores);
int clock_move_at_start(struct clock_target *target);

// Runs a function in a process of its own that borrows our memory, and waits for it; and gives the waits of
// the calling process an end.
int clock_worker(int (*run)(void *), void *argument);
void clock_limit(int milliseconds);

// Waits at a gate for a child that is about to execute a program, and patches that (clock_gate.c).
int clock_guard(int socket, const struct cl_clock_shift *shift, struct cl_clock_answer *answer);

// A fork that takes no lock: in a child of a program with threads those may be held by nobody.
pid_t clock_fork(void);

// Numbers after "/proc/", without the library's formatting: a child of a program with threads must
// not take locks.
char *clock_path(char *buffer, pid_t pid, const char *rest);
int64_t clock_now(int clock);
#endif
