#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int checked(long result) { return result < 0 ? -errno : (int)result; }

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

int cl_memory_file(void) { return checked(memfd_create("faultline", MFD_CLOEXEC)); }
