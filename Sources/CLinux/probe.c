#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
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

// Accepts frames whose last `bytes` bytes begin with the two halves of the magic, and nothing else.
static int filter_trailers(int fd, uint32_t bytes, uint32_t first, uint32_t second) {
  struct sock_filter code[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, bytes, 0, 6),
    BPF_STMT(BPF_ALU | BPF_SUB | BPF_K, bytes),
    BPF_STMT(BPF_MISC | BPF_TAX, 0),
    BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, first, 0, 2),
    BPF_STMT(BPF_LD | BPF_W | BPF_IND, 4),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, second, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, 0),
    BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
  };
  struct sock_fprog program = {.len = sizeof code / sizeof *code, .filter = code};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int cl_probe_open_trailers(uint32_t bytes, uint32_t first, uint32_t second) {
  // Bound to nothing, it costs the node nothing.
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -errno;
  int on = 1;
  int result = answer(prepare(fd));
  if (result >= 0) result = answer(filter_trailers(fd, bytes, first, second));
  // What the node itself sends would be copied for nothing.
  if (result >= 0)
    result = answer(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on));
  if (result >= 0) return fd;
  close(fd);
  return result;
}

int cl_probe_listen(int fd, const char *interface) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFINDEX, &request)) return -errno;
  struct sockaddr_ll address = {
    .sll_family = AF_PACKET,
    .sll_protocol = htons(ETH_P_ALL),
    .sll_ifindex = request.ifr_ifindex,
  };
  return answer(bind(fd, (struct sockaddr *)&address, sizeof address));
}

int cl_probe_open_sender(int is_v6) {
  int kind = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
  return answer(socket(is_v6 ? AF_INET6 : AF_INET, kind, IPPROTO_RAW));
}

int cl_probe_send_packet(int fd, const void *packet, size_t size, const uint8_t *target,
                         int is_v6) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  memcpy(is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr, target, is_v6 ? 16 : 4);
  struct sockaddr *address = is_v6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4;
  socklen_t length = is_v6 ? sizeof v6 : sizeof v4;
  ssize_t sent;
  do sent = sendto(fd, packet, size, MSG_DONTWAIT, address, length);
  while (sent < 0 && errno == EINTR);
  return answer((int)sent);
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
