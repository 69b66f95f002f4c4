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
int cl_unmount(const char *target, int flags) { return checked(umount2(target, flags)); }
int cl_sethostname(const char *name) { return checked(sethostname(name, strlen(name))); }
int cl_pidfd_open(pid_t pid) { return checked(syscall(SYS_pidfd_open, pid, 0)); }
int cl_set_thread_name(const char *name) { return checked(prctl(PR_SET_NAME, name)); }

int cl_pidfd_send_signal(int pidfd, int signal) {
  return checked(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0));
}

int cl_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
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

static void reset_signals(void) {
  // The system call itself: glibc keeps two numbers for its own use and will not touch them.
  const char standard[64] = {0};
  for (int n = 1; n < _NSIG; n++) syscall(SYS_rt_sigaction, n, standard, NULL, 8);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
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
  if (syscall(SYS_setgroups, s->group_count, s->groups)) fail(s, CL_STAGE_GROUPS, errno);
  if (syscall(SYS_setresgid, s->group, s->group, s->group)) fail(s, CL_STAGE_GROUP, errno);
  if (syscall(SYS_setresuid, s->user, s->user, s->user)) fail(s, CL_STAGE_USER, errno);
}

static int child_main(void *argument) {
  struct child *c = argument;
  struct cl_spawn_request *s = c->spawn;
  static const int kinds[3] = {CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWNS};
  reset_signals();
  setsid();
  if (c->joins_by_write) join_cgroup(s);
  for (int n = 0; n < 3; n++)
    if (s->namespaces[n] >= 0 && setns(s->namespaces[n], kinds[n]))
      fail(s, CL_STAGE_NAMESPACE, errno);
  arrange_stdio(c);
  if (s->changes_user) drop_to_user(s);
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
  long pid = clone_into_cgroup(&c, stack);
  if (pid > 0 && !s->reached && s->stage == CL_STAGE_NONE) pid = discard((pid_t)pid, s);
  if (pid == -ENOSYS || pid == -EPERM || pid == -E2BIG || pid == -EINVAL)
    pid = clone_and_join(&c, stack);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  munmap(stack, STACK_BYTES);
  close(c.null);
  if (pid < 0) {
    s->stage = CL_STAGE_CLONE;
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

// The inner process.

static int is_kept(const struct cl_inner_request *inner, int fd) {
  for (size_t n = 0; n < inner->keep_count; n++)
    if (inner->keep[n] == fd) return 1;
  return fd == inner->lifeline[0];
}

static void inner_main(const struct cl_inner_request *inner, int report) {
  // The parent may have died before the request was in place; then its end of the lifeline
  // is closed. (getppid cannot tell: it is 0 across PID namespaces.)
  close(inner->lifeline[1]);
  struct pollfd line = {.fd = inner->lifeline[0], .events = POLLIN};
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) || poll(&line, 1, 0) < 0 || (line.revents & POLLHUP))
    _exit(127);
  reset_signals();
  syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
  for (int fd = 3; fd < 4096; fd++)
    if (is_kept(inner, fd)) fcntl(fd, F_SETFD, 0);
  execve(inner->path, inner->arguments, inner->environment);
  int code = errno;
  ssize_t ignored = write(report, &code, sizeof code);
  (void)ignored;
  _exit(127);
}

pid_t cl_inner(const struct cl_inner_request *inner, int *stage) {
  int report[2], code = 0;
  *stage = CL_STAGE_CLONE;
  if (pipe2(report, O_CLOEXEC)) return -errno;
  struct clone_args args = {.flags = inner->flags, .exit_signal = SIGCHLD};
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) inner_main(inner, report[1]);
  int failure = errno;
  close(report[1]);
  ssize_t got = pid < 0 ? 0 : read(report[0], &code, sizeof code);
  close(report[0]);
  if (pid < 0) return -failure;
  if (got != sizeof code) return (pid_t)pid;
  *stage = CL_STAGE_EXECUTE;
  cl_wait((pid_t)pid, 0, &failure);
  return -code;
}

// Cgroups of a run that ended.

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

// Control sockets.

ssize_t cl_send_descriptors(int socket, const void *bytes, size_t count, const int *fds,
                            size_t fd_count) {
  if (fd_count > 3) return -EINVAL;
  char control[CMSG_SPACE(3 * sizeof(int))] = {0};
  struct iovec vector = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
  if (fd_count > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
  }
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

ssize_t cl_receive_descriptors(int socket, void *bytes, size_t count, int fds[3],
                               size_t *fd_count) {
  char control[CMSG_SPACE(3 * sizeof(int))];
  struct iovec vector = {.iov_base = bytes, .iov_len = count};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                           .msg_controllen = sizeof control};
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  *fd_count = 0;
  if (got < 0) return -errno;
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
    *fd_count = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(h), *fd_count * sizeof(int));
  }
  return got;
}

// A socket's path is at most 107 bytes; a long one is reached through its folder's descriptor.
static int unix_address(const char *path, struct sockaddr_un *address, int *folder) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  *folder = -1;
  size_t length = strlen(path);
  if (length < sizeof address->sun_path) {
    memcpy(address->sun_path, path, length + 1);
    return 0;
  }
  const char *slash = strrchr(path, '/');
  char parent[4096];
  if (!slash || (size_t)(slash - path) >= sizeof parent) return -ENAMETOOLONG;
  memcpy(parent, path, (size_t)(slash - path));
  parent[slash - path] = 0;
  *folder = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (*folder < 0) return -errno;
  int n = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d%s", *folder,
                   slash);
  return n < (int)sizeof address->sun_path ? 0 : -ENAMETOOLONG;
}

static int unix_socket(const char *path, int listens) {
  struct sockaddr_un address;
  int folder;
  int result = unix_address(path, &address, &folder);
  int fd = result < 0 ? result : checked(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd >= 0) {
    if (listens) unlink(path);
    int bad = listens
                  ? bind(fd, (struct sockaddr *)&address, sizeof address) || chmod(path, 0600) ||
                        listen(fd, 64)
                  : connect(fd, (struct sockaddr *)&address, sizeof address);
    if (bad) {
      int code = errno;
      close(fd);
      fd = -code;
    }
  }
  if (folder >= 0) close(folder);
  return fd;
}

int cl_accept(int socket) { return checked(accept4(socket, NULL, NULL, SOCK_CLOEXEC)); }
int cl_unix_listen(const char *path) { return unix_socket(path, 1); }
int cl_unix_connect(const char *path) { return unix_socket(path, 0); }
