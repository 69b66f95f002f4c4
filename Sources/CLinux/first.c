#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

// The first process of a node. It is a copy of the caller that never executes anything, so it may
// only make system calls; what it shows of itself in the node must not look like the caller.

enum { REPORT = 1, LIFELINE = 0 };

// Blanks its command line and environment, as setproctitle(3bsd) does: a search by command line
// inside the node must not find the words of ours. proc_pid_stat(5): fields 48 to 51.
static void blank_texts(void) {
  char text[1024];
  int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  if (got <= 0) return;
  text[got] = 0;
  char *at = strrchr(text, ')');
  unsigned long bounds[4] = {0};
  for (int field = 3; at && field <= 51; field++) {
    at = strchr(at + 1, ' ');
    if (at && field >= 48) bounds[field - 48] = strtoul(at, NULL, 10);
  }
  static const char name[] = "init";
  for (int n = 0; at && n < 4; n += 2)
    if (bounds[n] && bounds[n + 1] > bounds[n] + sizeof name)
      memset((void *)bounds[n], 0, bounds[n + 1] - bounds[n]);
  if (at && bounds[1] > bounds[0] + sizeof name) memcpy((void *)bounds[0], name, sizeof name);
}

static void keep_only(int lifeline, int report) {
  // Above both targets first: either may have the other's number.
  int line = fcntl(lifeline, F_DUPFD, 3), word = fcntl(report, F_DUPFD, 3);
  if (line < 0 || word < 0 || dup2(line, LIFELINE) < 0 || dup2(word, REPORT) < 0) _exit(127);
  syscall(SYS_close_range, 2, ~0U, 0);
}

static int in_root(char *out, size_t size, const struct cl_first_request *first, const char *name) {
  int length = snprintf(out, size, "%s/proc%s", first->root, name);
  return length < 0 || (size_t)length >= size ? ENAMETOOLONG : 0;
}

static int set_read_only(const char *path, int on) {
  if (on && mount(path, path, NULL, MS_BIND, NULL)) return errno == ENOENT ? 0 : errno;
  return -cl_mount_read_only(path, on, 0);
}

// Files below /proc that are the machine's and that user 0 may write to without any capability;
// the network's part of /proc/sys is the node's own.
static int protect_machine(const struct cl_first_request *first) {
  static const char *const places[] = {
    "/sys", "/irq", "/bus", "/fs", "/acpi", "/scsi", "/driver", "/dynamic_debug", "/sysrq-trigger",
    "/mtrr",
  };
  char path[4096];
  int result = 0;
  for (size_t n = 0; n < sizeof places / sizeof *places && !result; n++) {
    result = in_root(path, sizeof path, first, places[n]);
    if (!result) result = set_read_only(path, 1);
  }
  if (!result) result = in_root(path, sizeof path, first, "/sys/net");
  if (!result && mount(path, path, NULL, MS_BIND, NULL)) result = errno;
  return result ? result : set_read_only(path, 0);
}

int cl_bounds_processes(void) {
  struct utsname system;
  int major = 0, minor = 0;
  if (uname(&system) || sscanf(system.release, "%d.%d", &major, &minor) != 2) return 0;
  return major > 6 || (major == 6 && minor >= 14);
}

// How many processes the node may have at once: a limit of each PID namespace since Linux 6.14,
// of the whole machine before, where it must be left alone.
static void limit_processes(const struct cl_first_request *first) {
  char path[4096], text[16];
  if (first->processes <= 0 || !cl_bounds_processes()) return;
  if (in_root(path, sizeof path, first, "/sys/kernel/pid_max")) return;
  int size = snprintf(text, sizeof text, "%d", first->processes);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t ignored = write(fd, text, (size_t)size);
  (void)ignored;
  close(fd);
}

static int mount_processes(const struct cl_first_request *first) {
  char path[4096];
  int result = in_root(path, sizeof path, first, "");
  if (result) return result;
  if (mount("proc", path, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)) return errno;
  limit_processes(first);
  return protect_machine(first);
}

static void first_main(const struct cl_first_request *first, int report) {
  cl_reset_signals();
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  sigaction(SIGCHLD, &ignored, NULL);
  keep_only(first->lifeline, report);
  setsid();
  prctl(PR_SET_NAME, "init");
  blank_texts();
  // Its memory is a copy of the runner's: nobody in the node may look into it.
  prctl(PR_SET_DUMPABLE, 0);
  int code = chdir("/") ? errno : mount_processes(first);
  if (write(REPORT, &code, sizeof code) != sizeof code || code) _exit(127);
  close(REPORT);
  char byte;
  ssize_t got;
  do got = read(LIFELINE, &byte, 1);
  while (got > 0 || (got < 0 && errno == EINTR));
  _exit(0);
}

pid_t cl_first(struct cl_first_request *first) {
  int report[2], code = 0, status;
  first->stage = CL_STAGE_CLONE;
  first->pidfd = -1;
  if (pipe2(report, O_CLOEXEC)) return -errno;
  struct clone_args args = {
    .flags = CLONE_NEWPID | CLONE_PIDFD,
    .pidfd = (uint64_t)(uintptr_t)&first->pidfd,
    .exit_signal = SIGCHLD,
  };
  if (first->cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = (uint64_t)first->cgroup;
  }
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) first_main(first, report[1]);
  int failure = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  ssize_t got = 0;
  do got = pid < 0 ? 0 : read(report[0], &code, sizeof code);
  while (got < 0 && errno == EINTR);
  close(report[0]);
  if (pid < 0) return -failure;
  if (got == sizeof code && code == 0) return (pid_t)pid;
  first->stage = CL_STAGE_NAMESPACE;
  cl_wait((pid_t)pid, 0, &status);
  close(first->pidfd);
  return got == sizeof code ? -code : -ECHILD;
}
