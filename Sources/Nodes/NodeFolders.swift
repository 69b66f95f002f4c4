internal import Basics
internal import Glibc
internal import Linux

/// The private folders of one node, as the runner sees them, and where the node does.
struct NodeFolders: Sendable {
  let path: String

  init(run: String, node: NodeID) { path = "\(run)/nodes/\(node)" }

  /// The place inside the node, the name outside, and the permissions.
  private static let folders: [(place: String, name: String, mode: UInt32)] = [
    ("/run", "run", 0o755), ("/tmp", "tmp", 0o1777), ("/var/tmp", "var-tmp", 0o1777),
    ("/dev/shm", "shm", 0o1777),
  ]

  func make(hosts: [String]) throws(Errno) {
    for folder in Self.folders { try Files.makeFolder("\(path)/\(folder.name)", mode: folder.mode) }
    try Files.makeFolder("\(path)/run/lock", mode: 0o1777)
    let standard = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
    try Files.write((standard + hosts).map { $0 + "\n" }.joined(), to: "\(path)/hosts")
    // Name servers are out of reach: let a look-up fail at once instead of hanging.
    try Files.write("options timeout:1 attempts:1\n", to: "\(path)/resolv.conf")
  }

  /// Shows them to the calling thread's mount namespace.
  func mount(shares: [String]) throws(Errno) {
    // The folder itself may lie below one of the places that are about to be covered, so
    // all are reached through a descriptor of it.
    let own = try Descriptor.open(path, .folder)
    let source = "/proc/thread-self/fd/\(own.raw)"
    var shared: [(path: String, number: Int32)] = []
    for path in shares {
      shared.append((path, try Descriptor.open(path, .folder).release()))
    }
    defer { for share in shared { _ = Descriptor(owning: share.number) } }
    for name in ["hosts", "resolv.conf"] where Files.exists("/etc/\(name)") {
      try Mounts.bind("\(source)/\(name)", at: "/etc/\(name)")
    }
    for folder in Self.folders where Files.isFolder(folder.place) {
      try Mounts.bind("\(source)/\(folder.name)", at: folder.place)
    }
    for share in shared {
      try Files.makeFolder(share.path)
      try Mounts.bind("/proc/thread-self/fd/\(share.number)", at: share.path)
    }
  }

  func clearVolatile() throws(Errno) {
    for name in ["run", "tmp", "shm"] { try Files.removeContents(of: "\(path)/\(name)") }
    try Files.makeFolder("\(path)/run/lock", mode: 0o1777)
  }

  /// Where the runner finds a path of the node.
  func outside(_ inside: String) -> String {
    for folder in Self.folders where inside == folder.place || inside.hasPrefix(folder.place + "/")
    { return "\(path)/\(folder.name)" + inside.dropFirst(folder.place.count) }
    return inside
  }
}
