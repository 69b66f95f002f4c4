internal import Linux
public import Stacks

/// The files on disk below a root folder, for the core that only reads what it is handed.
public struct FolderLibrary: Library, Sendable {
  /// Paths that are not absolute are seen from here.
  public let root: String

  /// The folder need not be there: then nothing is found in it.
  public init(root: String) { self.root = root }

  public func read(_ path: String) -> [UInt8]? {
    do {
      return try Descriptor.open(absolute(path), .read).readAll()
    } catch {
      return nil
    }
  }

  public func list(_ folder: String) -> [String] {
    do {
      return try Files.list(absolute(folder))
    } catch {
      return []
    }
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : root + "/" + path
  }
}
