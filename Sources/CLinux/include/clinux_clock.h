#ifndef CLINUX_CLOCK_H
#define CLINUX_CLOCK_H
// The wall clock of running processes, moved by diverting the entry points of their private copies
// of the vDSO (vdso(7)). Neither a library is loaded into them nor a register of theirs changed.
// Every function returns 0 or a value >= 0 on success and -errno on failure.
#include <stdint.h>
#include <sys/types.h>

/// A moved clock reads t + offset + (t - base) * rate / 2^32 when the true one reads t; nanoseconds
/// since 1970.
struct cl_clock_shift {
  int64_t offset, base, rate;
};

enum cl_clock_verb {
  CL_CLOCK_SET = 1,   // patch the processes where they are not yet, then set the shift of all
  CL_CLOCK_RESTORE,   // no shift any more, and the original bytes at the entry points
  CL_CLOCK_READ,      // only look
};

/// The most processes of one question.
enum { CL_CLOCK_MOST = 1024 };

/// What is known of one process after a question.
struct cl_clock_answer {
  int32_t pid;
  int32_t result;      // 0, or -errno: ESRCH it is gone, ENOEXEC no 64-bit program of this kernel's kind,
                       // EPERM traced or forbidden, ENOSPC no room, ETIMEDOUT could not be stopped
  int32_t is_moved;    // all of its entry points are diverted
  int32_t is_touched;  // at least one is
  int32_t is_fast;     // a reading costs no system call
  int32_t threads;     // that were stopped for it; 0 where nothing had to be
  int32_t stop_us;     // for how long
  struct cl_clock_shift shift;  // in force, where it is moved
};

/// Starts the process that does it: a child of its own, for what it traces must not be mixed up
/// with the caller's children. It ends with the other end of `socket`, and if it is killed at any
/// moment the kernel lets go of whatever it had stopped. Its pid; ENOTSUP where the machine's vDSO
/// is none that can be patched.
pid_t cl_clockmaker_start(int *socket);

/// Asks it about `count` processes, at most `CL_CLOCK_MOST`, and waits for the answers, one for each.
/// A process that cannot be stopped within `patience_ms` is left as it was.
int cl_clockmaker_ask(int socket, int verb, int patience_ms, const struct cl_clock_shift *shift,
                      const int32_t *pids, uint32_t count, struct cl_clock_answer *answers);

/// Has it wait for a child of ours that will have this shift from the first instruction of the program that
/// it executes. A descriptor: what `cl_spawn` is given as its gate, and what is closed once that has
/// returned. Then `cl_clockmaker_gate_passed` tells what came of it; nothing else may be asked meanwhile.
int cl_clockmaker_gate(int socket, const struct cl_clock_shift *shift);
int cl_clockmaker_gate_passed(int socket, struct cl_clock_answer *answer);

/// Ends it and waits for that, where nobody else does.
void cl_clockmaker_close(int socket, pid_t pid);

/// Moves the clock of a child of its own by an hour and back again, in these namespaces
/// (CLONE_NEW…, 0 for none), and asks that child for the time. Leaves nothing behind.
int cl_clock_rehearse(unsigned long namespaces);
#endif
