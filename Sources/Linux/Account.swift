internal import Glibc

/// A user of the machine as a process needs it: numbers, groups, home.
public struct Account: Hashable, Sendable {
  /// The name it was asked for by.
  public let name: String
  /// The user's number (uid).
  public let user: UInt32
  /// The number of the primary group (gid): the account's own, or the one that was asked for.
  public let group: UInt32
  /// Every group the user is in, the primary one included.
  public let groups: [UInt32]
  /// The home folder, by the user database; nobody looks whether it exists.
  public let home: String

  /// The account of that name, or nil when the machine has none. Where its number means nobody in
  /// this user namespace, root's stand in for it.
  ///
  /// - Parameter group: the name of a primary group other than the account's own.
  public static func named(_ name: String, group: String? = nil) throws(Errno) -> Account? {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var text = [CChar](repeating: 0, count: 16_384)
    let code = unsafe getpwnam_r(name, &entry, &text, text.count, &found)
    if code != 0 { throw Errno(code, "look up user \(name)") }
    guard unsafe found != nil, let directory = unsafe entry.pw_dir else { return nil }
    let home = unsafe String(cString: directory)
    let primary = unsafe entry.pw_gid
    let user = unsafe entry.pw_uid
    guard let chosen = try groupNumber(group, otherwise: primary) else { return nil }
    guard UserNumbers.isUser(user), UserNumbers.isGroup(chosen) else {
      return Account(name: name, user: 0, group: 0, groups: [], home: home)
    }
    let groups = try groups(of: name, and: chosen).filter(UserNumbers.isGroup)
    return Account(name: name, user: user, group: chosen, groups: groups, home: home)
  }

  /// An account as a user database has it that is not this process's own: that of a node, which whoever
  /// is root there may have written. Nothing of it is carried out; lines that are none are passed over.
  ///
  /// - Parameters:
  ///   - passwd: the text of passwd(5).
  ///   - group: the text of group(5).
  /// - Returns: nil when there is no such name.
  public static func named(_ name: String, passwd: String, group: String) -> Account? {
    for line in passwd.split(separator: "\n") {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 7, parts[0] == name, let user = UInt32(parts[2]),
        let primary = UInt32(parts[3])
      else { continue }
      let more = group.split(separator: "\n").compactMap { line -> UInt32? in
        let parts = line.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].split(separator: ",").contains(name[...]) else {
          return nil
        }
        return UInt32(parts[2])
      }
      // As many as a process may be in is far more than this: NGROUPS_MAX of limits.h(0p).
      let groups = Set(more).subtracting([primary]).sorted().prefix(63)
      return Account(
        name: name, user: user, group: primary, groups: [primary] + groups,
        home: String(parts[5]))
    }
    return nil
  }

  /// The same in those of its groups only that can be had.
  public func within(_ canHave: (UInt32) -> Bool) -> Account {
    Account(name: name, user: user, group: group, groups: groups.filter(canHave), home: home)
  }

  private static func groupNumber(
    _ name: String?, otherwise primary: UInt32
  ) throws(Errno) -> UInt32? {
    guard let name else { return primary }
    var entry = unsafe Glibc.group()
    var found: UnsafeMutablePointer<Glibc.group>?
    var text = [CChar](repeating: 0, count: 65_536)
    let code = unsafe getgrnam_r(name, &entry, &text, text.count, &found)
    if code != 0 { throw Errno(code, "look up group \(name)") }
    return unsafe found == nil ? nil : entry.gr_gid
  }

  private static func groups(of name: String, and primary: UInt32) throws(Errno) -> [UInt32] {
    var count: Int32 = 64
    while true {
      var list = [gid_t](repeating: 0, count: Int(count))
      let room = count
      if unsafe getgrouplist(name, primary, &list, &count) >= 0 {
        return Array(list[..<Int(count)])
      }
      if count <= room { throw Errno(EINVAL, "list the groups of \(name)") }
    }
  }
}
