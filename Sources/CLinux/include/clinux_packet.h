#ifndef CLINUX_PACKET_H
#define CLINUX_PACKET_H
// TAP devices, epoll and scheduling: ioctls and variadics that Swift cannot import.
// Unless said otherwise, a function answers 0 (or a descriptor, or a count) when it succeeded and
// the negated errno when it did not, so that no caller has to read errno across the border.
#include <stddef.h>
#include <stdint.h>

/// Bytes of the virtio_net_hdr in front of every frame read from or written to a TAP.
enum { CL_TAP_HEADER_BYTES = 10 };

/// What the kernel may leave to the other end of a TAP.
enum {
  CL_OFFLOAD_NONE = 0,       // whole frames, finished checksums
  CL_OFFLOAD_CHECKSUM = 1,   // whole frames, checksums left open
  CL_OFFLOAD_SEGMENTS = 2,   // frames of up to 64 KiB that nobody has cut yet
};

/// Makes the TAP device `name` in the calling thread's network namespace (or opens it when it is
/// persistent already): layer 2, a virtio_net_hdr before each frame, never blocking, closed on exec.
int cl_tap_open(const char *name);
int cl_tap_set_offload(int fd, int level);
int cl_tap_set_carrier(int fd, int is_on);
int cl_tap_set_persistent(int fd, int is_on);
int cl_tap_get_address(int fd, uint8_t address[6]);
/// Sets the hardware address; the device must be down or allow a live change (TAP does).
int cl_tap_set_address(int fd, const uint8_t address[6]);

/// Reads one frame. 0 when there is none to read now.
long cl_tap_read(int fd, void *bytes, size_t capacity);
/// Writes one frame given in two pieces; the second may be empty.
long cl_tap_write(int fd, const void *head, size_t head_bytes, const void *rest,
                      size_t rest_bytes);

/// A raw packet socket for frames of one EtherType on one interface of the calling thread's
/// network namespace. It never blocks.
// Whether some bytes are among others.
int cl_contains(const void *bytes, size_t count, const void *word, size_t word_count);
int cl_probe_open(const char *interface, uint16_t type);
/// The hardware address that the interface has now, in the socket's own namespace.
int cl_probe_address(int fd, const char *interface, uint8_t address[6]);
int cl_probe_send(int fd, const void *frame, size_t size);
/// A packet socket for frames of any type whose last `bytes` bytes begin with the two halves of a magic. It
/// hears nothing, and costs the node nothing, until it listens; that takes no capability.
int cl_probe_open_trailers(uint32_t bytes, uint32_t first, uint32_t second);
int cl_probe_listen(int fd, const char *interface);
/// A socket that sends IP packets with the headers they come with, by the node's own routes.
int cl_probe_open_sender(int is_v6);
int cl_probe_send_packet(int fd, const void *packet, size_t size, const uint8_t *target, int is_v6);
/// Reads one frame: its size, 0 when there is none to read now. `age_ns` is how long ago the kernel
/// took it in, by the wall clock.
long cl_probe_receive(int fd, void *bytes, size_t capacity, int64_t *age_ns);
/// How many frames the socket had no room for since the last call.
long cl_probe_take_overflows(int fd);

/// How many bytes can be read at once, or -errno.
int cl_waiting(int fd);

int cl_poll_create(void);
int cl_poll_add(int poll, int fd, uint32_t token);
int cl_poll_remove(int poll, int fd);
/// Waits at most `timeout_ns` (for ever when negative) and stores the tokens of what is readable.
int cl_poll_wait(int poll, uint32_t *tokens, int capacity, int64_t timeout_ns);

/// A counter that wakes a poll: `signal` may be called from any thread.
int cl_wakeup_create(void);
void cl_wakeup_signal(int fd);
void cl_wakeup_clear(int fd);

/// Gives the calling thread the finest timers the kernel has.
int cl_thread_sharpen_timers(void);
/// Gives the calling thread a larger share of a busy machine (nice -10).
int cl_thread_favour(void);
/// SCHED_FIFO with the lowest real-time priority, or back to the ordinary policy.
int cl_thread_set_realtime(int is_on);

#endif
