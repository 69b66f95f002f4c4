import Basics
import Linux
public import YAML

/// `session.yaml` of a run by hand: what was asked for, a line each, by its number, as a method's step without
/// times.
struct HandBook {
  static let name = "session.yaml"

  /// Adds a line; secrets have their mark in it.
  static func add(_ id: Int, _ step: String, to folder: RunFolder, hiding secrets: Secrets)
    throws(Errno)
  {
    let file = try Descriptor.open(folder.path + "/" + name, .append)
    try file.write("\(id): \(secrets.mask(step))\n")
  }
}

extension RunFolder {
  /// What was asked for by hand, by its number; empty where nothing was.
  ///
  /// - Throws: `Problem` where the file is not what a session writes.
  public func handSteps() throws -> [Int: YAMLNode] {
    guard Files.exists(path + "/" + HandBook.name) else { return [:] }
    let bytes = try Beneath(path).read(HandBook.name, atMost: 16 << 20)
    let root = try YAMLNode.parse(bytes, file: HandBook.name, limits: .stored)
    return Dictionary(
      (root.entries ?? []).compactMap { one in Int(one.key).map { ($0, one.value) } }
    ) {
      _, last in last
    }
  }
}
