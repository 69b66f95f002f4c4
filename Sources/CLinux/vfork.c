#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

// Children that borrow the caller's memory until they execute. The caller stands still meanwhile, so
// their stack is a piece of its own.

enum { STACK_BYTES = 32 * 1024 };

// clone3 with a stack of its own: only it can put the child into a cgroup at birth, which
// spares the machine-wide lock that a write to cgroup.procs takes.
static long clone_into_cgroup(struct cl_birth *birth, char *stack) {
#if defined(__x86_64__)
  struct clone_args args = {
    .flags = birth->flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD,
    .pidfd = (uint64_t)(uintptr_t)birth->pidfd,
    .exit_signal = SIGCHLD,
    .stack = (uint64_t)(uintptr_t)stack,
    .stack_size = STACK_BYTES,
  };
  if (birth->cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)birth->cgroup;
  }
  long result;
  __asm__ volatile(
      "syscall\n\t"
      "test %%rax, %%rax\n\t"
      "jnz 1f\n\t"
      "mov %[argument], %%rdi\n\t"
      "call *%[function]\n\t"
      "mov %%eax, %%edi\n\t"
      "mov $60, %%eax\n\t"
      "syscall\n\t"
      "hlt\n"
      "1:\n\t"
      : "=a"(result)
      : "0"((long)SYS_clone3), "D"(&args), "S"(sizeof args), [function] "r"(birth->run),
        [argument] "r"(birth->argument)
      : "rcx", "r11", "memory", "cc");
  return result;
#else
  (void)birth, (void)stack;
  return -ENOSYS;
#endif
}

long cl_bear(struct cl_birth *birth) {
  char stack[STACK_BYTES] __attribute__((aligned(16)));
  birth->joins_by_write = 0;
  return clone_into_cgroup(birth, stack);
}

long cl_bear_and_join(struct cl_birth *birth) {
  char stack[STACK_BYTES] __attribute__((aligned(16)));
  birth->joins_by_write = birth->cgroup >= 0;
  int flags = (int)birth->flags | CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  long pid = clone(birth->run, stack + STACK_BYTES, flags, birth->argument, birth->pidfd);
  return pid < 0 ? -errno : pid;
}

int cl_is_unknown(long result) {
  return result == -ENOSYS || result == -EPERM || result == -E2BIG || result == -EINVAL;
}

int cl_join_cgroup(int cgroup) {
  int fd = openat(cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
  return fd < 0 || write(fd, "0", 1) != 1 ? -errno : 0;
}
