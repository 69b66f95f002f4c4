#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

// The first process of a node, until it executes the program that waits (waiter.c): it makes the
// node's /proc. It borrows the caller's memory, so it may only make system calls.

struct first_child {
  struct cl_first_request *first;
  struct cl_birth birth;
  int report;
  int code;
};

static void fail(struct first_child *c, int code) {
  c->code = code;
  _exit(127);
}

static int set_read_only(const char *path, int on) {
  if (on && mount(path, path, NULL, MS_BIND, NULL)) return errno == ENOENT ? 0 : errno;
  return -cl_mount_read_only(path, on, 0);
}

// Files below /proc, the working folder, that are the machine's and that user 0 may write to without
// any capability; the network's part of /proc/sys is the node's own.
static int protect_machine(void) {
  static const char *const places[] = {
    "sys", "irq", "bus", "fs", "acpi", "scsi", "driver", "dynamic_debug", "sysrq-trigger", "mtrr",
  };
  int result = 0;
  for (size_t n = 0; n < sizeof places / sizeof *places && !result; n++)
    result = set_read_only(places[n], 1);
  if (!result && mount("sys/net", "sys/net", NULL, MS_BIND, NULL)) result = errno;
  return result ? result : set_read_only("sys/net", 0);
}

int cl_bounds_processes(void) {
  struct utsname system;
  int major = 0, minor = 0;
  if (uname(&system) || sscanf(system.release, "%d.%d", &major, &minor) != 2) return 0;
  return major > 6 || (major == 6 && minor >= 14);
}

// Numbers below this are given to nobody once all have been given: RESERVED_PIDS of the kernel.
enum { RESERVED_NUMBERS = 300, MOST_NUMBERS = 4 * 1024 * 1024 };

// How many processes the node may have at once: a limit of each PID namespace since Linux 6.14,
// of the whole machine before, where it must be left alone. The kernel bounds their numbers, so
// that many stay to be given when the reserved ones are gone; those who have one of these come
// on top.
static void limit_processes(int processes) {
  char text[16];
  if (processes <= 0 || !cl_bounds_processes()) return;
  if (processes > MOST_NUMBERS - RESERVED_NUMBERS) processes = MOST_NUMBERS - RESERVED_NUMBERS;
  int size = snprintf(text, sizeof text, "%d", processes + RESERVED_NUMBERS);
  int fd = open("sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t ignored = write(fd, text, (size_t)size);
  (void)ignored;
  close(fd);
}

static int mount_processes(const struct cl_first_request *first) {
  if (chdir(first->root)) return errno;
  if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) return errno;
  if (chdir("proc")) return errno;
  limit_processes(first->processes);
  return protect_machine();
}

// The program's only descriptors: its lifeline, and where it says that it is ready.
static int keep_only(int lifeline, int report, int program) {
  // Above the targets first: any may have another's number.
  int line = fcntl(lifeline, F_DUPFD, 3), word = fcntl(report, F_DUPFD, 3);
  int file = fcntl(program, F_DUPFD_CLOEXEC, 3);
  if (line < 0 || word < 0 || file < 0 || dup2(line, 0) < 0 || dup2(word, 1) < 0) return -errno;
  close(2);
  return syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) ? -errno : file;
}

static int first_main(void *argument) {
  struct first_child *c = argument;
  int joined = c->birth.joins_by_write ? cl_join_cgroup(c->birth.cgroup) : 0;
  if (joined) fail(c, -joined);
  cl_reset_signals();
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  sigaction(SIGCHLD, &ignored, NULL);
  setsid();
  int code = mount_processes(c->first);
  if (code || chdir("/")) fail(c, code ? code : errno);
  int program = keep_only(c->first->lifeline, c->report, c->first->program);
  if (program < 0) fail(c, -program);
  static char *const arguments[] = {"init", NULL}, *const environment[] = {NULL};
  syscall(SYS_execveat, program, "", arguments, environment, AT_EMPTY_PATH);
  fail(c, errno);
  return 127;
}

static long bear(struct first_child *c) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  long pid = cl_bear(&c->birth);
  if (cl_is_unknown(pid)) pid = cl_bear_and_join(&c->birth);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pid;
}

pid_t cl_first(struct cl_first_request *first) {
  int report[2], status;
  first->stage = CL_STAGE_CLONE;
  first->pidfd = -1;
  if (pipe2(report, O_CLOEXEC)) return -errno;
  struct first_child c = {.first = first, .report = report[1]};
  c.birth = (struct cl_birth){.flags = CLONE_NEWPID, .cgroup = first->cgroup,
                              .pidfd = &first->pidfd, .run = first_main, .argument = &c};
  long pid = bear(&c);
  close(report[1]);
  first->ready = report[0];
  if (pid > 0 && !c.code) return (pid_t)pid;
  close(report[0]);
  first->ready = -1;
  if (pid < 0) return (pid_t)pid;
  first->stage = CL_STAGE_NAMESPACE;
  cl_wait((pid_t)pid, 0, &status);
  close(first->pidfd);
  return -c.code;
}
