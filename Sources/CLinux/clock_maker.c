#define _GNU_SOURCE
#include "clock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// The process that looks into others. A wait for any child, as the runner's reaper does, would take
// the stops of whatever another thread of the same process traces: so it is a process of its own.

struct request {
  int32_t verb, patience_ms;
  uint32_t count;
  struct cl_clock_shift shift;
};

// What was seen of a process lately. Its memory is held open, which tells an exec; but a vfork's
// child has its parent's memory until then, so the young ones are looked at anew each time.
struct known {
  pid_t pid;
  int64_t first_seen, looked;
  struct clock_target target;
};

enum { PLACES = 4096 };
static const int64_t youth_ns = 300000000, freshness_ns = 250000000;
static struct known known[PLACES];
static int32_t asked[CL_CLOCK_MOST];
static struct cl_clock_answer answered[CL_CLOCK_MOST];

static void forget(struct known *place) {
  if (place->pid) close(place->target.memory);
  place->pid = 0;
}

static int look_anew(struct known *place, pid_t pid, int64_t now) {
  int64_t first_seen = place->pid == pid ? place->first_seen : now;
  forget(place);
  int code = clock_look(pid, &place->target);
  if (code) return code;
  place->pid = pid;
  place->first_seen = first_seen;
  place->looked = now;
  return 0;
}

static int find(pid_t pid, int must_be_fresh, struct known **found) {
  struct known *place = &known[(unsigned)pid % PLACES];
  int64_t now = clock_now(CLOCK_MONOTONIC);
  *found = place;
  int is_known = place->pid == pid && !must_be_fresh && now - place->first_seen > youth_ns &&
                 now - place->looked < freshness_ns;
  return is_known && !clock_refresh(&place->target) ? 0 : look_anew(place, pid, now);
}

// A program that is just being executed has its memory, but nothing in it yet.
static int find_soon(pid_t pid, struct known **place) {
  const struct timespec moment = {.tv_nsec = 200000};
  int code = find(pid, 0, place);
  for (int n = 0; code == -EAGAIN && n < 10; n++) {
    nanosleep(&moment, NULL);
    code = find(pid, 1, place);
  }
  return code;
}

static void move(pid_t pid, int patience_ms, struct cl_clock_answer *answer) {
  struct known *place;
  answer->result = find_soon(pid, &place);
  if (!answer->result) answer->result = clock_move(pid, &place->target, patience_ms, answer);
}

static void restore(pid_t pid, int patience_ms, struct cl_clock_answer *answer) {
  struct known *place;
  answer->result = find(pid, 1, &place);
  if (!answer->result) answer->result = clock_restore(pid, &place->target, patience_ms, answer);
}

static void finish(const struct request *request, struct cl_clock_answer *answer) {
  struct known *place = &known[(unsigned)answer->pid % PLACES];
  if (!answer->result && place->pid != answer->pid) answer->result = find(answer->pid, 1, &place);
  if (!answer->result && request->verb == CL_CLOCK_SET)
    answer->result = clock_set(&place->target, &request->shift);
  if (answer->result) {
    if (place->pid == answer->pid) forget(place);
    return;
  }
  const struct clock_target *target = &place->target;
  answer->is_moved = target->is_moved;
  answer->is_touched = target->is_touched;
  answer->is_fast = target->block.is_fast;
  answer->shift = clock_shift_of(target);
}

// First every stop, then every shift, so that the clocks of one question differ for microseconds.
static void answer_all(const struct request *request) {
  for (uint32_t n = 0; n < request->count; n++) {
    struct known *place;
    answered[n] = (struct cl_clock_answer){.pid = asked[n]};
    switch (request->verb) {
      case CL_CLOCK_SET: move(asked[n], request->patience_ms, &answered[n]); break;
      case CL_CLOCK_RESTORE: restore(asked[n], request->patience_ms, &answered[n]); break;
      default: answered[n].result = find(asked[n], 1, &place);
    }
  }
  for (uint32_t n = 0; n < request->count; n++) finish(request, &answered[n]);
}

// A question, and the gate that comes with it, else -1.
static ssize_t receive(int socket, struct iovec parts[2], int *gate) {
  union { struct cmsghdr head; char room[CMSG_SPACE(sizeof(int))]; } control;
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2, .msg_control = control.room,
                           .msg_controllen = sizeof control.room};
  *gate = -1;
  ssize_t size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  struct cmsghdr *head = size < 0 ? NULL : CMSG_FIRSTHDR(&message);
  if (head && head->cmsg_type == SCM_RIGHTS) memcpy(gate, CMSG_DATA(head), sizeof *gate);
  return size;
}

static void serve(int socket) {
  struct request request;
  struct iovec parts[] = {{&request, sizeof request}, {asked, sizeof asked}};
  while (1) {
    int gate;
    ssize_t size = receive(socket, parts, &gate);
    if (size < 0 && errno == EINTR) continue;
    if (size < (ssize_t)sizeof request || request.count > CL_CLOCK_MOST) _exit(0);
    if (gate >= 0) {
      answered[0] = (struct cl_clock_answer){0};
      answered[0].result = clock_guard(gate, &request.shift, answered);
    } else {
      answer_all(&request);
    }
    size_t bytes = request.count * sizeof *answered;
    if (send(socket, answered, bytes, MSG_NOSIGNAL) != (ssize_t)bytes) _exit(0);
  }
}

// It holds nothing of the runner's but the socket: a lifeline that it kept would never end.
static void become_clockmaker(int socket) {
  struct sigaction ignored = {.sa_handler = SIG_IGN};
  struct rlimit files;
  cl_reset_signals();
  const int quiet[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
  for (size_t n = 0; n < sizeof quiet / sizeof *quiet; n++) sigaction(quiet[n], &ignored, NULL);
  setsid();
  prctl(PR_SET_NAME, "clockmaker");
  if (dup2(socket, 0) < 0 || chdir("/")) _exit(1);
  syscall(SYS_close_range, 1, ~0U, 0);
  if (!getrlimit(RLIMIT_NOFILE, &files)) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  serve(0);
}

pid_t clock_fork(void) {
  long pid = syscall(SYS_clone, (unsigned long)SIGCHLD, 0, 0, 0, 0);
  return pid < 0 ? -errno : (pid_t)pid;
}

pid_t cl_clockmaker_start(int *socket) {
  int ends[2], room = 1 << 20, code = clock_image_prepare();
  if (code) return code;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) return -errno;
  for (int n = 0; n < 2; n++) setsockopt(ends[n], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  pid_t pid = clock_fork();
  if (pid == 0) become_clockmaker(ends[1]);
  close(ends[1]);
  if (pid < 0) return close(ends[0]), pid;
  *socket = ends[0];
  return pid;
}

static int hear(int socket, struct cl_clock_answer *answers, uint32_t count) {
  ssize_t size;
  do size = recv(socket, answers, count * sizeof *answers, 0);
  while (size < 0 && errno == EINTR);
  if (size < 0) return -errno;
  return size == (ssize_t)(count * sizeof *answers) ? 0 : -ECONNRESET;
}

int cl_clockmaker_ask(int socket, int verb, int patience_ms, const struct cl_clock_shift *shift,
                      const int32_t *pids, uint32_t count, struct cl_clock_answer *answers) {
  struct request request = {verb, patience_ms, count, *shift};
  struct iovec parts[] = {{&request, sizeof request}, {(void *)pids, count * sizeof *pids}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  if (count == 0) return 0;
  if (count > CL_CLOCK_MOST) return -E2BIG;
  ssize_t size;
  do size = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (size < 0 && errno == EINTR);
  return size < 0 ? -errno : hear(socket, answers, count);
}

int cl_clockmaker_gate(int socket, const struct cl_clock_shift *shift) {
  struct request request = {.verb = CL_CLOCK_SET, .count = 1, .shift = *shift};
  int ends[2], on = 1;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) return -errno;
  ssize_t size = setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
  if (size == 0) size = cl_send_descriptors(socket, &request, sizeof request, ends, 1);
  else size = -errno;
  close(ends[0]);
  if (size < 0) close(ends[1]);
  return size < 0 ? (int)size : ends[1];
}

int cl_clockmaker_gate_passed(int socket, struct cl_clock_answer *answer) {
  return hear(socket, answer, 1);
}

void cl_clockmaker_close(int socket, pid_t pid) {
  int status;
  // Before its descriptor is closed, so that the wait below cannot be for ever.
  shutdown(socket, SHUT_RDWR);
  cl_wait(pid, 0, &status);
}
