#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int cl_pivot_root(const char *root) {
  // pivot_root(2), NOTES: with "." for both, the old root ends up on top of the new one.
  if (chdir(root) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
    return -errno;
  return 0;
}

int cl_make_whiteout(const char *path) { return mknod(path, S_IFCHR, 0) ? -errno : 0; }

int cl_thread_keep_capabilities(uint64_t capabilities) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {0};
  for (int half = 0; half < 2; half++) {
    uint32_t bits = (uint32_t)(capabilities >> (32 * half));
    data[half].effective = data[half].permitted = data[half].inheritable = bits;
  }
  return syscall(SYS_capset, &header, data) ? -errno : 0;
}

int cl_thread_bound_capabilities(uint64_t capabilities) {
  for (int number = 0; number < 64; number++) {
    if (capabilities >> number & 1) continue;
    // Looking costs a fraction of dropping, which makes new credentials.
    int is_there = prctl(PR_CAPBSET_READ, number, 0, 0, 0);
    if (is_there < 0 && errno == EINVAL) return 0;  // the kernel knows no more
    if (is_there && prctl(PR_CAPBSET_DROP, number, 0, 0, 0)) return -errno;
  }
  return 0;
}
