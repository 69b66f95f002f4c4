internal import Glibc
internal import Linux

/// What the roots of all nodes of a run have in common: made once, on the runner's side.
///
/// A node sees the machine's programs (`/usr`) and its settings (`/etc`), but of these only what
/// every user of the machine may read; and of `/var` the folders that packages made there, empty.
struct RootImage: Sendable {
  /// An empty copy of the folders below `/var`, with their owners; a path from a node's folder.
  let variable: String
  /// What lies below the node's own layer of `/etc`: that of the machine below a layer which hides
  /// what is to be hidden, or a copy of it where the kernel lays nothing over that (an ordinary
  /// user's run in a container); paths from a node's folder, or absolute ones.
  let settings: String
  /// Whether the kernel has layers at all; without them each node gets copies.
  let hasLayers: Bool
  /// Links and folders at the top, such as `/bin`, that belong to `/usr`.
  let links: [(name: String, target: String)]
  let folders: [String]

  /// How deep packages make folders of their own below `/var`: `/var/lib/NAME/VERSION`.
  private static let depth = 3
  private static let programs = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"]

  /// - Parameter folder: an existing folder; the image takes a folder of its own in it.
  init(in folder: String) throws(Errno) {
    variable = "../../image/var"
    try Files.makeFolder(folder + "/image/var")
    try FolderTree.copyFolders("/var", to: folder + "/image/var", depth: Self.depth)
    (settings, hasLayers) = try Self.makeSettings(in: folder + "/image")
    var links: [(name: String, target: String)] = []
    var folders: [String] = []
    for name in Self.programs {
      if let target = try? Files.link("/" + name) {
        links.append((name, target))
      } else if Files.isFolder("/" + name) {
        folders.append(name)
      }
    }
    self.links = links
    self.folders = folders
  }

  private static func makeSettings(in folder: String) throws(Errno) -> (String, hasLayers: Bool) {
    let hidden = try FolderTree.unreadable(below: "/etc")
    let (layer, copy, scratch) = (folder + "/etc.layer", folder + "/etc", folder + "/scratch")
    try Files.makeFolder(layer)
    try hide(hidden, in: layer)
    try makeCommonSettings(in: layer)
    if takesLayer(layer + ":/etc", scratch) { return ("../../image/etc.layer:/etc", true) }
    try Files.makeFolder(copy)
    try FolderTree.copyReadable("/etc", to: copy, leavingOut: Set(hidden + ["resolv.conf"]))
    try makeCommonSettings(in: copy)
    return ("../../image/etc", takesLayer(copy, scratch))
  }

  /// Each server is asked once, and has a second: resolv.conf(5).
  static let resolverOptions = "options timeout:1 attempts:1\n"

  /// Unless a node has name servers of its own there are none: let a look-up fail at once instead of hanging.
  private static func makeCommonSettings(in folder: String) throws(Errno) {
    try Files.write(resolverOptions, to: folder + "/resolv.conf")
  }

  private static func hide(_ hidden: [String], in layer: String) throws(Errno) {
    for name in hidden {
      var parent = ""
      for part in name.split(separator: "/").dropLast() {
        parent += "/\(part)"
        try FolderTree.makeFolder(layer + parent, like: "/etc" + parent)
      }
      try Files.makeWhiteout("\(layer)/\(name)")
    }
  }

  /// Tries it in a mount namespace that ends with the trial.
  private static func takesLayer(_ lower: String, _ scratch: String) -> Bool {
    let trial: Void? = try? Thread.sync(named: "layers") { () throws(Errno) in
      try Namespaces.unshare([.mounts])
      try Mounts.makePrivate()
      for name in ["upper", "work", "whole"] { try Files.makeFolder("\(scratch)/\(name)") }
      try Mounts.overlay(
        lower: lower, upper: scratch + "/upper", work: scratch + "/work", at: scratch + "/whole")
    }
    return trial != nil
  }
}
