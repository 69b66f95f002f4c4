#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// Limits of other processes: prlimit(2).

// Whose a process is: the first of each line of numbers in /proc/PID/status.
static int owner(pid_t pid, unsigned *user, unsigned *group) {
  char path[40], line[256];
  int found = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE *file = fopen(path, "re");
  if (!file) return -errno;
  while (found < 2 && fgets(line, sizeof line, file))
    found += sscanf(line, "Uid: %u", user) == 1 || sscanf(line, "Gid: %u", group) == 1;
  fclose(file);
  return found == 2 ? 0 : -ESRCH;
}

static void be(unsigned user, unsigned group) {
  syscall(SYS_setresgid, group, -1, -1);
  syscall(SYS_setresuid, user, -1, -1);
}

// Where root lacks CAP_SYS_RESOURCE, as in many containers, only the real user and group of the thread
// count, which are made those of the process for as long as the call takes. The effective ones stay, and
// with them all that root may do.
static int as_owner(pid_t pid, const struct rlimit *set, struct rlimit *now) {
  if (!prlimit(pid, RLIMIT_NOFILE, set, now)) return 0;
  if (errno != EPERM) return -errno;
  unsigned user, group;
  int code = owner(pid, &user, &group);
  if (code) return code;
  unsigned own_user = getuid(), own_group = getgid();
  be(user, group);
  code = prlimit(pid, RLIMIT_NOFILE, set, now) ? -errno : 0;
  be(own_user, own_group);
  return code;
}

int cl_file_limit(pid_t pid, uint64_t *limit) {
  struct rlimit now;
  int code = as_owner(pid, NULL, &now);
  if (code) return code;
  *limit = now.rlim_cur;
  return 0;
}

int cl_set_file_limit(pid_t pid, uint64_t limit) {
  struct rlimit now;
  int code = as_owner(pid, NULL, &now);
  if (code) return code;
  now.rlim_cur = limit < now.rlim_max ? limit : now.rlim_max;
  return as_owner(pid, &now, NULL);
}
