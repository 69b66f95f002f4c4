#ifndef CLINUX_LIMITS_H
#define CLINUX_LIMITS_H
// Limits of other processes. Every function returns 0, or -errno on failure.
#include <stdint.h>
#include <sys/types.h>

/// The soft limit of a process on its open files: one more than the highest number it may get.
int cl_file_limit(pid_t pid, uint64_t *limit);

/// Sets it, as far as the hard limit lets it, which stays as it is: nobody but the machine's own root could
/// raise that again.
int cl_set_file_limit(pid_t pid, uint64_t limit);
#endif
