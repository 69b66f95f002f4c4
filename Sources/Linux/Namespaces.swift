internal import CLinux
internal import Glibc

/// A kind of namespace that a thread can enter: namespaces(7). PID namespaces are not among them,
/// for a thread stays in its own; only what it starts can be born elsewhere.
public enum NamespaceKind: String, CaseIterable, Sendable {
  case network = "net"
  case mounts = "mnt"
  case hostname = "uts"
  case messages = "ipc"

  var flag: Int32 {
    switch self {
    case .network: Int32(CL_NEWNET)
    case .mounts: Int32(CL_NEWNS)
    case .hostname: Int32(CL_NEWUTS)
    case .messages: Int32(CL_NEWIPC)
    }
  }
}

/// The namespaces of one machine-like environment, kept alive by descriptors: no names, so
/// nothing to clean up.
public struct Namespaces: ~Copyable, Sendable {
  /// Interfaces, addresses, routes and ports: network_namespaces(7).
  public let network: Descriptor
  /// What is mounted where: mount_namespaces(7).
  public let mounts: Descriptor
  /// The host name: uts_namespaces(7).
  public let hostname: Descriptor
  /// System V IPC and POSIX message queues: ipc_namespaces(7).
  public let messages: Descriptor

  /// Those of the calling thread.
  public init() throws(Errno) {
    let network = try Descriptor.open("/proc/thread-self/ns/net", .read)
    let mounts = try Descriptor.open("/proc/thread-self/ns/mnt", .read)
    let hostname = try Descriptor.open("/proc/thread-self/ns/uts", .read)
    messages = try Descriptor.open("/proc/thread-self/ns/ipc", .read)
    self.network = network
    self.mounts = mounts
    self.hostname = hostname
  }

  /// Gives the calling thread new namespaces of these kinds, for the rest of its life: call it
  /// on a thread of its own, such as `Thread.sync`.
  public static func unshare(_ kinds: Set<NamespaceKind>) throws(Errno) {
    let flags = kinds.reduce(0) { $0 | $1.flag }
    try Errno.check(cl_unshare(flags), "make new namespaces")
  }

  /// A new namespace for System V and POSIX message queues, semaphores and shared memory: as empty
  /// as that of a machine that has just started. It lasts as long as its descriptor and what is in it.
  public static func freshMessages() throws -> Descriptor {
    let raw = try Thread.sync(named: "fresh ipc") { () throws(Errno) in
      try unshare([.messages])
      return try Descriptor.open("/proc/thread-self/ns/ipc", .read).release()
    }
    return Descriptor(owning: raw)
  }

  /// Moves the calling thread into these namespaces, for the rest of its life. The mount
  /// namespace takes the thread's root and working folder with it, so the thread first stops
  /// sharing those with the others of the process.
  public func enter(_ kinds: Set<NamespaceKind>) throws(Errno) {
    if kinds.contains(.network) { try enter(network, .network) }
    if kinds.contains(.hostname) { try enter(hostname, .hostname) }
    if kinds.contains(.messages) { try enter(messages, .messages) }
    if kinds.contains(.mounts) {
      try Errno.check(cl_unshare(Int32(CL_FS)), "stop sharing the working folder")
      try enter(mounts, .mounts)
    }
  }

  private func enter(_ fd: borrowing Descriptor, _ kind: NamespaceKind) throws(Errno) {
    try Errno.check(cl_setns(fd.raw, kind.flag), "enter the \(kind.rawValue) namespace")
  }
}

/// Mounts of the calling thread's mount namespace.
public enum Mounts {
  /// Cuts the namespace off from all others: what is mounted here is seen nowhere else.
  public static func makePrivate() throws(Errno) {
    unsafe try Errno.check(
      cl_mount("none", "/", nil, UInt(MS_REC | MS_PRIVATE), nil),
      "make the mounts private")
  }

  /// Shows a file or a folder at a second place, without or with what is mounted below it.
  public static func bind(
    _ source: String, at target: String, recursively: Bool = false
  ) throws(Errno) {
    unsafe try Errno.check(
      cl_mount(source, target, nil, UInt(MS_BIND | (recursively ? MS_REC : 0)), nil),
      "bind \(source) at \(target)")
  }

  /// Shows a folder with a layer above it that takes what is written; `upper` and `work` are folders
  /// of one file system, and no path holds a comma, a colon or a backslash.
  public static func overlay(
    lower: String, upper: String, work: String, at target: String
  ) throws(Errno) {
    let layers = "lowerdir=\(lower),upperdir=\(upper),workdir=\(work)"
    let flags = UInt(MS_NOSUID | MS_NODEV)
    // In a user namespace an overlay keeps its notes where ordinary users may.
    let isRefused = unsafe cl_mount("overlay", target, "overlay", flags, layers) < 0
    guard isRefused else { return }
    unsafe try Errno.check(
      cl_mount("overlay", target, "overlay", flags, layers + ",userxattr"),
      "lay \(upper) over \(lower)")
  }

  /// Mounts terminals of its own, none of which exists yet: what opens `ptmx` there makes one.
  public static func mountTerminals(at target: String) throws(Errno) {
    let options = "newinstance,ptmxmode=0666,mode=0620"
    let flags = UInt(MS_NOSUID | MS_NOEXEC)
    // 5 is the group `tty` of every Linux; in a user namespace it may mean nobody.
    let isRefused = unsafe cl_mount("devpts", target, "devpts", flags, options + ",gid=5") < 0
    guard isRefused else { return }
    unsafe try Errno.check(
      cl_mount("devpts", target, "devpts", flags, options), "mount devpts at \(target)")
  }

  /// Makes a mount point the root of the calling thread's mount namespace; the old root is
  /// forgotten, with everything mounted below it.
  public static func pivot(to root: String) throws(Errno) {
    unsafe try Errno.check(cl_pivot_root(root), "make \(root) the root")
  }

  /// Mounts a file system of the kernel, such as `proc`, `sysfs` or `tmpfs`.
  public static func mount(_ type: String, at target: String, options: String = "") throws(Errno) {
    let flags = UInt(MS_NOSUID | MS_NODEV)
    unsafe try Errno.check(
      cl_mount(type, target, type, flags, options), "mount \(type) at \(target)")
  }

  /// Takes away what is mounted at `target`; it ends when nobody uses it any more.
  public static func unmount(_ target: String) throws(Errno) {
    unsafe try Errno.check(cl_unmount(target), "unmount \(target)")
  }

  /// Sets or clears the read-only attribute of the mount at `target`, or of the tree below it.
  public static func setReadOnly(
    _ on: Bool, at target: String, recursively: Bool
  ) throws(Errno) {
    unsafe try Errno.check(
      cl_mount_read_only(target, on ? 1 : 0, recursively ? 1 : 0),
      "make \(target) \(on ? "read-only" : "writable")")
  }
}
