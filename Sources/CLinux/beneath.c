#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int by_kernel(int folder, const char *path, int flags, unsigned mode) {
  struct open_how how = {
    .flags = (unsigned)flags | O_CLOEXEC,
    .mode = flags & O_CREAT ? mode & 07777 : 0,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  // EAGAIN: somebody renamed on the way, so that the kernel cannot tell; ask again, but not for ever.
  for (int tries = 0;; tries++) {
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd >= 0) return fd;
    if (errno != EINTR && (errno != EAGAIN || tries > 1000)) return -errno;
  }
}

// One part. What is a link is refused as a link, whatever else the flags make of it.
static int part(int folder, const char *name, int flags, unsigned mode) {
  int fd;
  do fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, mode & 07777);
  while (fd < 0 && errno == EINTR);
  if (fd >= 0) return fd;
  int code = errno;
  struct stat info;
  if (code == ENOTDIR && !fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) && S_ISLNK(info.st_mode))
    code = ELOOP;
  return -code;
}

int cl_open_beneath_by_parts(int folder, const char *path, int flags, unsigned mode) {
  if (!*path) return -ENOENT;
  if (*path == '/') return -EXDEV;
  int at = -1;
  for (;;) {
    size_t length = strcspn(path, "/");
    const char *rest = path + length + strspn(path + length, "/");
    char name[256];
    if (length >= sizeof name) { if (at >= 0) close(at); return -ENAMETOOLONG; }
    memcpy(name, path, length);
    name[length] = 0;
    int from = at >= 0 ? at : folder;
    int fd = !strcmp(name, "..") ? -EXDEV
      : part(from, name, *rest ? O_PATH | O_DIRECTORY : flags, mode);
    if (at >= 0) close(at);
    if (fd < 0 || !*rest) return fd;
    at = fd;
    path = rest;
  }
}

int cl_open_beneath(int folder, const char *path, int flags, unsigned mode) {
  int fd = by_kernel(folder, path, flags, mode);
  return fd == -ENOSYS ? cl_open_beneath_by_parts(folder, path, flags, mode) : fd;
}
