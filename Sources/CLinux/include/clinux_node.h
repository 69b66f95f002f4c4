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

/// Gives the calling process, which is about to execute a program and shares nobody's memory
/// locks, no way to gain privileges, and refuses it what reaches beyond a node: mounts, modules,
/// namespaces, keyrings, and the like. Makes system calls only.
int cl_forbid_the_outside(void);
#endif
