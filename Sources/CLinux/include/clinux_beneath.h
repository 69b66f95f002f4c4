#ifndef CLINUX_BENEATH_H
#define CLINUX_BENEATH_H
// Opening below a folder without ever leaving it. Every function returns a descriptor or 0 on success
// and -errno on failure; descriptors are CLOEXEC.

/// Opens a path seen from a folder: no `..` that leaves it, no absolute path (-EXDEV), no symbolic link
/// anywhere on the way or at its end (-ELOOP). By openat2(2), or part by part where the kernel has none.
int cl_open_beneath(int folder, const char *path, int flags, unsigned mode);

/// The same part by part, as on a kernel without openat2(2); `..` is refused wherever it stands.
int cl_open_beneath_by_parts(int folder, const char *path, int flags, unsigned mode);
#endif
