#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Spawning. The child shares the parent's memory until it executes, so it may only make
// system calls, must not touch the parent's locks, and can report by writing to memory.

struct child {
  struct cl_spawn_request *spawn;
  int null;
  int joins_by_write;
};

static void fail(struct cl_spawn_request *s, int stage, int code) {
  s->stage = stage;
  s->code = code;
  _exit(127);
}

static void join_cgroup(struct cl_spawn_request *s) {
  int fd = openat(s->cgroup, "cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) fail(s, CL_STAGE_CGROUP, errno);
}

static void arrange_stdio(struct child *c) {
  struct cl_spawn_request *s = c->spawn;
  int held[3];
  for (int n = 0; n < 3; n++) {
    held[n] = fcntl(s->stdio[n] < 0 ? c->null : s->stdio[n], F_DUPFD_CLOEXEC, 3);
    if (held[n] < 0) fail(s, CL_STAGE_STDIO, errno);
  }
  for (int n = 0; n < 3; n++)
    if (dup2(held[n], n) < 0) fail(s, CL_STAGE_STDIO, errno);
  syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
}

// glibc's setuid would change every thread of the process whose memory this is.
static void drop_to_user(struct cl_spawn_request *s) {
  if (!s->keeps_groups && syscall(SYS_setgroups, s->group_count, s->groups)) fail(s, CL_STAGE_GROUPS, errno);
  if (syscall(SYS_setresgid, s->group, s->group, s->group)) fail(s, CL_STAGE_GROUP, errno);
  if (s->is_confined && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)) fail(s, CL_STAGE_USER, errno);
  if (syscall(SYS_setresuid, s->user, s->user, s->user)) fail(s, CL_STAGE_USER, errno);
}

static int is_kept(struct cl_spawn_request *s, int number) { return s->capabilities >> number & 1; }

// What root gains when it executes a program comes from the bounding set; what others take along,
// from the ambient one: capabilities(7).
static void bound_capabilities(struct cl_spawn_request *s) {
  for (int number = 0; number < 64; number++)
    if (!is_kept(s, number) && prctl(PR_CAPBSET_DROP, number, 0, 0, 0)) {
      if (errno == EINVAL) return;  // the kernel knows no more
      fail(s, CL_STAGE_CAPABILITIES, errno);
    }
}

static void keep_capabilities(struct cl_spawn_request *s) {
  int result = cl_thread_keep_capabilities(s->capabilities);
  if (result) fail(s, CL_STAGE_CAPABILITIES, -result);
  for (int number = 0; number < 64; number++)
    if (is_kept(s, number) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0))
      fail(s, CL_STAGE_CAPABILITIES, errno);
}

static void confine(struct cl_spawn_request *s) {
  keep_capabilities(s);
  int result = cl_forbid_the_outside();
  if (result) fail(s, CL_STAGE_WALLS, -result);
}

static int child_main(void *argument) {
  struct child *c = argument;
  struct cl_spawn_request *s = c->spawn;
  static const int kinds[4] = {CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS};
  cl_reset_signals();
  setsid();
  if (c->joins_by_write) join_cgroup(s);
  for (int n = 0; n < 4; n++)
    if (s->namespaces[n] >= 0 && setns(s->namespaces[n], kinds[n]))
      fail(s, CL_STAGE_NAMESPACE, errno);
  arrange_stdio(c);
  if (s->takes_terminal && ioctl(0, TIOCSCTTY, 0)) fail(s, CL_STAGE_TERMINAL, errno);
  if (s->is_confined) {
    // Its cgroup is the top of what it sees of them.
    if (unshare(CLONE_NEWCGROUP)) fail(s, CL_STAGE_NAMESPACE, errno);
    bound_capabilities(s);
  }
  if (s->changes_user) drop_to_user(s);
  if (s->is_confined) confine(s);
  if (s->folder && chdir(s->folder)) fail(s, CL_STAGE_FOLDER, errno);
  s->reached = 1;
  execve(s->path, s->arguments, s->environment);
  fail(s, CL_STAGE_EXECUTE, errno);
  return 127;
}

enum { STACK_BYTES = 128 * 1024 };

// clone3 with a stack of its own: only it can put the child into a cgroup at birth, which
// spares the machine-wide lock that a write to cgroup.procs takes.
static long clone_into_cgroup(struct child *c, char *stack) {
#if defined(__x86_64__)
  struct clone_args args = {
    .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD,
    .pidfd = (uint64_t)(uintptr_t)&c->spawn->pidfd,
    .exit_signal = SIGCHLD,
    .stack = (uint64_t)(uintptr_t)stack,
    .stack_size = STACK_BYTES,
  };
  if (c->spawn->cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)c->spawn->cgroup;
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
      : "0"((long)SYS_clone3), "D"(&args), "S"(sizeof args), [function] "r"(child_main),
        [argument] "r"(c)
      : "rcx", "r11", "memory", "cc");
  return result;
#else
  (void)c, (void)stack;
  return -ENOSYS;
#endif
}

static long clone_and_join(struct child *c, char *stack) {
  c->joins_by_write = c->spawn->cgroup >= 0;
  long pid = clone(child_main, stack + STACK_BYTES,
                   CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, c, &c->spawn->pidfd);
  return pid < 0 ? -errno : pid;
}

// The child was killed before it could execute. That is what some kernels (seen on 6.18) do to
// whatever is born into a cgroup that had once been killed: such a one must be joined instead.
static long discard(pid_t pid, struct cl_spawn_request *s) {
  int status;
  cl_wait(pid, 0, &status);
  close(s->pidfd);
  s->pidfd = -1;
  return -ENOSYS;
}

// The PID namespace that the calling thread's next children are born into: that of the process
// that `pidfd` stands for. The thread itself stays where it is.
static int bear_into(int pidfd) { return setns(pidfd, CLONE_NEWPID) ? -errno : 0; }

// A thread whose children are born elsewhere cannot start a thread: there is no going on so.
static void bear_at_home(void) {
  int self = (int)syscall(SYS_pidfd_open, getpid(), 0);
  if (self < 0 || bear_into(self)) abort();
  close(self);
}

static long clone_child(struct child *c, char *stack) {
  struct cl_spawn_request *s = c->spawn;
  long pid = clone_into_cgroup(c, stack);
  if (pid > 0 && !s->reached && s->stage == CL_STAGE_NONE) pid = discard((pid_t)pid, s);
  if (pid == -ENOSYS || pid == -EPERM || pid == -E2BIG || pid == -EINVAL)
    pid = clone_and_join(c, stack);
  return pid;
}

pid_t cl_spawn(struct cl_spawn_request *s) {
  struct child c = {.spawn = s, .null = open("/dev/null", O_RDWR | O_CLOEXEC)};
  if (c.null < 0) return -errno;
  char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) { int code = errno; close(c.null); return -code; }
  s->stage = CL_STAGE_NONE;
  s->code = 0;
  s->reached = 0;
  s->pidfd = -1;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int moved = s->pids < 0 ? 0 : bear_into(s->pids);
  long pid = moved < 0 ? moved : clone_child(&c, stack);
  if (s->pids >= 0 && moved == 0) bear_at_home();
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  munmap(stack, STACK_BYTES);
  close(c.null);
  if (pid < 0) {
    s->stage = moved < 0 ? CL_STAGE_PIDS : CL_STAGE_CLONE;
    s->code = (int)-pid;
  } else if (s->stage != CL_STAGE_NONE) {
    int status;
    cl_wait((pid_t)pid, 0, &status);
    close(s->pidfd);
    s->pidfd = -1;
    pid = -s->code;
  }
  return (pid_t)pid;
}
