#ifndef CLINUX_TERMINAL_H
#define CLINUX_TERMINAL_H
// Terminals, and a rehearsal of what a run needs: ioctls, variadics and code after fork.
// Every function returns 0 or a descriptor on success and -errno on failure.

/// A new pseudo-terminal, both ends CLOEXEC; nobody's controlling terminal yet.
int cl_terminal_open(int ends[2]);
/// Bytes pass as they are: no echo, no signals, no lines (cfmakeraw(3)). `saved` takes what
/// `cl_terminal_restore` needs; it has room for CL_TERMINAL_STATE_BYTES.
int cl_terminal_make_raw(int fd, void *saved);
int cl_terminal_restore(int fd, const void *saved);
enum { CL_TERMINAL_STATE_BYTES = 128 };
/// Gives one terminal the window size of another.
int cl_terminal_copy_size(int from, int to);

/// What the first step that failed was about.
enum cl_rehearsal {
  CL_REHEARSAL_DONE = 0, CL_REHEARSAL_NAMESPACES, CL_REHEARSAL_MOUNTS, CL_REHEARSAL_HOSTNAME,
  CL_REHEARSAL_TAP, CL_REHEARSAL_FIRST
};

/// Does in a process of its own what a run does first: namespaces of these kinds, mounts, a host
/// name, a TAP. Nothing of it is left. 0, or -errno with `step` set.
int cl_rehearse(unsigned long namespaces, int *step);
#endif
