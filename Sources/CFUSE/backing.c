#define _GNU_SOURCE
#include "CFUSE.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static int checked(long result) { return result < 0 ? -errno : (int)result; }

/// Where an open descriptor can be reached by name.
struct place {
  char text[40];
};

static struct place place_of(int fd) {
  struct place place;
  snprintf(place.text, sizeof place.text, "/proc/self/fd/%d", fd);
  return place;
}

int cf_open_device(void) { return checked(open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK)); }

int cf_mount(int device, const char *target) {
  char options[160];
  snprintf(options, sizeof options,
           "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other,default_permissions,max_read=1048576",
           device, geteuid(), getegid());
  return checked(mount("faultline", target, "fuse.faultline", MS_NOSUID | MS_NODEV, options));
}

static void fill(struct cf_status *status, const struct stat *s) {
  struct fuse_attr *a = &status->attributes;
  *a = (struct fuse_attr){.ino = s->st_ino, .size = (uint64_t)s->st_size, .blocks = (uint64_t)s->st_blocks,
                          .atime = (uint64_t)s->st_atim.tv_sec, .mtime = (uint64_t)s->st_mtim.tv_sec,
                          .ctime = (uint64_t)s->st_ctim.tv_sec, .atimensec = (uint32_t)s->st_atim.tv_nsec,
                          .mtimensec = (uint32_t)s->st_mtim.tv_nsec, .ctimensec = (uint32_t)s->st_ctim.tv_nsec,
                          .mode = s->st_mode, .nlink = (uint32_t)s->st_nlink, .uid = s->st_uid, .gid = s->st_gid,
                          .rdev = (uint32_t)s->st_rdev, .blksize = (uint32_t)s->st_blksize};
  status->device = s->st_dev;
}

int cf_look(int handle, struct cf_status *status) {
  struct stat s;
  if (fstatat(handle, "", &s, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) return -errno;
  fill(status, &s);
  return 0;
}

int cf_find(int folder, const char *name, struct cf_status *status) {
  int handle = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (handle < 0) return -errno;
  int result = cf_look(handle, status);
  if (result == 0) return handle;
  close(handle);
  return result;
}

ssize_t cf_path(int handle, char *buffer, size_t count) {
  struct place place = place_of(handle);
  ssize_t got = readlink(place.text, buffer, count);
  return got < 0 ? -errno : got;
}

int cf_open(int handle) {
  struct place place = place_of(handle);
  int fd = open(place.text, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) fd = open(place.text, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  return checked(fd);
}

int cf_open_folder(int handle) { return checked(openat(handle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)); }

ssize_t cf_list(int folder, void *buffer, size_t count) {
  ssize_t got = syscall(SYS_getdents64, folder, buffer, count);
  return got < 0 ? -errno : got;
}

ssize_t cf_read_link(int handle, char *buffer, size_t count) {
  ssize_t got = readlinkat(handle, "", buffer, count);
  return got < 0 ? -errno : got;
}

int cf_room(int handle, struct fuse_kstatfs *room) {
  struct statvfs v;
  struct place place = place_of(handle);
  if (statvfs(place.text, &v)) return -errno;
  *room = (struct fuse_kstatfs){.blocks = v.f_blocks, .bfree = v.f_bfree, .bavail = v.f_bavail, .files = v.f_files,
                                .ffree = v.f_ffree, .bsize = (uint32_t)v.f_bsize,
                                .namelen = (uint32_t)v.f_namemax, .frsize = (uint32_t)v.f_frsize};
  return 0;
}

static int own(int folder, const char *name, uint32_t user, uint32_t group) {
  return checked(fchownat(folder, name, user, group, AT_SYMLINK_NOFOLLOW));
}

int cf_make_file(int folder, const char *name, uint32_t mode, uint32_t user, uint32_t group) {
  int fd = openat(folder, name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  int result = fchown(fd, user, group) || fchmod(fd, mode & 07777) ? -errno : 0;
  close(fd);
  return result;
}

int cf_make_node(int folder, const char *name, uint32_t mode, uint32_t device, uint32_t user, uint32_t group) {
  if (mknodat(folder, name, mode, device)) return -errno;
  int result = own(folder, name, user, group);
  if (result == 0) result = checked(fchmodat(folder, name, mode & 07777, 0));
  return result;
}

int cf_make_folder(int folder, const char *name, uint32_t mode, uint32_t user, uint32_t group) {
  if (mkdirat(folder, name, 0700)) return -errno;
  int result = own(folder, name, user, group);
  if (result == 0) result = checked(fchmodat(folder, name, mode & 07777, 0));
  return result;
}

int cf_make_link(int folder, const char *name, const char *target, uint32_t user, uint32_t group) {
  if (symlinkat(target, folder, name)) return -errno;
  return own(folder, name, user, group);
}

int cf_name(int handle, int folder, const char *name) {
  struct place place = place_of(handle);
  return checked(linkat(AT_FDCWD, place.text, folder, name, AT_SYMLINK_FOLLOW));
}

int cf_remove(int folder, const char *name, int is_folder) {
  return checked(unlinkat(folder, name, is_folder ? AT_REMOVEDIR : 0));
}

int cf_rename(int from, const char *name, int to, const char *new_name, uint32_t flags) {
  return checked(renameat2(from, name, to, new_name, flags));
}

int cf_is_empty(int folder, const char *name) {
  int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return -errno;
  DIR *entries = fdopendir(fd);
  if (!entries) return close(fd), -ENOMEM;
  int count = 0;
  while (count <= 2 && readdir(entries)) count++;
  closedir(entries);
  return count <= 2;
}

int cf_truncate(int fd, uint64_t size) { return checked(ftruncate(fd, (off_t)size)); }

int cf_allocate(int fd, uint32_t mode, uint64_t offset, uint64_t length) {
  return checked(fallocate(fd, (int)mode, (off_t)offset, (off_t)length));
}

static struct timespec moment(int is_set, int is_now, uint64_t seconds, uint32_t nanoseconds) {
  if (is_now) return (struct timespec){.tv_nsec = UTIME_NOW};
  if (!is_set) return (struct timespec){.tv_nsec = UTIME_OMIT};
  return (struct timespec){.tv_sec = (time_t)seconds, .tv_nsec = (long)nanoseconds};
}

int cf_set(int handle, const struct fuse_setattr_in *in) {
  struct place place = place_of(handle);
  uint32_t set = in->valid;
  if (set & (FATTR_UID | FATTR_GID) &&
      fchownat(handle, "", set & FATTR_UID ? in->uid : (uid_t)-1, set & FATTR_GID ? in->gid : (gid_t)-1,
               AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
    return -errno;
  if (set & FATTR_MODE && chmod(place.text, in->mode & 07777)) return -errno;
  if (set & (FATTR_ATIME | FATTR_MTIME | FATTR_ATIME_NOW | FATTR_MTIME_NOW)) {
    struct stat s;
    if (fstatat(handle, "", &s, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW)) return -errno;
    struct timespec times[2] = {moment(set & FATTR_ATIME, set & FATTR_ATIME_NOW, in->atime, in->atimensec),
                                moment(set & FATTR_MTIME, set & FATTR_MTIME_NOW, in->mtime, in->mtimensec)};
    if (!S_ISLNK(s.st_mode) && utimensat(AT_FDCWD, place.text, times, 0)) return -errno;
  }
  return 0;
}

void cf_lift_file_limit(void) {
  struct rlimit wide = {1 << 20, 1 << 20}, own;
  if (setrlimit(RLIMIT_NOFILE, &wide) == 0 || getrlimit(RLIMIT_NOFILE, &own)) return;
  own.rlim_cur = own.rlim_max;
  setrlimit(RLIMIT_NOFILE, &own);
}

static int open_directly(const char *path) {
  return checked(open(path, O_RDONLY | O_DIRECT | O_NOFOLLOW | O_CLOEXEC));
}

ssize_t cf_read_directly(const char *path, void *buffer, size_t count, uint64_t offset) {
  int fd = open_directly(path);
  if (fd < 0) return fd;
  void *block;
  if (posix_memalign(&block, 4096, count)) return close(fd), -ENOMEM;
  ssize_t got = pread(fd, block, count, (off_t)offset);
  ssize_t result = got < 0 ? -errno : got;
  for (ssize_t n = 0; n < got; n++) ((char *)buffer)[n] = ((char *)block)[n];
  free(block);
  close(fd);
  return result;
}
