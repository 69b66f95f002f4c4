internal import Basics
internal import Glibc
internal import Linux

/// The file system of one node: a root of its own that holds what the node may write, with the
/// machine's programs and settings mounted into it, read-only or below a layer of the node's own.
struct NodeFolders: Sendable {
  /// The node's folder on the runner's side; all its writing goes below it.
  let path: String
  /// Where a disk of the node's own is mounted, where it has one; shown as its `/run`.
  var disk: String { path + "/disk" }
  /// What is the node's `/`.
  var root: String { path + "/root" }

  init(run: String, node: NodeID) { path = "\(run)/nodes/\(node)" }

  /// The folders of the root, with permissions; what is mounted later needs its place, too.
  private static let folders: [(place: String, mode: UInt32)] = [
    ("run", 0o755), ("run/lock", 0o1777), ("tmp", 0o1777), ("dev", 0o755), ("dev/shm", 0o1777),
    ("dev/pts", 0o755), ("home", 0o755), ("root", 0o700), ("mnt", 0o755), ("opt", 0o755),
    ("srv", 0o755), ("proc", 0o555), ("sys", 0o555), ("usr", 0o755), ("etc", 0o755),
    ("var", 0o755),
  ]
  /// What is gone when the machine loses its power.
  private static let volatile = ["/run", "/tmp", "/dev/shm"]
  private static let devices = ["null", "zero", "full", "random", "urandom", "tty"]
  /// Links in `/dev`: where programs look for their own descriptors, and for new terminals.
  private static let deviceLinks = [
    ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
    ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
  ]

  /// Makes what does not need the node's namespaces.
  ///
  /// - Parameters:
  ///   - bytes: how much the node may write in all; nil leaves it to the run's own folder.
  ///   - makeDisk: mounts something at `disk`.
  func make(
    _ spec: NodeSpec, _ image: RootImage, bytes: Int?, makeDisk: Groundwork.MakeDisk?
  ) throws(Errno) {
    try Files.makeFolder(path)
    if let bytes {
      try Mounts.mount("tmpfs", at: path, options: "mode=755,size=\(bytes)")
    }
    try Files.makeFolder(root)
    if let makeDisk { try mountDisk(makeDisk) }
    for folder in Self.folders {
      try Files.makeFolder("\(root)/\(folder.place)", mode: folder.mode)
    }
    for link in image.links { try Files.makeLink("\(root)/\(link.name)", to: link.target) }
    for folder in image.folders { try Files.makeFolder("\(root)/\(folder)") }
    for device in Self.devices + spec.devices {
      let place = "\(root)/dev/\(device)"
      if let slash = place.lastIndex(of: "/") { try Files.makeFolder(String(place[..<slash])) }
      try Files.write("", to: place)
    }
    for (name, target) in Self.deviceLinks { try Files.makeLink("\(root)/dev/\(name)", to: target) }
    for layer in ["etc", "etc.work", "var", "var.work"] { try Files.makeFolder("\(path)/\(layer)") }
    try makeSettings(spec)
  }

  private func mountDisk(_ makeDisk: Groundwork.MakeDisk) throws(Errno) {
    for place in [disk, root + "/run"] { try Files.makeFolder(place) }
    try makeDisk(path, disk)
    try Mounts.bind(disk, at: root + "/run")
  }

  /// The node's own files in `/etc`.
  private func makeSettings(_ spec: NodeSpec) throws(Errno) {
    let standard = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
    var texts = [
      "hosts": (standard + spec.hosts).map { $0 + "\n" }.joined(),
      "hostname": "\(spec.name)\n", "machine-id": Self.machineID(of: spec.name) + "\n",
    ]
    if !spec.resolvers.isEmpty {
      texts["resolv.conf"] =
        spec.resolvers.map { "nameserver \($0)\n" }.joined() + RootImage.resolverOptions
    }
    for (name, text) in texts { try Files.write(text, to: "\(path)/etc/\(name)") }
  }

  /// Thirty-two hexadecimal digits, the same for a node in every run: machine-id(5).
  private static func machineID(of name: NodeID) -> String {
    var chance = Chance(seed: 0).stream("machine-id \(name)")
    return (0..<32).map { _ in String(chance.next() >> 60, radix: 16) }.joined()
  }

  /// Puts the root together in the calling thread's mount namespace, all but `/proc`.
  func assemble(_ spec: NodeSpec, _ image: RootImage, hasDisk: Bool) throws(Errno) {
    try Mounts.bind(root, at: root)
    if hasDisk { try Mounts.bind(disk, at: root + "/run") }
    for place in ["usr"] + image.folders { try show("/\(place)") }
    for place in spec.shares { try show(place) }
    // By paths from here, for the node can read how its root was put together.
    try Files.enter(path)
    try lay("etc", over: image.settings, image)
    try lay("var", over: image.variable, image)
    for device in Self.devices + spec.devices {
      try Mounts.bind("/dev/\(device)", at: "\(root)/dev/\(device)")
    }
    try Mounts.mountTerminals(at: "\(root)/dev/pts")
    try Mounts.mount("sysfs", at: "\(root)/sys")
    try Mounts.setReadOnly(true, at: "\(root)/sys", recursively: false)
  }

  /// Shows a file or folder of the machine at its own place, read-only.
  private func show(_ place: String) throws(Errno) {
    let target = root + place
    if Files.isFolder(place) {
      try Files.makeFolder(target)
    } else if !Files.exists(target) {
      if let slash = target.lastIndex(of: "/") { try Files.makeFolder(String(target[..<slash])) }
      try Files.write("", to: target)
    }
    try Mounts.bind(place, at: target, recursively: true)
    try Mounts.setReadOnly(true, at: target, recursively: true)
  }

  /// The calling thread is in the node's folder.
  private func lay(_ name: String, over lower: String, _ image: RootImage) throws(Errno) {
    guard image.hasLayers else {
      let own = Set(try Files.list("\(path)/\(name)"))
      try FolderTree.copyReadable(lower, to: "\(root)/\(name)", leavingOut: own)
      return try FolderTree.copyReadable("\(path)/\(name)", to: "\(root)/\(name)", leavingOut: [])
    }
    try Mounts.overlay(
      lower: lower, upper: name, work: name + ".work", at: "\(root)/\(name)")
  }

  /// Empties what a machine forgets when it starts, but for what is to be kept: the calling thread is
  /// in the node's mount namespace.
  static func clearVolatile(keeping kept: [String]) throws(Errno) {
    for folder in volatile {
      for name in try Files.list(folder) {
        let place = "\(folder)/\(name)"
        if kept.contains(where: { $0 == place || $0.hasPrefix(place + "/") }) { continue }
        if place == "/run/lock" {
          try Files.removeContents(of: place)
        } else {
          try Files.removeTree(place)
        }
      }
    }
  }

  /// Where the runner finds a path of the node, if it is one of those that lie in the node's own
  /// root: not `/etc`, `/var` and what is the machine's.
  func outside(_ inside: String) -> String { root + inside }
}
