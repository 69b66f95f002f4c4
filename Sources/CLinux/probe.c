#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int answer(int result) { return result < 0 ? -errno : result; }

// What waits to be read must not be lost in the socket: it would be taken for lost on the way.
static int prepare(int fd) {
  int on = 1, bytes = 8 << 20;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes))
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
}

int cl_probe_open(const char *interface, uint16_t type) {
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  struct sockaddr_ll address = {
    .sll_family = AF_PACKET,
    .sll_protocol = htons(type),
    .sll_ifindex = (int)if_nametoindex(interface),
  };
  int result = address.sll_ifindex == 0 ? -errno : answer(prepare(fd));
  if (result >= 0) result = answer(bind(fd, (struct sockaddr *)&address, sizeof address));
  if (result >= 0) return fd;
  close(fd);
  return result;
}

int cl_probe_address(int fd, const char *interface, uint8_t address[6]) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFHWADDR, &request)) return -errno;
  memcpy(address, request.ifr_hwaddr.sa_data, 6);
  return 0;
}

int cl_probe_send(int fd, const void *frame, size_t size) {
  ssize_t sent;
  do sent = send(fd, frame, size, MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  // An interface that was down meanwhile leaves an error behind, which is told once.
  if (sent < 0 && errno == ENETDOWN) sent = send(fd, frame, size, MSG_DONTWAIT);
  return answer((int)sent);
}

long cl_probe_receive(int fd, void *bytes, size_t capacity, int64_t *age_ns) {
  char control[256];
  struct iovec vector = {.iov_base = bytes, .iov_len = capacity};
  struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = control,
                           .msg_controllen = sizeof control};
  ssize_t got;
  do got = recvmsg(fd, &message, MSG_DONTWAIT);
  while (got < 0 && (errno == EINTR || errno == ENETDOWN));
  if (got < 0) return errno == EAGAIN ? 0 : -errno;
  *age_ns = 0;
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SO_TIMESTAMPNS) continue;
    struct timespec then, now;
    memcpy(&then, CMSG_DATA(h), sizeof then);
    clock_gettime(CLOCK_REALTIME, &now);
    *age_ns = (now.tv_sec - then.tv_sec) * 1000000000LL + (now.tv_nsec - then.tv_nsec);
  }
  return got;
}

long cl_probe_take_overflows(int fd) {
  struct tpacket_stats counts = {0};
  socklen_t size = sizeof counts;
  if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &counts, &size)) return -errno;
  return counts.tp_drops;
}
