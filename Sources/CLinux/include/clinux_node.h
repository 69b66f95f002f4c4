#ifndef CLINUX_NODE_H
#define CLINUX_NODE_H
// The walls of a node: its root, and what its processes may not do.
// Every function returns 0 or a value >= 0 on success and -errno on failure.
#include <stdint.h>

/// Makes `root`, a mount point, the root of the calling thread's mount namespace and forgets the
/// old one with everything below it.
int cl_pivot_root(const char *root);

/// 1 where a PID namespace bounds its processes (since Linux 6.14), else 0.
int cl_bounds_processes(void);

/// Makes a file that hides the one of the same name in the lower layer of an overlay.
int cl_make_whiteout(const char *path);

/// Leaves the calling thread only these capabilities (bit n is number n); others keep theirs.
int cl_thread_keep_capabilities(uint64_t capabilities);

/// What a process on a node is refused: mounts, modules, namespaces, keyrings, and the like. Made at
/// the first call, and there for as long as the program runs.
struct sock_fprog;
const struct sock_fprog *cl_refusals(void);

/// Gives the calling process, which is about to execute a program and may share the memory of
/// another, no way to gain privileges, and refuses it what reaches beyond a node. Makes system calls
/// only.
int cl_forbid_the_outside(const struct sock_fprog *refused);

/// Takes from the calling thread, and from all that it starts, what none of them can then be given by
/// executing a program: every capability but these.
int cl_thread_bound_capabilities(uint64_t capabilities);

/// The calling process is killed when the thread that started it ends, however that comes about.
int cl_die_with_parent(void);

#endif
