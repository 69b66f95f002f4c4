#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

int cl_contains(const void *bytes, size_t count, const void *word, size_t word_count) {
  return memmem(bytes, count, word, word_count) != NULL;
}
#include <unistd.h>

// UDP segmentation came with Linux 6.2; older headers lack the names.
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

static int answer(int result) { return result < 0 ? -errno : result; }

// Sends one request to the kernel and waits for its acknowledgement.
static int netlink_request(struct nlmsghdr *request) {
  int channel = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (channel < 0) return -errno;
  struct {
    struct nlmsghdr header;
    struct nlmsgerr error;
  } reply;
  int result = -EPROTO;
  if (send(channel, request, request->nlmsg_len, 0) < 0 ||
      recv(channel, &reply, sizeof reply, MSG_TRUNC) < 0) {
    result = -errno;
  } else if (reply.header.nlmsg_type == NLMSG_ERROR) {
    result = reply.error.error;
  }
  close(channel);
  return result;
}

// What the reader does not fetch in time is lost in the device, where nobody counts it: the usual
// 500 frames are five milliseconds of a busy link, and the reader may have to wait that long.
// By netlink, because the ioctl for it is refused inside a user namespace.
static int lengthen_queue(const char *name) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg link;
    struct rtattr attribute;
    uint32_t length;
  } request;
  memset(&request, 0, sizeof request);
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_NEWLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  request.link.ifi_family = AF_UNSPEC;
  request.link.ifi_index = (int)if_nametoindex(name);
  request.attribute.rta_len = RTA_LENGTH(sizeof request.length);
  request.attribute.rta_type = IFLA_TXQLEN;
  request.length = 4096;
  return netlink_request(&request.header);
}

int cl_tap_open(const char *name) {
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
  int header = CL_TAP_HEADER_BYTES;
  int result = answer(ioctl(fd, TUNSETIFF, &request));
  if (result >= 0) result = answer(ioctl(fd, TUNSETVNETHDRSZ, &header));
  if (result >= 0) result = lengthen_queue(name);
  if (result >= 0) return fd;
  close(fd);
  return result;
}

int cl_tap_set_offload(int fd, int level) {
  unsigned flags = 0;
  if (level >= CL_OFFLOAD_CHECKSUM) flags |= TUN_F_CSUM;
  if (level >= CL_OFFLOAD_SEGMENTS) flags |= TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
  unsigned with_udp = flags | TUN_F_USO4 | TUN_F_USO6;
  if (level >= CL_OFFLOAD_SEGMENTS && ioctl(fd, TUNSETOFFLOAD, with_udp) == 0) return 0;
  return answer(ioctl(fd, TUNSETOFFLOAD, flags));
}

int cl_tap_set_carrier(int fd, int is_on) { return answer(ioctl(fd, TUNSETCARRIER, &is_on)); }

int cl_tap_set_persistent(int fd, int is_on) {
  return answer(ioctl(fd, TUNSETPERSIST, (unsigned long)(is_on != 0)));
}

int cl_tap_get_address(int fd, uint8_t address[6]) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  if (ioctl(fd, SIOCGIFHWADDR, &request) < 0) return -errno;
  memcpy(address, request.ifr_hwaddr.sa_data, 6);
  return 0;
}

int cl_tap_set_address(int fd, const uint8_t address[6]) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
  memcpy(request.ifr_hwaddr.sa_data, address, 6);
  return answer(ioctl(fd, SIOCSIFHWADDR, &request));
}

long cl_tap_read(int fd, void *bytes, size_t capacity) {
  ssize_t count = read(fd, bytes, capacity);
  if (count >= 0) return count;
  return errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

long cl_tap_write(int fd, const void *head, size_t head_bytes, const void *rest,
                      size_t rest_bytes) {
  ssize_t count;
  if (rest_bytes == 0) {
    count = write(fd, head, head_bytes);
  } else {
    struct iovec pieces[2] = {{(void *)head, head_bytes}, {(void *)rest, rest_bytes}};
    count = writev(fd, pieces, 2);
  }
  return count < 0 ? -errno : count;
}

int cl_waiting(int fd) {
  int count = 0;
  return ioctl(fd, FIONREAD, &count) < 0 ? -errno : count;
}

int cl_poll_create(void) { return answer(epoll_create1(EPOLL_CLOEXEC)); }

int cl_poll_add(int poll, int fd, uint32_t token) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = token};
  return answer(epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event));
}

int cl_poll_remove(int poll, int fd) {
  return answer(epoll_ctl(poll, EPOLL_CTL_DEL, fd, NULL));
}

int cl_poll_wait(int poll, uint32_t *tokens, int capacity, int64_t timeout_ns) {
  struct epoll_event events[64];
  if (capacity > 64) capacity = 64;
  struct timespec limit = {timeout_ns / 1000000000, timeout_ns % 1000000000};
  int count = epoll_pwait2(poll, events, capacity, timeout_ns < 0 ? NULL : &limit, NULL);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) tokens[i] = events[i].data.u32;
  return count;
}

int cl_wakeup_create(void) { return answer(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

// Neither can fail in a way that matters: a full counter wakes, an empty one has been cleared.
void cl_wakeup_signal(int fd) {
  while (eventfd_write(fd, 1) < 0 && errno == EINTR) {}
}

void cl_wakeup_clear(int fd) {
  eventfd_t count;
  while (eventfd_read(fd, &count) < 0 && errno == EINTR) {}
}

int cl_thread_sharpen_timers(void) { return answer(prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)); }

// On Linux the number of a process, and 0 for the caller's own, means a thread: setpriority(2).
int cl_thread_favour(void) { return answer(setpriority(PRIO_PROCESS, 0, -10)); }

int cl_thread_set_realtime(int is_on) {
  struct sched_param parameters = {.sched_priority = is_on ? 1 : 0};
  return answer(sched_setscheduler(0, is_on ? SCHED_FIFO : SCHED_OTHER, &parameters));
}
