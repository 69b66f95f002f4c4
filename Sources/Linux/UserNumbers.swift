/// Which numbers of users and groups mean somebody in this process's user namespace:
/// user_namespaces(7). Looked at once, for what a process is born with stays.
public enum UserNumbers {
  private static let users = ranges("/proc/self/uid_map")
  private static let groups = ranges("/proc/self/gid_map")

  /// Supplementary groups can be set: not where an ordinary user mapped only itself.
  public static let maySetGroups =
    (try? Files.read("/proc/self/setgroups"))?.hasPrefix("deny") != true

  /// Whether a process can be that user.
  public static func isUser(_ number: UInt32) -> Bool { users.contains { $0.contains(number) } }

  /// Whether a process can be in that group.
  public static func isGroup(_ number: UInt32) -> Bool { groups.contains { $0.contains(number) } }

  private static func ranges(_ path: String) -> [Range<UInt32>] {
    guard let text = try? Files.read(path) else { return [0..<UInt32.max] }
    return text.split(separator: "\n").compactMap { line in
      let numbers = line.split(separator: " ").compactMap { UInt32($0) }
      guard numbers.count == 3 else { return nil }
      let (end, isTooLarge) = numbers[0].addingReportingOverflow(numbers[2])
      return numbers[0]..<(isTooLarge ? .max : end)
    }
  }
}
