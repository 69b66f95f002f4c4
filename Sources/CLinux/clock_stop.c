#define _GNU_SOURCE
#include "clock.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A stop is the work of a process of its own, whose end lets go of every thread that it traced,
// those included that have not come to a stop yet: ptrace(2), and no PTRACE_O_EXITKILL.

struct thread {
  pid_t id;
  int signal;  // that came first and is handed on at the end
};

enum { MOST_THREADS = 8192, STACK_BYTES = 64 * 1024, MOST_STEPS = 16 };

struct stop {
  pid_t pid;
  struct clock_target *target;
  struct cl_clock_answer *answer;
  int restores, patience_ms, code, count;
};

static struct thread threads[MOST_THREADS];

#if defined(__x86_64__)
#define COUNTER rip
#else
#define COUNTER pc
#endif

static int is_known(const struct stop *stop, pid_t id) {
  for (int n = 0; n < stop->count; n++)
    if (threads[n].id == id) return 1;
  return 0;
}

// EPERM: a dead thread, or somebody else traces it, or it must not be traced.
static int seize(struct stop *stop, pid_t id) {
  if (is_known(stop, id)) return 0;
  if (stop->count == MOST_THREADS) return -E2BIG;
  if (ptrace(PTRACE_SEIZE, id, 0, 0)) {
    // The number of a thread is a folder there too, though none is listed.
    char path[64], none[1];
    int code = errno;
    return readlink(clock_path(path, id, "/exe"), none, sizeof none) >= 0 ? -code : 0;
  }
  threads[stop->count++] = (struct thread){id, 0};
  return ptrace(PTRACE_INTERRUPT, id, 0, 0) && errno != ESRCH ? -errno : 0;
}

struct entry64 {
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static pid_t number_in(const char *name) {
  pid_t id = 0;
  while (*name >= '0' && *name <= '9') id = id * 10 + (*name++ - '0');
  return id;
}

static int seize_listed(struct stop *stop) {
  char path[64];
  _Alignas(8) char list[4096];
  int folder = open(clock_path(path, stop->pid, "/task"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return errno == ENOENT ? -ESRCH : -errno;
  long size;
  int code = 0;
  while (!code && (size = syscall(SYS_getdents64, folder, list, sizeof list)) > 0)
    for (long at = 0; !code && at < size;) {
      struct entry64 *entry = (void *)(list + at);
      pid_t id = number_in(entry->name);
      if (id) code = seize(stop, id);
      at += entry->length;
    }
  close(folder);
  return code;
}

static int await(struct stop *stop, int first) {
  for (int n = first, status; n < stop->count; n++) {
    if (waitpid(threads[n].id, &status, __WALL) < 0) return errno == EINTR ? -ETIMEDOUT : -errno;
    if (!WIFSTOPPED(status)) threads[n].id = -1;
    else if (status >> 16 != PTRACE_EVENT_STOP) threads[n].signal = WSTOPSIG(status);
  }
  return 0;
}

// Until a pass over a process that stands still finds no new thread.
static int stop_all(struct stop *stop) {
  for (int first = -1, code; first < stop->count;) {
    first = stop->count;
    code = seize_listed(stop);
    if (!code) code = await(stop, first);
    if (code) return code;
    if (first == stop->count) break;
  }
  return stop->count ? 0 : -ESRCH;
}

static int is_inside(const struct stop *stop, uint64_t counter) {
  for (int n = 0; n < CLOCK_ENTRIES; n++) {
    const struct clock_entry *entry = &clock_image.entries[n];
    uint64_t from = stop->target->base + entry->at;
    if (entry->at && counter > from && counter < from + entry->length) return 1;
  }
  return 0;
}

// A thread between the bytes that are about to change.
static int step_out(const struct stop *stop, struct thread *thread) {
  struct user_regs_struct registers;
  struct iovec where = {&registers, sizeof registers};
  for (int n = 0, status; n < MOST_STEPS; n++) {
    if (thread->id < 0 || ptrace(PTRACE_GETREGSET, thread->id, NT_PRSTATUS, &where)) return 0;
    if (!is_inside(stop, registers.COUNTER)) return 0;
    if (ptrace(PTRACE_SINGLESTEP, thread->id, 0, 0)) return 0;
    if (waitpid(thread->id, &status, __WALL) < 0) return -ETIMEDOUT;
    if (!WIFSTOPPED(status)) return thread->id = -1, 0;
    if (status >> 16 == 0 && WSTOPSIG(status) != SIGTRAP) thread->signal = WSTOPSIG(status);
  }
  return -EBUSY;
}

static void let_go(const struct stop *stop) {
  for (int n = 0; n < stop->count; n++)
    if (threads[n].id > 0) ptrace(PTRACE_DETACH, threads[n].id, 0, (long)threads[n].signal);
}

static void noticed(int signal) { (void)signal; }

// What cannot be interrupted (a vfork's parent, a call that waits for a disk) never stops. More than
// one alarm: the first may come between two waits.
void clock_limit(int milliseconds) {
  struct sigaction action = {.sa_handler = noticed};
  sigaction(SIGALRM, &action, NULL);
  struct itimerval timer = {
    .it_interval = {.tv_usec = 20000},
    .it_value = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000},
  };
  setitimer(ITIMER_REAL, &timer, NULL);
}

static int stop_main(void *argument) {
  struct stop *stop = argument;
  clock_limit(stop->patience_ms);
  int64_t begin = clock_now(CLOCK_MONOTONIC);
  int code = stop_all(stop);
  for (int n = 0; !code && n < stop->count; n++) code = step_out(stop, &threads[n]);
  if (!code) code = clock_write_entries(stop->target, stop->restores);
  let_go(stop);
  stop->answer->threads = stop->count;
  stop->answer->stop_us = (int32_t)((clock_now(CLOCK_MONOTONIC) - begin) / 1000);
  stop->code = code;
  _exit(0);
}

int clock_worker(int (*run)(void *), void *argument) {
  static char stack[STACK_BYTES] __attribute__((aligned(16)));
  int status;
  pid_t worker = clone(run, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, argument);
  if (worker < 0) return -errno;
  while (waitpid(worker, &status, 0) < 0 && errno == EINTR) {}
  return 0;
}

int clock_write_stopped(pid_t pid, struct clock_target *target, int restores, int patience_ms,
                        struct cl_clock_answer *answer) {
  struct stop stop = {.pid = pid, .target = target, .answer = answer, .restores = restores,
                      .patience_ms = patience_ms, .code = -EINTR};
  int code = clock_worker(stop_main, &stop);
  return code ? code : stop.code;
}
