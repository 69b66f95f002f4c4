#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

_Static_assert(sizeof(struct termios) <= CL_TERMINAL_STATE_BYTES, "no room for a terminal's state");

int cl_terminal_open(int ends[2]) {
  char name[64];
  ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (ends[0] < 0) return -errno;
  int bad = grantpt(ends[0]) || unlockpt(ends[0]);
  int code = bad ? errno : ptsname_r(ends[0], name, sizeof name);
  if (code == 0) {
    ends[1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (ends[1] >= 0) return 0;
    code = errno;
  }
  close(ends[0]);
  return -code;
}

int cl_terminal_make_raw(int fd, void *saved) {
  struct termios state;
  if (tcgetattr(fd, &state)) return -errno;
  memcpy(saved, &state, sizeof state);
  cfmakeraw(&state);
  return tcsetattr(fd, TCSADRAIN, &state) ? -errno : 0;
}

int cl_terminal_restore(int fd, const void *saved) {
  struct termios state;
  memcpy(&state, saved, sizeof state);
  return tcsetattr(fd, TCSADRAIN, &state) ? -errno : 0;
}

int cl_terminal_copy_size(int from, int to) {
  struct winsize size;
  return ioctl(from, TIOCGWINSZ, &size) || ioctl(to, TIOCSWINSZ, &size) ? -errno : 0;
}

// The rehearsal.

static int rehearse_mounts(void) {
  return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
         mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV, "") ||
         mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755");
}

// The first process of a node: it ends with the one that rehearses.
static int rehearse_first(void) {
  int lifeline[2];
  char byte;
  struct cl_first_request first = {.root = "/", .cgroup = -1, .program = cl_first_program()};
  if (first.program < 0) return first.program;
  if (pipe2(lifeline, O_CLOEXEC)) return -errno;
  first.lifeline = lifeline[0];
  pid_t pid = cl_first(&first);
  if (pid < 0) return pid;
  return read(first.ready, &byte, 1) == 1 ? 0 : -ECHILD;
}

static void rehearse_and_exit(int report, int gate) {
  int said[2] = {CL_REHEARSAL_DONE, 0}, result;
  char byte;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (read(gate, &byte, 1) != 1) _exit(127);
  if (rehearse_mounts()) {
    said[0] = CL_REHEARSAL_MOUNTS;
    said[1] = errno;
  } else if (sethostname("faultline", 9)) {
    said[0] = CL_REHEARSAL_HOSTNAME;
    said[1] = errno;
  } else if ((result = cl_tap_open("rehearsal")) < 0) {
    said[0] = CL_REHEARSAL_TAP;
    said[1] = -result;
  } else if ((result = rehearse_first()) < 0) {
    said[0] = CL_REHEARSAL_FIRST;
    said[1] = -result;
  }
  ssize_t ignored = write(report, said, sizeof said);
  (void)ignored;
  _exit(0);
}

int cl_rehearse(unsigned long namespaces, int *step) {
  int report[2], gate[2], said[2] = {CL_REHEARSAL_NAMESPACES, EIO}, status;
  uid_t user = geteuid();
  gid_t group = getegid();
  *step = CL_REHEARSAL_NAMESPACES;
  if (pipe2(report, O_CLOEXEC)) return -errno;
  if (pipe2(gate, O_CLOEXEC)) {
    close(report[0]);
    close(report[1]);
    return -errno;
  }
  struct clone_args args = {.flags = namespaces, .exit_signal = SIGCHLD};
  long pid = syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) {
    close(gate[1]);
    rehearse_and_exit(report[1], gate[0]);
  }
  int failure = errno;
  close(report[1]);
  close(gate[0]);
  int mapped = pid > 0 && namespaces & CLONE_NEWUSER ? cl_map_one_user((pid_t)pid, user, group) : 0;
  if (pid > 0 && mapped == 0 && write(gate[1], "", 1) != 1) mapped = -errno;
  close(gate[1]);
  if (pid < 0 || mapped < 0) {
    close(report[0]);
    if (pid > 0) cl_wait((pid_t)pid, 0, &status);
    return pid < 0 ? -failure : mapped;
  }
  ssize_t got;
  do got = read(report[0], said, sizeof said);
  while (got < 0 && errno == EINTR);
  close(report[0]);
  cl_wait((pid_t)pid, 0, &status);
  *step = said[0];
  return said[0] == CL_REHEARSAL_DONE ? 0 : -said[1];
}
