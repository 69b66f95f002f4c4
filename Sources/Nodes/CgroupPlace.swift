internal import CLinux
internal import Glibc
internal import Linux

/// Where this run may make cgroups, and what stands in the way.
struct CgroupPlace {
  /// The folder in which runs make theirs; nil when there is none we may use.
  let base: String?
  /// What does not work on this machine, in sentences.
  let limits: [String]

  static let prefix = "faultline-"

  /// The folder of the run that this process is the outer process of. The name tells whose it
  /// is: the PID namespace, the process and when it started, so that a sweep never takes a
  /// live run for a dead one.
  var runPath: String? {
    guard let base, let identity = RunIdentity.own() else { return nil }
    return "\(base)/\(Self.prefix)\(identity)"
  }

  private static let fallback = "processes are found by their environment, paused one by one"

  static let none = CgroupPlace(base: nil, limits: ["no cgroup2 is used: \(fallback)"])

  static func find() -> CgroupPlace {
    do throws(Errno) {
      guard
        let base = path(
          mounts: try Files.read("/proc/self/mountinfo"), own: try Files.read("/proc/self/cgroup"))
      else { return CgroupPlace(base: nil, limits: ["no cgroup2 on this machine: \(fallback)"]) }
      guard Files.isWritable(base) else {
        return CgroupPlace(base: nil, limits: ["cgroup \(base) is not writable: \(fallback)"])
      }
      return CgroupPlace(base: base, limits: [])
    } catch {
      return CgroupPlace(base: nil, limits: ["cgroups are unknown (\(error)): \(fallback)"])
    }
  }

  /// The folder of the calling process's own cgroup, from the texts of `/proc/self/mountinfo`
  /// and `/proc/self/cgroup` (proc(5), cgroups(7)); nil without a cgroup2 mount that shows it.
  static func path(mounts: String, own: String) -> String? {
    guard let line = own.split(separator: "\n").first(where: { $0.hasPrefix("0::") }) else {
      return nil
    }
    let group = String(line.dropFirst(3))
    for mount in mounts.split(separator: "\n") {
      let halves = mount.split(separator: " ")
      guard let dash = halves.firstIndex(of: "-"), dash + 1 < halves.count,
        halves[dash + 1] == "cgroup2", dash > 4
      else { continue }
      let root = halves[3] == "/" ? "" : String(halves[3])
      guard group == root || group.hasPrefix(root + "/") else { continue }
      let rest = group.dropFirst(root.count)
      return unescaped(String(halves[4])) + (rest == "/" ? "" : rest)
    }
    return nil
  }

  /// mountinfo writes a space as `\040`.
  private static func unescaped(_ text: String) -> String {
    var out: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    while let byte = bytes.popFirst() {
      let digits = bytes.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        out.append(value)
        bytes = bytes.dropFirst(3)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Removes what runs left that were killed together with their janitor. A live run's folder
  /// is never touched, nor one whose process cannot be judged from this PID namespace.
  ///
  /// - Returns: what could not be removed, in sentences.
  static func sweep(_ base: String) -> [String] {
    guard let own = RunIdentity.own() else { return ["/proc does not show this process"] }
    do throws(Errno) {
      return try Files.list(base).filter { $0.hasPrefix(prefix) }.compactMap { name in
        guard let identity = RunIdentity(String(name.dropFirst(prefix.count))),
          identity.space == own.space, !identity.isAlive
        else { return nil }
        let result = unsafe cl_cgroup_remove("\(base)/\(name)", 1000)
        if result == 0 { return nil }
        return Errno(-result, "remove cgroup \(base)/\(name) of a dead run").description
      }
    } catch { return [error.description] }
  }
}

/// A process of this machine, told apart from a later one with the same number.
struct RunIdentity: Hashable, CustomStringConvertible {
  /// The inode of the PID namespace in which `pid` counts.
  let space: UInt64
  let pid: Int32
  /// Clock ticks after the machine's start (field 22 of `/proc/PID/stat`, proc(5)).
  let start: UInt64

  static func own() -> RunIdentity? {
    guard let space = try? Files.inode("/proc/self/ns/pid"),
      let start = ProcessStat(getpid())?.start
    else {
      return nil
    }
    return RunIdentity(space: space, pid: getpid(), start: start)
  }

  var isAlive: Bool { ProcessStat(pid)?.start == start }

  var description: String { "\(space)-\(pid)-\(start)" }
}

extension RunIdentity {
  /// From the form of `description`, whatever follows it.
  init?(_ text: String) {
    let parts = text.split(separator: "-")
    guard parts.count >= 3, let space = UInt64(parts[0]), let pid = Int32(parts[1]),
      let start = UInt64(parts[2])
    else { return nil }
    self.init(space: space, pid: pid, start: start)
  }
}
