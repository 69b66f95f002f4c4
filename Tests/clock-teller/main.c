// Tells the time by every function there is, for the tests of Clocks.
//   clock-teller [THREADS]       answers each byte of its input with a line: clock_gettime, gettimeofday, time,
//                                CLOCK_MONOTONIC, a child's clock_gettime, and how often a thread saw nonsense
//                                an x among them makes it execute itself first
//   clock-teller traced          the same, traced by a child of its own
//   clock-teller gate            waits at descriptor 3, as a child of the runner does, then executes itself to say
//                                how its clock stands at its first instructions
//   clock-teller cost CALLS      answers each byte with the nanoseconds of one clock_gettime: the least of 300
//                                averages over so many calls
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_long nonsense, readings;

static int64_t now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000ll + t.tv_nsec;
}

// A monotonic clock that goes back, or fields that cannot be, would be a reading through half a patch.
static void *read_on(void *unused) {
  int64_t before = now(CLOCK_MONOTONIC);
  (void)unused;
  while (1) {
    int64_t after = now(CLOCK_MONOTONIC);
    struct timespec t = {.tv_sec = -1, .tv_nsec = -1};
    int code = clock_gettime(CLOCK_REALTIME, &t);
    if (after < before || code || t.tv_sec < 0 || t.tv_nsec < 0 || t.tv_nsec > 999999999) nonsense++;
    before = after;
    readings++;
  }
  return NULL;
}

static int64_t of_a_child(void) {
  int ends[2];
  int64_t said = 0;
  if (pipe(ends)) return 0;
  pid_t pid = fork();
  if (pid == 0) {
    said = now(CLOCK_REALTIME);
    _exit(write(ends[1], &said, sizeof said) != sizeof said);
  }
  close(ends[1]);
  if (read(ends[0], &said, sizeof said) != sizeof said) said = 0;
  close(ends[0]);
  waitpid(pid, NULL, 0);
  return said;
}

static void tell(void) {
  struct timeval day;
  int64_t first = now(CLOCK_REALTIME);
  gettimeofday(&day, NULL);
  int64_t micro = day.tv_sec * 1000000000ll + day.tv_usec * 1000ll;
  int64_t seconds = time(NULL) * 1000000000ll;
  printf("%lld %lld %lld %lld %lld %ld %ld\n", (long long)first, (long long)micro, (long long)seconds,
         (long long)now(CLOCK_MONOTONIC), (long long)of_a_child(), nonsense, readings);
  fflush(stdout);
}

static void cost(long calls) {
  struct timespec t;
  char byte;
  while (read(0, &byte, 1) == 1) {
    int64_t least = INT64_MAX;
    for (int round = 0; round < 300; round++) {
      int64_t begin = now(CLOCK_MONOTONIC);
      for (long n = 0; n < calls; n++) clock_gettime(CLOCK_REALTIME, &t);
      int64_t took = now(CLOCK_MONOTONIC) - begin;
      if (took < least) least = took;
    }
    printf("%.2f\n", (double)least / (double)calls);
    fflush(stdout);
  }
  exit(0);
}

static void be_traced(void) {
  int ends[2];
  char byte;
  pid_t parent = getpid();
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
  if (pipe(ends)) return;
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    long code = ptrace(PTRACE_SEIZE, parent, 0, 0);
    if (code || write(ends[1], "", 1) != 1) _exit(1);
    while (1) pause();
  }
  close(ends[1]);
  printf("%d\n", read(ends[0], &byte, 1) == 1);
  fflush(stdout);
}

static void pass_gate(char *name) {
  char byte;
  if (send(3, "", 1, MSG_NOSIGNAL) == 1) recv(3, &byte, 1, 0);
  close(3);
  execl("/proc/self/exe", name, "born", (char *)NULL);
}

int main(int count, char **words) {
  char byte;
  if (count > 2 && !strcmp(words[1], "cost")) cost(atol(words[2]));
  if (count > 1 && !strcmp(words[1], "traced")) be_traced();
  if (count > 1 && !strcmp(words[1], "gate")) pass_gate(words[0]);
  if (count > 1 && !strcmp(words[1], "born")) tell();
  for (int n = count > 1 ? atoi(words[1]) : 0; n > 0; n--) {
    pthread_t thread;
    pthread_create(&thread, NULL, read_on, NULL);
  }
  while (read(0, &byte, 1) == 1) {
    if (byte == 'x') execl("/proc/self/exe", words[0], "2", (char *)NULL);
    tell();
  }
  return 0;
}
