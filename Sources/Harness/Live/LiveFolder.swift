public import Linux
import Nodes

/// Where stacks that are up can be reached: a socket each in `reports/.live`.
public struct LiveFolder: Sendable {
  private let path: String

  public init(in reports: String) { path = reports + "/.live" }

  /// Where a stack of that name listens.
  public func socket(_ name: String) throws(Errno) -> String {
    try Files.makeFolder(path)
    return "\(path)/\(name).socket"
  }

  /// The names of the stacks that have a socket, sorted; one that was killed may be among them.
  public func names() throws(Errno) -> [String] {
    guard Files.isFolder(path) else { return [] }
    return try Files.list(path).filter { $0.hasSuffix(".socket") }.map { String($0.dropLast(7)) }
  }

  /// Removes the socket of a stack that no longer answers.
  public func forget(_ name: String) throws(Errno) { try Files.remove("\(path)/\(name).socket") }
}

extension LiveFolder {
  /// Whether a stack of that name answers; a socket left by one that was killed does not.
  public func isAlive(_ name: String) throws(Errno) -> Bool {
    guard try names().contains(name) else { return false }
    return (try? ControlClient(at: socket(name))) != nil
  }
}
