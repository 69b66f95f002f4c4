internal import Linux

/// Where the files of a project lie: in the user's own folder, or in the one that came with the program.
///
/// A component, a driver, a stack or an experiment is what the first three parts of a path name, and each is
/// taken whole from one place: the user's own where there is one of that name, else the one that came with the
/// program. So a component of the user's never gets a template that he did not write.
public struct ProjectLayers: Sendable {
  /// The user's own folder.
  public let own: String
  /// The folder that came with the program; nil in a source tree.
  public let shipped: String?

  /// How many parts of a path name one thing: `fixtures/components/NAME`, `experiments/FOLDER/NAME.yaml`.
  private static let depth = 3

  /// Neither folder need be there.
  public init(own: String, shipped: String? = nil) {
    self.own = own
    self.shipped = shipped == own ? nil : shipped
  }

  /// Which of the two folders a path of the project is seen from.
  public func folder(of path: String) -> String {
    guard let shipped, !path.hasPrefix("/") else { return own }
    let thing = Self.parts(path).prefix(Self.depth).joined(separator: "/")
    return !Self.isThere("\(own)/\(thing)") && Self.isThere("\(shipped)/\(thing)") ? shipped : own
  }

  /// Where a path of the project lies on this machine, be something there or not.
  public func place(of path: String) -> String {
    path.hasPrefix("/") ? path : "\(folder(of: path))/\(path)"
  }

  /// The folders on this machine that together are one of the project, the user's own first: several for
  /// one that holds components, stacks or experiments, at most one for a thing itself.
  public func places(of folder: String) -> [String] {
    seen(from: folder).map { "\($0)/\(folder)" }.filter { Files.isFolder($0) }
  }

  /// The folders from which a folder of the project is to be listed.
  func seen(from path: String) -> [String] {
    guard let shipped, !path.hasPrefix("/"), Self.parts(path).count < Self.depth else {
      return [folder(of: path)]
    }
    return [own, shipped]
  }

  private static func parts(_ path: String) -> [Substring] {
    path.split(separator: "/").filter { $0 != "." }
  }

  /// Something, be it a link that leads nowhere: that is the user's mistake to be told of, not to be passed over.
  private static func isThere(_ path: String) -> Bool {
    Files.exists(path) || (try? Files.link(path)) != nil
  }
}
