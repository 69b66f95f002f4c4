#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int cl_pivot_root(const char *root) {
  // pivot_root(2), NOTES: with "." for both, the old root ends up on top of the new one.
  if (chdir(root) || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) || chdir("/"))
    return -errno;
  return 0;
}

int cl_make_whiteout(const char *path) { return mknod(path, S_IFCHR, 0) ? -errno : 0; }

int cl_thread_keep_capabilities(uint64_t capabilities) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2] = {0};
  for (int half = 0; half < 2; half++) {
    uint32_t bits = (uint32_t)(capabilities >> (32 * half));
    data[half].effective = data[half].permitted = data[half].inheritable = bits;
  }
  return syscall(SYS_capset, &header, data) ? -errno : 0;
}

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

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define REFUSE(code) RETURN(SECCOMP_RET_ERRNO | (code))
// A number that is refused whatever its arguments are.
#define NEVER(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), REFUSE(EPERM)
// The low half of an argument; its high half is not looked at by the kernel either (int, or flags
// below 2^32).
#define ARGUMENT(n) LOAD(args[n])
// A number that is refused where some of these bits are set in its first argument.
#define NOT_WITH_BITS(name, bits)                                    \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 4), ARGUMENT(0), \
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1), REFUSE(EPERM), RETURN(SECCOMP_RET_ALLOW)
// A number that is refused where its argument n has this value.
#define NOT_WITH_VALUE(name, n, value)                               \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 4), ARGUMENT(n), \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1), REFUSE(EPERM), RETURN(SECCOMP_RET_ALLOW)

// Newer than some headers: asm-generic/unistd.h.
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467
#endif

static const struct sock_filter forbidden[] = {
  LOAD(arch),
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0),
  REFUSE(EPERM),
  LOAD(nr),
#if defined(__x86_64__)
  // The x32 numbers, which would go past all that follows.
  BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1),
  REFUSE(ENOSYS),
#endif
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
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1), REFUSE(ENOSYS),
  NOT_WITH_BITS(clone, NEW_NAMESPACES & ~0x80), NOT_WITH_BITS(unshare, NEW_NAMESPACES),
  // The one kind of socket that no network namespace holds back, and keys typed for another.
  NOT_WITH_VALUE(socket, 0, AF_VSOCK), NOT_WITH_VALUE(ioctl, 1, TIOCSTI),
  RETURN(SECCOMP_RET_ALLOW),
};

int cl_forbid_the_outside(void) {
  struct sock_fprog program = {
    .len = sizeof forbidden / sizeof *forbidden,
    .filter = (struct sock_filter *)forbidden,
  };
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return -errno;
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) ? -errno : 0;
}
