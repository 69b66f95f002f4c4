#ifndef CFUSE_H
#define CFUSE_H
// The kernel's FUSE protocol, and the files below our file systems. Every function returns 0 or a
// value >= 0 on success and -errno on failure. A handle is a descriptor made with O_PATH: it stands for
// the file itself, whatever its names become.

#include <linux/falloc.h>
#include <linux/fuse.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What is known of a file.
struct cf_status {
  struct fuse_attr attributes;
  uint64_t device;
};

/// A new connection to the kernel that nothing is mounted with yet; reading it does not block.
int cf_open_device(void);
/// Mounts the file system that answers on `device`.
int cf_mount(int device, const char *target);

/// A handle of what a name in a folder leads to; a symbolic link is not followed.
int cf_find(int folder, const char *name, struct cf_status *status);
/// Where a handle's file is, without a zero at the end.
ssize_t cf_path(int handle, char *buffer, size_t count);
int cf_look(int handle, struct cf_status *status);
/// Opens what a handle stands for, to write if it can be.
int cf_open(int handle);
int cf_open_folder(int handle);
/// Entries of a folder as getdents64(2) gives them; 0 at the end.
ssize_t cf_list(int folder, void *buffer, size_t count);
ssize_t cf_read_link(int handle, char *buffer, size_t count);
int cf_room(int handle, struct fuse_kstatfs *room);

int cf_make_file(int folder, const char *name, uint32_t mode, uint32_t user, uint32_t group);
int cf_make_node(int folder, const char *name, uint32_t mode, uint32_t device, uint32_t user,
                 uint32_t group);
int cf_make_folder(int folder, const char *name, uint32_t mode, uint32_t user, uint32_t group);
int cf_make_link(int folder, const char *name, const char *target, uint32_t user, uint32_t group);
/// A second name for what a handle stands for.
int cf_name(int handle, int folder, const char *name);
int cf_remove(int folder, const char *name, int is_folder);
int cf_rename(int from, const char *name, int to, const char *new_name, uint32_t flags);
int cf_is_empty(int folder, const char *name);

int cf_truncate(int fd, uint64_t size);
int cf_allocate(int fd, uint32_t mode, uint64_t offset, uint64_t length);
/// Mode, owner and times, as far as FUSE_SETATTR names them.
int cf_set(int handle, const struct fuse_setattr_in *wanted);

/// As many open files as this process may have.
void cf_lift_file_limit(void);
/// Reads past the kernel's cache; `count` and `offset` are multiples of 4096.
ssize_t cf_read_directly(const char *path, void *buffer, size_t count, uint64_t offset);

#endif
