import Basics
public import Linux
public import Stacks

/// The files on disk of a project, for the core that only reads what it is handed.
///
/// Only regular files of a bounded size are read. Below the project's folders no link is followed, nor on the way to
/// an absolute path, unless the library was told to: a project that somebody else wrote must not show
/// files of this machine to its servers.
public struct FolderLibrary: Library, Sendable {
  /// Where paths that are not absolute are seen from.
  private let layers: ProjectLayers
  private let followsLinks: Bool

  /// In bytes: what a stack, an experiment, a component or a template may have.
  public static let largestFile = 1 << 20

  /// The folder need not be there: then nothing is found in it.
  public init(root: String, followsLinks: Bool = false) {
    self.init(ProjectLayers(own: root), followsLinks: followsLinks)
  }

  /// The folders need not be there: then nothing is found in them.
  public init(_ layers: ProjectLayers, followsLinks: Bool = false) {
    self.layers = layers
    self.followsLinks = followsLinks
  }

  public func read(_ path: String) -> [UInt8]? {
    do {
      return try contents(of: path)
    } catch {
      return nil
    }
  }

  public func list(_ folder: String) -> [String] {
    let seen = layers.seen(from: folder)
    guard seen.count > 1 else { return names(in: folder, seenFrom: seen[0]) }
    return Set(seen.flatMap { names(in: folder, seenFrom: $0) }).sorted()
  }

  private func names(in folder: String, seenFrom root: String) -> [String] {
    do {
      if followsLinks { return try Files.list(absolute(folder, root)) }
      let ground = try Beneath(folder.hasPrefix("/") ? "/" : root)
      return try ground.folder(relative(folder)).names()
    } catch {
      return []
    }
  }

  public func refusal(of path: String) -> String? {
    do throws(Errno) {
      _ = try contents(of: path)
      return nil
    } catch {
      return refusal(error)
    }
  }

  /// All of a file.
  ///
  /// - Throws: `ELOOP` for a link, `EINVAL` for what is no regular file, `EFBIG` for one that is too large.
  public func contents(of path: String) throws(Errno) -> [UInt8] {
    let root = layers.folder(of: path)
    guard followsLinks else {
      return try Beneath(path.hasPrefix("/") ? "/" : root).read(
        relative(path), atMost: Self.largestFile)
    }
    return try Files.read(absolute(path, root), atMost: Self.largestFile)
  }

  private func refusal(_ error: Errno) -> String? {
    if error.isGone || error.isNoFolder { return nil }
    if error.isLink {
      return "it is a symbolic link or lies behind one; put the file itself there, or give --trust"
    }
    if error.isOutside { return "it lies outside the project" }
    if error.isOther { return "it is no regular file" }
    if error.isTooLarge { return "it is larger than \(Self.largestFile) bytes" }
    return "it cannot be read: \(error.reason)"
  }

  private func absolute(_ path: String, _ root: String) -> String {
    path.hasPrefix("/") ? path : root + "/" + path
  }

  /// As it is seen from the folder that it is read below.
  private func relative(_ path: String) -> String {
    let parts = path.split(separator: "/").joined(separator: "/")
    return parts.isEmpty ? "." : parts
  }
}
