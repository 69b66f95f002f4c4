#define _GNU_SOURCE
#include "clock.h"

#include <sys/time.h>
#include <time.h>

// What runs in the processes whose clock is moved. It lies in a section of its own, is copied as
// it is, and so must not refer to anything outside that section.

#if defined(__x86_64__)
#define REGISTERS target("general-regs-only")
#define FIND_BLOCK "lea clock_hook_block(%%rip), %0"
#elif defined(__aarch64__)
#define REGISTERS target("general-regs-only")
// Not adrp: the copy lies at another offset within its page.
#define FIND_BLOCK "adr %0, clock_hook_block"
#endif

#if defined(__x86_64__) || defined(__aarch64__)
#if defined(__clang__)
#define PLACED __attribute__((section("cl_clock_hook"), used, noinline, visibility("hidden"), \
                              no_stack_protector, REGISTERS))
#else
#define PLACED __attribute__((section("cl_clock_hook"), used, noinline, visibility("hidden"), \
                              optimize("O2", "no-stack-protector"), REGISTERS))
#endif

__asm__(
    ".pushsection cl_clock_hook,\"ax\"\n"
    ".balign 64\n"
    "clock_hook_block: .fill 128,1,0\n"
    ".hidden clock_hook_original\n"
    ".globl clock_hook_original\n"
    "clock_hook_original: .fill 64,1,0\n"
    ".popsection\n");

static inline __attribute__((always_inline, REGISTERS)) struct clock_slot current(void) {
  const struct clock_block *block;
  struct clock_slot slot;
  uint8_t generation;
  __asm__(FIND_BLOCK : "=r"(block));
  do {
    generation = __atomic_load_n(&block->generation, __ATOMIC_ACQUIRE);
    const volatile struct clock_slot *now = &block->slots[generation & 1];
    slot.offset = now->offset, slot.base = now->base, slot.rate = now->rate, slot.mask = now->mask;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
  } while (__atomic_load_n(&block->generation, __ATOMIC_RELAXED) != generation);
  return slot;
}

PLACED long clock_hook_gettime(long clock, void *result) {
  struct timespec *time = result;
  struct clock_slot slot = current();
  long code = clock_hook_original(clock, time);
  if (code || (uint32_t)clock > 31 || !(slot.mask >> (uint32_t)clock & 1)) return code;
  int64_t t = time->tv_sec * 1000000000ll + time->tv_nsec;
  t += slot.offset + (int64_t)((__int128)(t - slot.base) * slot.rate >> 32);
  int64_t seconds = t / 1000000000, rest = t % 1000000000;
  time->tv_sec = seconds - (rest < 0);
  time->tv_nsec = rest + (rest < 0 ? 1000000000 : 0);
  return 0;
}

// struct timezone is two numbers, zero on any sane server.
PLACED long clock_hook_gettimeofday(void *result, void *zone) {
  struct timespec time;
  if (zone) *(uint64_t *)zone = 0;
  if (result && !clock_hook_gettime(CLOCK_REALTIME, &time)) {
    struct timeval *value = result;
    value->tv_sec = time.tv_sec;
    value->tv_usec = (uint32_t)time.tv_nsec / 1000;
  }
  return 0;
}

PLACED long clock_hook_time(void *result) {
  struct timespec time;
  clock_hook_gettime(CLOCK_REALTIME_COARSE, &time);
  if (result) *(time_t *)result = time.tv_sec;
  return time.tv_sec;
}
#endif
