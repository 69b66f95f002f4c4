/// How far the files of a project may reach: stacks and experiments are data, and components are code
/// that runs.
public enum Trust: Sendable {
  /// A file names others of the project, or below its own folder; components are the project's own.
  case project
  /// A file may name any other, and components may lie beside the stack wherever that is.
  case everything

  /// Whether a file may name a path: within the project, or below the folder of the file itself.
  ///
  /// - Parameters:
  ///   - path: without `..` where it can be resolved; one that is not absolute is seen from the project.
  ///   - folder: of the file that names it.
  func covers(_ path: String, namedFrom folder: String) -> Bool {
    switch self {
    case .everything: true
    case .project: covers(path) || folder.hasPrefix("/") && path.hasPrefix(folder + "/")
    }
  }

  /// Whether a path lies within the project, or need not.
  func covers(_ path: String) -> Bool {
    switch self {
    case .everything: true
    case .project: !path.hasPrefix("/") && path.split(separator: "/").first != ".."
    }
  }
}
