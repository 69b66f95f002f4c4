#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// Spawning. The child shares the parent's memory until it executes, so it may only make
// system calls, must not touch the parent's locks, and can report by writing to memory.

struct child {
  struct cl_spawn_request *spawn;
  struct cl_birth birth;
  const struct sock_fprog *refused;
  int null;
};

static void fail(struct cl_spawn_request *s, int stage, int code) {
  s->stage = stage;
  s->code = code;
  _exit(127);
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
static void keep_capabilities(struct cl_spawn_request *s) {
  int result = cl_thread_keep_capabilities(s->capabilities);
  if (result) fail(s, CL_STAGE_CAPABILITIES, -result);
  if (!s->changes_user || s->user == 0) return;
  for (int number = 0; number < 64; number++)
    if (is_kept(s, number) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0))
      fail(s, CL_STAGE_CAPABILITIES, errno);
}

static void confine(struct child *c) {
  keep_capabilities(c->spawn);
  int result = cl_forbid_the_outside(c->refused);
  if (result) fail(c->spawn, CL_STAGE_WALLS, -result);
}

// Whoever stands at the other end may be gone: then there is nothing to wait for.
static void wait_at(int gate) {
  char byte;
  ssize_t got = send(gate, "", 1, MSG_NOSIGNAL);
  while (got >= 0 || errno == EINTR) {
    got = recv(gate, &byte, 1, 0);
    if (got >= 0) return;
  }
}

static int child_main(void *argument) {
  struct child *c = argument;
  struct cl_spawn_request *s = c->spawn;
  static const int kinds[4] = {CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS};
  int joined = c->birth.joins_by_write ? cl_join_cgroup(s->cgroup) : 0;
  if (joined) fail(s, CL_STAGE_CGROUP, -joined);
  cl_reset_signals();
  setsid();
  for (int n = 0; n < 4; n++)
    if (s->namespaces[n] >= 0 && setns(s->namespaces[n], kinds[n]))
      fail(s, CL_STAGE_NAMESPACE, errno);
  arrange_stdio(c);
  if (s->takes_terminal && ioctl(0, TIOCSCTTY, 0)) fail(s, CL_STAGE_TERMINAL, errno);
  if (s->is_confined) {
    // Its cgroup is the top of what it sees of them.
    if (unshare(CLONE_NEWCGROUP)) fail(s, CL_STAGE_NAMESPACE, errno);
    int bounded = cl_thread_bound_capabilities(s->capabilities);
    if (bounded) fail(s, CL_STAGE_CAPABILITIES, -bounded);
  }
  if (s->changes_user) drop_to_user(s);
  if (s->is_confined) confine(c);
  if (s->folder && chdir(s->folder)) fail(s, CL_STAGE_FOLDER, errno);
  if (s->has_gate) wait_at(s->gate);
  s->reached = 1;
  execve(s->path, s->arguments, s->environment);
  fail(s, CL_STAGE_EXECUTE, errno);
  return 127;
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

static long clone_child(struct child *c) {
  struct cl_spawn_request *s = c->spawn;
  long pid = cl_bear(&c->birth);
  if (pid > 0 && !s->reached && s->stage == CL_STAGE_NONE) pid = discard((pid_t)pid, s);
  return cl_is_unknown(pid) ? cl_bear_and_join(&c->birth) : pid;
}

// With every signal blocked: a handler of the caller's must not run in the child.
static long clone_at_its_place(struct child *c, int *moved) {
  int pids = c->spawn->pids;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  *moved = pids < 0 ? 0 : bear_into(pids);
  long pid = *moved < 0 ? *moved : clone_child(c);
  if (pids >= 0 && *moved == 0) bear_at_home();
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pid;
}

pid_t cl_spawn(struct cl_spawn_request *s) {
  struct child c = {.spawn = s, .null = open("/dev/null", O_RDWR | O_CLOEXEC)};
  if (c.null < 0) return -errno;
  c.refused = s->is_confined ? cl_refusals() : NULL;
  c.birth = (struct cl_birth){
    .cgroup = s->cgroup, .pidfd = &s->pidfd, .run = child_main, .argument = &c};
  s->stage = CL_STAGE_NONE;
  s->code = 0;
  s->reached = 0;
  s->pidfd = -1;
  int moved;
  long pid = clone_at_its_place(&c, &moved);
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
