import Basics
import Linux
import Nodes
import Stacks

/// Puts an instance's folders and rendered files into its node.
///
/// Everything stays this process's own until it is complete, and nothing that lies in the way is
/// followed: a server of the same user that runs on the node already can neither look in nor put a link
/// in the place of what is written.
struct Furnishing: ~Copyable {
  private let instance: Instance
  private let account: Account
  /// The instance's own folder, outside the node.
  private let own: Beneath

  /// Makes the instance's own folder, which must not be there yet.
  static func begin(_ instance: Instance, on node: Node) throws -> Furnishing {
    let top = instance.folder.split(separator: "/")[0]
    return try begin(instance, on: node.name, in: Beneath(node.outside("/\(top)")))
  }

  /// - Parameter ground: where the runner finds the topmost folder of the instance's own path.
  static func begin(
    _ instance: Instance, on node: NodeID, in ground: borrowing Beneath
  ) throws -> Furnishing {
    let account = try account(of: instance)
    let name = instance.folder.split(separator: "/").dropFirst().joined(separator: "/")
    guard try ground.makeNewFolder(name) else {
      throw HarnessError.other(
        "node \(node) has \(instance.folder) already, so \(instance.id) cannot have it; "
          + "call the component something else")
    }
    try ground.close(name)
    return Furnishing(instance: instance, account: account, own: try ground.folder(name))
  }

  private static func account(of instance: Instance) throws -> Account {
    guard let account = try Account.named(instance.user) else {
      throw HarnessError.noUser(instance.user, instance.id.description)
    }
    return account
  }

  private init(instance: Instance, account: Account, own: consuming Beneath) {
    self.instance = instance
    self.account = account
    self.own = own
  }

  /// Makes the instance's folders and its files.
  borrowing func furnish() throws {
    for folder in instance.folders { try own.makeFolder(relative(folder.path)) }
    for file in instance.files { try write(file) }
  }

  private borrowing func write(_ file: Instance.File, isDurable: Bool = false) throws {
    let name = relative(file.path)
    if let slash = name.lastIndex(of: "/") { try own.makeFolder(String(name[..<slash])) }
    try own.create(name, file.contents, mode: file.mode, isDurable: isDurable)
  }

  /// The own folder of an instance that was furnished before and does not run.
  static func reopen(_ instance: Instance, on node: Node) throws -> Furnishing {
    let account = try account(of: instance)
    let parts = instance.folder.split(separator: "/")
    let ground = try Beneath(node.outside("/\(parts[0])"))
    return Furnishing(
      instance: instance, account: account,
      own: try ground.folder(parts.dropFirst().joined(separator: "/")))
  }

  /// Writes the files anew that differ from those it had, and removes those it no longer has; what lies in
  /// its prepared folder stays, as do all data.
  borrowing func refurnish(after before: Instance) throws {
    try own.close("")
    for file in before.files where !instance.files.contains(file) && !isPrepared(file) {
      try own.remove(relative(file.path))
    }
    for folder in instance.folders { try own.makeFolder(relative(folder.path)) }
    for file in instance.files where !before.files.contains(file) && !isPrepared(file) {
      try write(file, isDurable: true)
    }
    try handOver(except: instance.prepare?.folder)
  }

  private borrowing func isPrepared(_ file: Instance.File) -> Bool {
    instance.prepare.map { file.path.hasPrefix($0.folder + "/") } ?? false
  }

  /// Puts a prepared data folder in its place.
  borrowing func place(_ data: borrowing Beneath, at path: String) throws {
    let name = relative(path)
    try Files.removeTree("\(own.path)/\(name)")
    guard let slash = name.lastIndex(of: "/") else {
      return try FolderTree.copy(data, to: own, as: name)
    }
    let above = String(name[..<slash])
    try own.makeFolder(above)
    try FolderTree.copy(
      data, to: own.folder(above), as: String(name[name.index(after: slash)...]))
  }

  /// Gives all of it to the instance's user, the outermost folder last: until then nobody else gets in.
  ///
  /// - Parameter prepared: the folder whose contents have their owners already.
  borrowing func handOver(except prepared: String? = nil) throws {
    let kept = prepared.map { relative($0) }
    func isKept(_ name: String) -> Bool {
      kept.map { name == $0 || name.hasPrefix($0 + "/") } ?? false
    }
    var modes: [String: UInt32] = [:]
    for file in instance.files {
      let name = relative(file.path)
      if !isKept(name) { try own.give(name, to: account, mode: file.mode) }
    }
    for path in instance.files.map(\.path) + instance.folders.map(\.path) + [prepared ?? ""] {
      for above in Self.above(relative(path)) { modes[above] = 0o755 }
    }
    for folder in instance.folders { modes[relative(folder.path)] = folder.mode }
    // Those below come before those above them.
    for (name, mode) in modes.sorted(by: { $0.key > $1.key }) where !isKept(name) {
      try own.give(name, to: account, mode: mode)
    }
    try own.give("", to: account, mode: 0o755)
  }

  /// A folder of the instance, for reading what its own commands made there: links are not followed.
  borrowing func folder(_ path: String) throws(Errno) -> Beneath { try own.folder(relative(path)) }

  /// A path of the node as one below the instance's own folder.
  private borrowing func relative(_ path: String) -> String {
    path.dropFirst(instance.folder.count).split(separator: "/").filter { $0 != "." }
      .joined(separator: "/")
  }

  /// The folders above a name, the nearest first.
  private static func above(_ name: String) -> [String] {
    let parts = name.split(separator: "/")
    return (1..<max(1, parts.count)).reversed().map { parts[..<$0].joined(separator: "/") }
  }
}
