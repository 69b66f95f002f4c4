"""Attempts to get out of a node, one line each: `reached NAME …` or `refused NAME …`.

  attempts.py MARKS          tries all that follows
  attempts.py MARKS harmless tries only what does no harm where there is no wall: the control

MARKS is a file of JSON that tells what lies beyond: `file` (of the host), `folder` (of the host, writable there),
`pid` (a host process), `word` (in that process's command line), `port` (a TCP listener on the host's
loopback), `abstract` (a listening abstract socket), `socket` (a listening socket in the file system),
`key` (a System V segment), `shm` (a file in /dev/shm), `peer` (another node's address).
"""

import ctypes
import errno
import json
import os
import socket
import struct
import subprocess
import sys
import time

with open(sys.argv[1]) as marks:
    MARKS = json.load(marks)
C = ctypes.CDLL(None, use_errno=True)
ATTEMPTS = []


def attempt(harmless=False):
    def keep(function):
        ATTEMPTS.append((function, harmless))
        return function
    return keep


def check(result):
    """A C call's result; its error as an exception."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


NUMBERS = {
    "ptrace": 101, "syslog": 103, "pivot_root": 155, "acct": 163, "settimeofday": 164, "mount": 165,
    "umount2": 166, "swapon": 167, "reboot": 169, "init_module": 175, "add_key": 248, "keyctl": 250,
    "kexec_load": 246, "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "setns": 308,
    "process_vm_readv": 310, "finit_module": 313, "bpf": 321, "userfaultfd": 323, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "clone3": 435, "mount_setattr": 442, "clone": 56,
}


def call(name, *arguments):
    whole = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return check(C.syscall(ctypes.c_long(NUMBERS[name]), *whole))


def text(path):
    with open(path, "rb") as file:
        return file.read(4096)


def writable(path):
    """Opened for writing, and nothing written."""
    os.close(os.open(path, os.O_WRONLY))
    return True


# Files.

@attempt(harmless=True)
def read_a_file_of_the_host():
    return text(MARKS["file"])

@attempt()
def read_it_through_the_root_of_the_first_process():
    return text("/proc/1/root" + MARKS["file"])

@attempt()
def read_it_by_climbing():
    return text("/" + "../" * 20 + MARKS["file"][1:])

@attempt()
def read_it_through_a_working_folder_of_another():
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                return text(f"/proc/{name}/cwd" + MARKS["file"])
            except OSError:
                continue
    return False

@attempt()
def read_it_by_leaving_a_chroot():
    if os.fork() == 0:
        try:
            os.mkdir(f"/tmp/inner{os.getpid()}")
            outside = os.open("/", os.O_RDONLY)
            os.chroot(f"/tmp/inner{os.getpid()}")
            os.fchdir(outside)
            for _ in range(50):
                os.chdir("..")
            os.chroot(".")
            os._exit(0 if text(MARKS["file"]) else 1)
        except OSError:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.wait()[1]) == 0

@attempt(harmless=True)
def list_a_folder_of_the_host():
    return os.listdir(MARKS["folder"])

@attempt(harmless=True)
def write_into_a_folder_of_the_host():
    path = MARKS["folder"] + "/written"
    with open(path, "w") as file:
        file.write("x")
    return os.path.exists(path)

@attempt()
def read_the_passwords():
    return text("/etc/shadow")

@attempt()
def write_a_program():
    with open("/usr/bin/faultline-walls", "w") as file:
        file.write("x")
    return True

@attempt()
def open_by_handle():
    buffer = ctypes.create_string_buffer(struct.pack("Ii", 8, 1) + struct.pack("II", 2, 0))
    root = os.open("/usr", os.O_RDONLY)
    return call("open_by_handle_at", root, buffer, os.O_RDONLY)

@attempt(harmless=True)
def see_a_file_in_shared_memory():
    return text("/dev/shm/" + MARKS["shm"])

# The kernel's files.

@attempt()
def write_the_core_pattern():
    return writable("/proc/sys/kernel/core_pattern")

@attempt()
def write_a_setting_of_memory():
    return writable("/proc/sys/vm/drop_caches")

@attempt()
def press_sysrq():
    return writable("/proc/sysrq-trigger")

@attempt()
def write_below_sys():
    for path in ("/sys/kernel/mm/transparent_hugepage/enabled", "/sys/power/state",
                 "/sys/kernel/uevent_helper", "/sys/module/kernel/parameters/panic"):
        try:
            return writable(path)
        except OSError:
            continue
    return False

@attempt()
def make_a_cgroup():
    os.mkdir("/sys/fs/cgroup/walls")
    return True

@attempt()
def read_the_memory_of_the_machine():
    return text("/dev/mem")

@attempt()
def read_the_memory_of_the_kernel():
    return text("/proc/kcore")

@attempt()
def make_a_disk_and_read_it():
    for entry in os.listdir("/sys/dev/block"):
        major, minor = map(int, entry.split(":"))
        path = f"/tmp/disk-{entry}"
        os.mknod(path, 0o660 | 0o060000, os.makedev(major, minor))
        return text(path)
    return False

@attempt()
def read_the_log_of_the_kernel():
    return call("syslog", 3, ctypes.create_string_buffer(64), 64)

# Processes.

def host_process_by_word():
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            try:
                if MARKS["word"].encode() in text(f"/proc/{name}/cmdline"):
                    return int(name)
            except OSError:
                continue
    return None

@attempt(harmless=True)
def see_a_process_of_the_host():
    return host_process_by_word()

@attempt(harmless=True)
def signal_a_process_of_the_host():
    pid = host_process_by_word()
    if pid is None:
        raise ProcessLookupError(errno.ESRCH, "not seen")
    os.kill(pid, 0)
    return True

@attempt()
def signal_the_parent():
    if os.getppid() > 1:
        return False
    os.kill(os.getppid() or 2**22 - 1, 0)
    return os.getppid() != 1

@attempt()
def read_the_environment_of_the_first_process():
    return text("/proc/1/environ")

@attempt()
def read_the_memory_of_the_first_process():
    with open("/proc/1/maps") as maps:
        start = int(maps.readline().split("-")[0], 16)
    with open("/proc/1/mem", "rb") as memory:
        memory.seek(start)
        return memory.read(64)

@attempt()
def trace_the_first_process():
    return call("ptrace", 16, 1, 0, 0) == 0

@attempt()
def copy_from_the_first_process():
    local = ctypes.create_string_buffer(8)
    here = (ctypes.c_size_t * 2)(ctypes.addressof(local), 8)
    there = (ctypes.c_size_t * 2)(0x400000, 8)
    return call("process_vm_readv", 1, here, 1, there, 1, 0)

@attempt()
def follow_its_files():
    return os.listdir("/proc/1/fd") and os.open("/proc/1/fd/0", os.O_RDONLY)

@attempt(harmless=True)
def attach_a_segment():
    C.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
    return check(C.shmget(MARKS["key"], 0, 0)) >= 0

# Mounts.

@attempt()
def mount_a_file_system():
    return call("mount", b"x", b"/mnt", b"tmpfs", 0, None) == 0

@attempt()
def bind_a_folder():
    return call("mount", b"/", b"/mnt", None, 4096, None) == 0

@attempt()
def make_programs_writable():
    return call("mount", None, b"/usr", None, 32 | 4096, None) == 0

@attempt()
def make_programs_writable_the_new_way():
    attributes = (ctypes.c_uint64 * 4)(0, 1, 0, 0)
    return call("mount_setattr", -100, b"/usr", 0, attributes, 32) == 0

@attempt()
def uncover_the_proc_below():
    return call("umount2", b"/proc", 2) == 0

@attempt()
def move_to_another_root():
    return call("pivot_root", b"/mnt", b"/mnt") == 0

@attempt()
def open_a_file_system():
    return call("fsopen", b"tmpfs", 0)

@attempt()
def clone_a_mount():
    return call("open_tree", -100, b"/", 1)

# Namespaces.

@attempt()
def become_root_in_a_user_namespace():
    return call("unshare", 0x10000000) == 0

@attempt()
def take_a_mount_namespace():
    return call("unshare", 0x00020000) == 0

@attempt()
def be_born_in_a_user_namespace():
    pid = call("clone", 0x10000000 | 17, 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True

@attempt()
def enter_a_namespace_of_the_first_process():
    return call("setns", os.open("/proc/1/ns/net", os.O_RDONLY), 0) == 0

@attempt()
def enter_by_nsenter():
    return subprocess.run(["nsenter", "-t", "1", "-a", "true"], capture_output=True).returncode == 0

# The kernel.

@attempt()
def load_a_module():
    return call("init_module", b"x", 1, b"") == 0

@attempt()
def load_a_module_from_a_file():
    return call("finit_module", os.open("/bin/sh", os.O_RDONLY), b"", 0) == 0

@attempt()
def load_a_kernel():
    return call("kexec_load", 0, 0, None, 0) == 0

@attempt()
def load_a_filter():
    return call("bpf", 0, (ctypes.c_uint64 * 8)(2, 4, 4, 1), 64)

@attempt()
def measure_the_machine():
    return call("perf_event_open", (ctypes.c_uint32 * 32)(1, 128), -1, 0, -1, 0)

@attempt()
def read_a_keyring():
    return call("keyctl", 0, -3, 0)

@attempt()
def add_a_key():
    return call("add_key", b"user", b"walls", b"x", 1, -4)

@attempt()
def set_the_clock():
    now = (ctypes.c_long * 2)(int(time.time()), 0)
    return call("settimeofday", now, None) == 0

@attempt()
def keep_accounts():
    return call("acct", b"/tmp/accounts") == 0

@attempt()
def handle_page_faults():
    return call("userfaultfd", 0)

@attempt()
def take_back_a_capability():
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(*[0xFFFFFFFF] * 6)
    return check(C.capset(header, data)) == 0

@attempt()
def gain_by_a_program_that_sets_its_user():
    if os.geteuid() == 0:
        return False
    status = subprocess.run(
        ["/usr/bin/su", "-c", "true"], capture_output=True, stdin=subprocess.DEVNULL).returncode
    os.setuid(0)
    return status == 0

# The network.

@attempt(harmless=True)
def connect_to_the_loopback_of_the_host():
    socket.create_connection(("127.0.0.1", MARKS["port"]), 2).close()
    return True

@attempt(harmless=True)
def connect_to_an_abstract_socket():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect("\0" + MARKS["abstract"])
    return True

@attempt(harmless=True)
def connect_to_a_socket_in_the_file_system():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(MARKS["socket"])
    return True

@attempt()
def reach_the_hypervisor():
    return socket.socket(40, socket.SOCK_STREAM)

@attempt()
def listen_for_another_node():
    with socket.socket() as one:
        one.bind((MARKS["peer"], 8080))
        one.listen()
    return True

@attempt()
def type_into_a_terminal():
    import fcntl
    fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), 0x5412, b"x")
    return True


def main():
    only_harmless = sys.argv[2:] == ["harmless"]
    for function, harmless in ATTEMPTS:
        if only_harmless and not harmless:
            continue
        name = function.__name__.replace("_", " ")
        try:
            result = function()
            word, why = ("reached", repr(result)[:60]) if result else ("refused", "nothing there")
        except (OSError, subprocess.SubprocessError) as error:
            word, why = "refused", str(error)
        print(f"{word} {name}: {why}", flush=True)


main()
