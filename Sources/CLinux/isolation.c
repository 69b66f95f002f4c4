#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int checked(long result) { return result < 0 ? -errno : (int)result; }

int cl_errno(void) { return errno; }
int cl_unshare(int flags) { return checked(unshare(flags)); }
int cl_setns(int fd, int kind) { return checked(setns(fd, kind)); }
int cl_sethostname(const char *name) { return checked(sethostname(name, strlen(name))); }
int cl_set_thread_name(const char *name) { return checked(prctl(PR_SET_NAME, name)); }

int cl_pidfd_send_signal(int pidfd, int signal) {
  return checked(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

int cl_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
int cl_replace(int fd, int other) { return dup3(other, fd, O_CLOEXEC); }
int cl_duplicate(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }

int cl_open(const char *path, int flags, unsigned mode) {
  int fd;
  do fd = open(path, flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return checked(fd);
}

int cl_set_close_on_exec(int fd) { return checked(fcntl(fd, F_SETFD, FD_CLOEXEC)); }

int cl_set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags < 0 ? -errno : checked(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

int cl_mount(const char *source, const char *target, const char *type, unsigned long flags,
             const char *data) {
  return checked(mount(source, target, type, flags, data));
}

int cl_unmount(const char *target) { return checked(umount2(target, MNT_DETACH)); }

int cl_mount_read_only(const char *target, int on, int recursive) {
  struct mount_attr attr = {0};
  if (on) attr.attr_set = MOUNT_ATTR_RDONLY;
  else attr.attr_clr = MOUNT_ATTR_RDONLY;
  return checked(syscall(SYS_mount_setattr, AT_FDCWD, target, recursive ? AT_RECURSIVE : 0, &attr,
                         sizeof attr));
}

pid_t cl_wait(pid_t pid, int options, int *status) {
  pid_t got;
  do got = waitpid(pid, status, options | __WALL);
  while (got < 0 && errno == EINTR);
  return checked(got);
}

int cl_exit_status(int status, int *signal) {
  *signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int join_path(char *out, size_t size, const char *folder, const char *name) {
  int n = snprintf(out, size, "%s/%s", folder, name);
  return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int write_text(const char *folder, const char *name, const char *text) {
  char path[4096];
  if (join_path(path, sizeof path, folder, name)) return -ENAMETOOLONG;
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int result = write(fd, text, strlen(text)) < 0 ? -errno : 0;
  close(fd);
  return result;
}

// The inner process.

void cl_reset_signals(void) {
  // The system call itself: glibc keeps two numbers for its own use and will not touch them.
  const char standard[64] = {0};
  for (int n = 1; n < _NSIG; n++) syscall(SYS_rt_sigaction, n, standard, NULL, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}


static int is_kept(const struct cl_inner_request *inner, int fd) {
  for (size_t n = 0; n < inner->keep_count; n++)
    if (inner->keep[n] == fd) return 1;
  return fd == inner->lifeline[0];
}

// In a user namespace a process is nobody until its users are mapped, and what it executes before
// then has no capabilities.
static void await_users(int gate) {
  char byte;
  ssize_t got;
  if (gate < 0) return;
  do got = read(gate, &byte, 1);
  while (got < 0 && errno == EINTR);
  if (got != 1) _exit(127);
}

int cl_map_one_user(pid_t pid, uid_t user, gid_t group) {
  char folder[64], text[64];
  snprintf(folder, sizeof folder, "/proc/%d", pid);
  int result = write_text(folder, "setgroups", "deny");
  if (result) return result;
  snprintf(text, sizeof text, "0 %u 1", group);
  result = write_text(folder, "gid_map", text);
  if (result) return result;
  snprintf(text, sizeof text, "0 %u 1", user);
  return write_text(folder, "uid_map", text);
}

static void inner_main(const struct cl_inner_request *inner, int report) {
  // The parent may have died before the request was in place; then its end of the lifeline
  // is closed. (getppid cannot tell: it is 0 across PID namespaces.)
  close(inner->lifeline[1]);
  struct pollfd line = {.fd = inner->lifeline[0], .events = POLLIN};
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) || poll(&line, 1, 0) < 0 || (line.revents & POLLHUP))
    _exit(127);
  await_users(inner->gate);
  cl_reset_signals();
  syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  for (int fd = 3; fd < 4096; fd++)
    if (is_kept(inner, fd)) fcntl(fd, F_SETFD, 0);
  execve(inner->path, inner->arguments, inner->environment);
  int code = errno;
  ssize_t ignored = write(report, &code, sizeof code);
  (void)ignored;
  _exit(127);
}

pid_t cl_inner_begin(const struct cl_inner_request *inner, int *reported) {
  int report[2];
  if (pipe2(report, O_CLOEXEC)) return -errno;
  struct clone_args args = {.flags = inner->flags, .exit_signal = SIGCHLD};
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) inner_main(inner, report[1]);
  int failure = errno;
  close(report[1]);
  if (pid < 0) {
    close(report[0]);
    return -failure;
  }
  *reported = report[0];
  return (pid_t)pid;
}

int cl_inner_end(pid_t pid, int reported) {
  int code = 0, status;
  ssize_t got = read(reported, &code, sizeof code);
  close(reported);
  if (got != sizeof code) return 0;
  cl_wait(pid, 0, &status);
  return -code;
}

// Cgroups of a run that ended.

static int is_populated(const char *folder) {
  char path[4096], text[256];
  if (join_path(path, sizeof path, folder, "cgroup.events")) return -ENAMETOOLONG;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got < 0) return -errno;
  text[got] = 0;
  return strstr(text, "populated 1") != NULL;
}

// Depth is bounded: run, group, node, component, and what a service manager might add.
static int remove_tree(const char *folder, int depth) {
  if (rmdir(folder) == 0 || errno == ENOENT) return 0;
  if (depth == 0) return -errno;
  DIR *list = opendir(folder);
  if (!list) return -errno;
  struct dirent *entry;
  char path[4096];
  while ((entry = readdir(list)))
    if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
        join_path(path, sizeof path, folder, entry->d_name) == 0)
      remove_tree(path, depth - 1);
  closedir(list);
  return rmdir(folder) == 0 || errno == ENOENT ? 0 : -errno;
}

int cl_cgroup_remove(const char *path, int timeout_ms) {
  struct timespec nap = {.tv_nsec = 1000000};
  int result = 0;
  for (int spent = 0; spent <= timeout_ms; spent++) {
    write_text(path, "cgroup.kill", "1");
    int populated = is_populated(path);
    if (populated == -ENOENT) return 0;
    result = populated == 1 ? -EBUSY : remove_tree(path, 8);
    if (result == 0) return 0;
    nanosleep(&nap, NULL);
  }
  return result;
}

pid_t cl_janitor(int pipe, const char *path) {
  pid_t pid = fork();
  if (pid != 0) return pid < 0 ? -errno : pid;
  setsid();
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  const int quiet[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
  for (size_t n = 0; n < sizeof quiet / sizeof *quiet; n++) sigaction(quiet[n], &ignored, NULL);
  if (dup2(pipe, 0) < 0 || chdir("/")) _exit(1);
  syscall(SYS_close_range, 1, ~0U, 0);
  prctl(PR_SET_NAME, "janitor");
  char byte;
  ssize_t got;
  do got = read(0, &byte, 1);
  while (got > 0 || (got < 0 && errno == EINTR));
  _exit(cl_cgroup_remove(path, 10000) ? 1 : 0);
}
