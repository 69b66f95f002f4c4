#ifndef CLINUX_ISOLATION_H
#define CLINUX_ISOLATION_H
// Namespaces, mounts, spawning: what must not be written in Swift after fork.
// Every function returns 0 or a value >= 0 on success and -errno on failure.

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <sys/types.h>

int cl_unshare(int flags);
int cl_setns(int fd, int kind);
int cl_mount(const char *source, const char *target, const char *type, unsigned long flags,
             const char *data);
/// Forgets a mount once nobody uses it.
int cl_unmount(const char *target);
/// Sets (or clears) the read-only attribute of one mount or of a whole tree.
int cl_mount_read_only(const char *target, int on, int recursive);
int cl_sethostname(const char *name);
int cl_pidfd_send_signal(int pidfd, int signal);
int cl_set_thread_name(const char *name);
int cl_errno(void);
int cl_set_nonblocking(int fd);
int cl_set_close_on_exec(int fd);
int cl_pipe(int ends[2]);  // -1 and errno
int cl_duplicate(int fd);  // -1 and errno
int cl_replace(int fd, int other);  // -1 and errno; `fd` stands for the file of `other`
int cl_open(const char *path, int flags, unsigned mode);

enum { CL_FS = 0x00000200, CL_NEWNS = 0x00020000, CL_NEWUTS = 0x04000000, CL_NEWIPC = 0x08000000, CL_NEWPID = 0x20000000,
       CL_NEWNET = 0x40000000, CL_NEWUSER = 0x10000000 };

/// Every signal as a program expects it at its start: default, none blocked.
void cl_reset_signals(void);

/// A child that borrows the caller's memory until it executes a program or ends (vfork); until then it
/// makes system calls only.
struct cl_birth {
  uint64_t flags;            // CLONE_NEW…, besides those of a vfork
  int cgroup;                // descriptor of the folder of its cgroup, -1 for none
  int *pidfd;                // where that of the child goes, CLOEXEC
  int (*run)(void *);        // what it does
  void *argument;            // and with what
  int joins_by_write;        // told to the child: it must take itself into its cgroup
};

/// Makes the child, in its cgroup from the first: its pid, or -errno.
long cl_bear(struct cl_birth *birth);
/// The same where the kernel or this machine cannot do that.
long cl_bear_and_join(struct cl_birth *birth);
/// Whether `cl_bear` failed for such a reason.
int cl_is_unknown(long result);
/// Takes the calling process into a cgroup.
int cl_join_cgroup(int cgroup);

/// Where a child failed before its program ran.
enum cl_stage {
  CL_STAGE_NONE = 0, CL_STAGE_CLONE, CL_STAGE_PIDS, CL_STAGE_CGROUP, CL_STAGE_NAMESPACE, CL_STAGE_STDIO,
  CL_STAGE_GROUPS, CL_STAGE_GROUP, CL_STAGE_USER, CL_STAGE_FOLDER, CL_STAGE_EXECUTE,
  CL_STAGE_TERMINAL, CL_STAGE_CAPABILITIES, CL_STAGE_WALLS
};

struct cl_spawn_request {
  const char *path;
  char **arguments;    // argv, NULL at the end
  char **environment;  // NULL at the end
  const char *folder;        // NULL: where the mount namespace puts it
  int namespaces[4];         // descriptors to enter (net, uts, ipc, mnt), -1 for none
  int pids;                  // pidfd of a process whose PID namespace it is born into, -1 for none
  int stdio[3];              // descriptors for 0, 1 and 2, -1 for /dev/null
  int takes_terminal;        // 0 is a terminal that becomes the session's controlling one
  int cgroup;                // descriptor of the cgroup's folder, -1 for none
  int changes_user;
  uid_t user;
  gid_t group;
  const gid_t *groups;
  size_t group_count;
  int keeps_groups;          // supplementary groups cannot be set here
  int is_confined;           // keeps only the capabilities below, and cannot reach beyond a node
  uint64_t capabilities;     // bit n is capability number n
  int has_gate;              // it waits at the gate before it executes the program
  int gate;                  // a socket: it sends a byte there and awaits one, or its end
  // results
  int stage;                 // enum cl_stage
  int code;                  // errno at that stage
  int reached;               // the program was about to run
  int pidfd;                 // CLOEXEC, of the child
};

/// Starts a program as a child in its own session: its pid, or -errno with `stage` set.
/// The caller's address space is borrowed until the child executes (vfork), never copied.
pid_t cl_spawn(struct cl_spawn_request *spawn);

struct cl_first_request {
  const char *root;          // what will be the node's root: its /proc is mounted there
  int program;               // what `cl_first_program` made
  int lifeline;              // read end of a pipe: the process ends with the last write end
  int cgroup;                // descriptor of the cgroup's folder, -1 for none
  int processes;             // how many the namespace may hold, where the kernel can; 0 for no limit
  // results
  int stage;                 // enum cl_stage
  int pidfd;                 // CLOEXEC
  int ready;                 // CLOEXEC; a byte can be read here once it is nobody's to look into
};

/// A file in memory, without a name, that holds the program of first processes: a descriptor.
int cl_first_program(void);

/// Makes the first process of a new PID namespace, in the calling thread's other namespaces: it
/// mounts that PID namespace's own /proc below `root` and then only waits for the end of file on `lifeline`.
/// Orphans of its namespace are reaped by the kernel, for it ignores SIGCHLD. Its pid, or -errno.
pid_t cl_first(struct cl_first_request *first);

struct cl_inner_request {
  const char *path;
  char **arguments;
  char **environment;
  unsigned long flags;       // CLONE_NEW…
  int lifeline[2];           // read end, for the child; write end, the parent's alone
  const int *keep;           // descriptors the new program inherits, besides 0, 1 and 2
  size_t keep_count;
  int gate;                  // the program waits until a byte can be read here; -1 for no waiting
};

/// Makes the first process of new namespaces, to be killed when the calling *thread* ends: its pid,
/// or -errno. `reported` is for `cl_inner_end`.
pid_t cl_inner_begin(const struct cl_inner_request *inner, int *reported);
/// Waits until that process has executed the program: 0, or -errno.
int cl_inner_end(pid_t pid, int reported);

/// Makes one user of ours root in the user namespace of a process, and everybody else nobody.
int cl_map_one_user(pid_t pid, uid_t user, gid_t group);

/// Forks a process that waits for the end of file on `pipe`, then removes the cgroup at
/// `path` with everything in it and exits. It holds no other descriptor.
pid_t cl_janitor(int pipe, const char *path);

/// Kills everything in the cgroup at `path`, waits (bounded) until it is empty and removes it
/// bottom-up. 0 also when there is none.
int cl_cgroup_remove(const char *path, int timeout_ms);

/// Sends bytes and up to three descriptors over a unix socket.
ssize_t cl_send_descriptors(int socket, const void *bytes, size_t count, const int *fds,
                            size_t fd_count);
/// Receives bytes and up to three descriptors (CLOEXEC); `fd_count` is how many came.
ssize_t cl_receive_descriptors(int socket, void *bytes, size_t count, int fds[3],
                               size_t *fd_count);
/// A file in memory without a name.
int cl_memory_file(void);
int cl_unix_listen(const char *path);
int cl_accept(int socket);
int cl_unix_connect(const char *path);
int cl_exit_status(int status, int *signal);

/// A wait for the exit of one child (`pid`) or any (-1): pid and wait status, or -errno.
pid_t cl_wait(pid_t pid, int options, int *status);
#endif
