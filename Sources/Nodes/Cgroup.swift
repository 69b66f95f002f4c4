internal import CLinux
internal import Glibc
internal import Linux

/// One cgroup (version 2) of ours. No controllers: only its members, killing and freezing them,
/// and the kernel's word on both.
final class Cgroup: Sendable {
  let path: String
  let folder: Descriptor

  init(opening path: String) throws(Errno) {
    let folder = try Descriptor.open(path, .folder)
    self.path = path
    self.folder = folder
  }

  convenience init(making path: String) throws(Errno) {
    try Files.makeFolder(path)
    try self.init(opening: path)
  }

  /// What the kernel can bound in it: the words of `cgroup.controllers` (cgroups(7)).
  var controllers: Set<String> {
    let words = (try? Files.read("\(path)/cgroup.controllers")) ?? ""
    return Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  /// Lets its children be bounded in what a node is bounded in, as far as it can be itself.
  func passLimitsOn() throws(Errno) {
    for name in Self.bounded where controllers.contains(name) {
      try Files.set("\(path)/cgroup.subtree_control", to: "+\(name)")
    }
  }

  /// Bounds it and what is below it, where its parent passes that on; false where not.
  @discardableResult func bound(_ controller: String, to value: Int) throws(Errno) -> Bool {
    guard controllers.contains(controller) else { return false }
    try Files.set("\(path)/\(controller).max", to: "\(value)")
    return true
  }

  /// The controllers that nodes are bounded by.
  static let bounded = ["memory", "pids"]

  func child(_ name: String) throws(Errno) -> Cgroup { try Cgroup(making: "\(path)/\(name)") }

  /// The members, those of cgroups below not included, as seen from our PID namespace.
  func processes() throws(Errno) -> [Int32] {
    try Files.read("\(path)/cgroup.procs").split(separator: "\n").compactMap { Int32($0) }.sorted()
  }

  /// The members of it and of all cgroups below.
  func allProcesses() throws(Errno) -> [Int32] {
    var pids: [Int32] = []
    var paths = [path]
    while let next = paths.popLast() {
      pids += try Files.read("\(next)/cgroup.procs").split(separator: "\n").compactMap { Int32($0) }
      for name in try Files.list(next) where Files.isFolder("\(next)/\(name)") {
        paths.append("\(next)/\(name)")
      }
    }
    return pids.sorted()
  }

  /// Sends SIGKILL to every process in it and below: also those that are frozen or forking.
  func kill() throws(Errno) { try Files.set("\(path)/cgroup.kill", to: "1") }

  func setFrozen(_ on: Bool) throws(Errno) {
    try Files.set("\(path)/cgroup.freeze", to: on ? "1" : "0")
  }

  /// Waits until `cgroup.events` says so (`populated` or `frozen`) of it and all below; false
  /// when it did not by the deadline. It looks again and again, since the kernel announces
  /// changes at most every 10 ms.
  func wait(for name: String, _ value: Bool, until deadline: Int64) throws(Errno) -> Bool {
    let events = try Descriptor.open("\(path)/cgroup.events", .read)
    let line = "\(name) \(value ? 1 : 0)"
    var nap: Int64 = 20_000
    while true {
      let text = String(decoding: try events.readFromStart(), as: UTF8.self)
      if text.split(separator: "\n").contains(where: { $0 == line }) { return true }
      if MonotonicClock.nanoseconds >= deadline { return false }
      MonotonicClock.sleep(nanoseconds: nap)
      nap = min(nap * 3 / 2, 2_000_000)
    }
  }
}
