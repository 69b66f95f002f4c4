#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// What a process on a node is refused: a list of system calls, and the filter that is made of it.

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#else
#error "the filter of system calls knows x86-64 and AArch64"
#endif

enum {
  NEW_NAMESPACES = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                   CLONE_NEWPID | CLONE_NEWNET | 0x00000080 /* CLONE_NEWTIME */
};

struct refusal {
  uint32_t number;
  uint32_t code;
  enum { ALWAYS, WITH_BITS, WITH_VALUE } when;
  int argument;
  uint32_t value;
};

#define NEVER(name) {SYS_##name, EPERM, ALWAYS, 0, 0}
// Refused where some of these bits are set in its first argument, or its argument n has this value.
// Only the low half is looked at, as by the kernel itself (int, or flags below 2^32).
#define NOT_WITH_BITS(name, bits) {SYS_##name, EPERM, WITH_BITS, 0, (bits)}
#define NOT_WITH_VALUE(name, n, value) {SYS_##name, EPERM, WITH_VALUE, n, (value)}

// Newer than some headers: asm-generic/unistd.h.
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

static const struct refusal refusals[] = {
  // Mounts.
  NEVER(mount), NEVER(umount2), NEVER(pivot_root), NEVER(open_tree), NEVER(move_mount),
  NEVER(fsopen), NEVER(fsconfig), NEVER(fsmount), NEVER(fspick), NEVER(mount_setattr),
  NEVER(open_tree_attr), NEVER(swapon), NEVER(swapoff), NEVER(quotactl), NEVER(open_by_handle_at),
  NEVER(fanotify_init),
  // The kernel itself.
  NEVER(init_module), NEVER(finit_module), NEVER(delete_module), NEVER(kexec_load),
#ifdef SYS_kexec_file_load
  NEVER(kexec_file_load),
#endif
  NEVER(bpf), NEVER(perf_event_open), NEVER(userfaultfd), NEVER(reboot), NEVER(acct),
  NEVER(syslog),
#if defined(__x86_64__)
  NEVER(iopl), NEVER(ioperm),
#endif
  // Keyrings, which no namespace divides.
  NEVER(keyctl), NEVER(add_key), NEVER(request_key),
  // The machine's clock.
  NEVER(settimeofday), NEVER(clock_settime), NEVER(adjtimex), NEVER(clock_adjtime),
  // Namespaces: of others, and new ones, in which a process would be root again. The flags of
  // clone3 lie in memory, where a filter cannot look; libraries go back to clone.
  NEVER(setns),
  {SYS_clone3, ENOSYS, ALWAYS, 0, 0},
  NOT_WITH_BITS(clone, NEW_NAMESPACES & ~0x80), NOT_WITH_BITS(unshare, NEW_NAMESPACES),
  // The one kind of socket that no network namespace holds back, and keys typed for another.
  NOT_WITH_VALUE(socket, 0, AF_VSOCK), NOT_WITH_VALUE(ioctl, 1, TIOCSTI),
};

enum { COUNT = sizeof refusals / sizeof *refusals, MOST = 4 * COUNT + 16, AT_A_LEAF = 3 };

// Where a test leads to: on, a place that is known, or one of the answers at the end.
enum goal { ON, KNOWN, ALLOW, REFUSE, DENY_EXISTENCE };

// Numbers that follow one another and are refused alike.
struct run {
  uint32_t first, last;
  const struct refusal *why;
};

static struct sock_filter instructions[MOST];
static struct { enum goal if_true, if_false; } goals[MOST];
static struct sock_fprog program = {.len = 0, .filter = instructions};

static unsigned add(uint16_t code, uint32_t k) {
  if (program.len == MOST) abort();
  instructions[program.len] = (struct sock_filter){.code = code, .k = k};
  return program.len++;
}

static void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset); }

static unsigned test(uint16_t how, uint32_t k, enum goal if_true, enum goal if_false) {
  unsigned at = add(BPF_JMP | BPF_K | how, k);
  goals[at].if_true = if_true;
  goals[at].if_false = if_false;
  return at;
}

static enum goal answer_of(const struct refusal *one) {
  return one->code == ENOSYS ? DENY_EXISTENCE : REFUSE;
}

// One of a leaf's runs; what it does not settle goes on to the next, the last allows it.
static void decide_run(const struct run *run, int is_last) {
  enum goal other = is_last ? ALLOW : KNOWN;
  if (run->why->when != ALWAYS) {
    unsigned at = test(BPF_JEQ, run->first, ON, other);
    instructions[at].jf = 2;
    load(offsetof(struct seccomp_data, args) + 8 * (size_t)run->why->argument);
    test(run->why->when == WITH_BITS ? BPF_JSET : BPF_JEQ, run->why->value, REFUSE, ALLOW);
  } else if (run->first == run->last) {
    test(BPF_JEQ, run->first, answer_of(run->why), is_last ? ALLOW : ON);
  } else {
    unsigned at = test(BPF_JGT, run->last, other, ON);
    instructions[at].jt = 1;
    test(BPF_JGE, run->first, answer_of(run->why), ALLOW);
  }
}

// A tree, for the kernel follows the whole filter once for each number there is whenever it is put
// in place, to learn which are always allowed; and short, for each time it is compiled as well.
static void decide(const struct run *runs, size_t count) {
  if (count <= AT_A_LEAF) {
    for (size_t n = 0; n < count; n++) decide_run(&runs[n], n == count - 1);
    return;
  }
  size_t half = count / 2;
  unsigned at = test(BPF_JGE, runs[half].first, KNOWN, ON);
  decide(runs, half);
  instructions[at].jt = (uint8_t)(program.len - at - 1);
  decide(runs + half, count - half);
}

static int by_number(const void *a, const void *b) {
  const struct refusal *const *one = a, *const *other = b;
  return (*one)->number < (*other)->number ? -1 : (*one)->number > (*other)->number;
}

static size_t find_runs(struct run runs[COUNT]) {
  const struct refusal *sorted[COUNT];
  size_t count = 0;
  for (size_t n = 0; n < COUNT; n++) sorted[n] = &refusals[n];
  qsort(sorted, COUNT, sizeof *sorted, by_number);
  for (size_t n = 0; n < COUNT; n++) {
    struct run *before = count ? &runs[count - 1] : NULL;
    const struct refusal *one = sorted[n];
    int continues = before && before->last + 1 == one->number && one->when == ALWAYS &&
                    before->why->when == ALWAYS && before->why->code == one->code;
    if (continues) before->last = one->number;
    else runs[count++] = (struct run){one->number, one->number, one};
  }
  return count;
}

static uint8_t offset(enum goal goal, unsigned from, uint8_t known, const unsigned answers[]) {
  if (goal == ON || goal == KNOWN) return goal == ON ? 0 : known;
  unsigned skipped = answers[goal] - from - 1;
  if (skipped > UINT8_MAX) abort();
  return (uint8_t)skipped;
}

static void lead_to_answers(void) {
  unsigned end = program.len, answers[DENY_EXISTENCE + 1];
  answers[ALLOW] = add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  answers[REFUSE] = add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  answers[DENY_EXISTENCE] = add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
  for (unsigned n = 0; n < end; n++) {
    struct sock_filter *one = &instructions[n];
    if (BPF_CLASS(one->code) != BPF_JMP) continue;
    one->jt = offset(goals[n].if_true, n, one->jt, answers);
    one->jf = offset(goals[n].if_false, n, one->jf, answers);
  }
}

static void make_program(void) {
  struct run runs[COUNT];
  load(offsetof(struct seccomp_data, arch));
  test(BPF_JEQ, OWN_ARCH, ON, REFUSE);
  load(offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
  // The x32 numbers, which would go past all that follows.
  test(BPF_JGE, 0x40000000, DENY_EXISTENCE, ON);
#endif
  decide(runs, find_runs(runs));
  lead_to_answers();
}

const struct sock_fprog *cl_refusals(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_program);
  return &program;
}

int cl_forbid_the_outside(const struct sock_fprog *refused) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -errno;
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, refused) ? -errno : 0;
}
