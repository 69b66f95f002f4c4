import Linux
import Nodes

extension Node {
  /// How much of a node's user database is read; what is longer was not written by its packages.
  private static let longestDatabase = 1 << 20

  /// The account of that name in the node's own user database, which differs from the machine's where
  /// somebody on the node changed it. A database is read as text, for looking a name up as programs do
  /// would carry out what the node's settings name.
  ///
  /// - Throws: `HarnessError` where there is no such user, or the run cannot have it.
  func account(named name: String) throws -> Account {
    let (passwd, group) = try sync {
      (try text("/etc/passwd"), try text("/etc/group"))
    }
    guard let account = Account.named(name, passwd: passwd, group: group) else {
      throw HarnessError.other("node \(self.name) has no user '\(name)' in its /etc/passwd")
    }
    guard UserNumbers.isUser(account.user), UserNumbers.isGroup(account.group) else {
      throw HarnessError.other(
        "this run has one user only, root of its nodes, so nothing can run as '\(name)'; "
          + "faultline doctor says how it gets more")
    }
    return account.within(UserNumbers.isGroup)
  }

  private func text(_ path: String) throws(Errno) -> String {
    String(decoding: try Files.read(path, atMost: Self.longestDatabase), as: UTF8.self)
  }
}
