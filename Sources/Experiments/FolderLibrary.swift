internal import FoundationEssentials
public import Stacks

/// Files on disk below a root folder: the only input this module can do, and only where its
/// caller hands it in.
public struct FolderLibrary: Library, Sendable {
  /// Paths that are not absolute are seen from here.
  public let root: String

  public init(root: String) { self.root = root }

  public func read(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: absolute(path)).map { [UInt8]($0) }
  }

  public func list(_ folder: String) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: absolute(folder)).sorted()
    } catch {
      return []
    }
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : root + "/" + path
  }
}
