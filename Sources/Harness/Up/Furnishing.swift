import Basics
import Linux
import Nodes
import Stacks

/// Puts an instance's folders and rendered files into its node.
struct Furnishing {
  let instance: Instance
  let node: Node

  /// Makes the instance's own folder, its folders and its files, all owned by its user.
  func furnish() throws {
    guard let account = try Account.named(instance.user) else {
      throw HarnessError.noUser(instance.user, instance.id.description)
    }
    try makeFolder(instance.folder, mode: 0o755, account)
    for folder in instance.folders { try makeFolder(folder.path, mode: folder.mode, account) }
    for file in instance.files { try write(file, account) }
  }

  private func makeFolder(_ path: String, mode: UInt32, _ account: Account) throws {
    let outside = node.outside(path)
    try Files.makeFolder(outside, mode: mode)
    try FolderTree.own(outside, by: account)
  }

  private func write(_ file: Instance.File, _ account: Account) throws {
    if let slash = file.path.lastIndex(of: "/") {
      let parent = String(file.path[..<slash])
      if !Files.exists(node.outside(parent)) { try makeFolder(parent, mode: 0o755, account) }
    }
    let outside = node.outside(file.path)
    try Files.write(file.contents, to: outside, mode: file.mode)
    try FolderTree.own(outside, by: account)
  }
}
