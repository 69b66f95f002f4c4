internal import Basics
internal import Stacks
public import YAML

/// Files as they are, but for one.
struct LibraryOverlay<Files: Library>: Library {
  let files: Files
  let path: String
  let bytes: [UInt8]

  func read(_ path: String) -> [UInt8]? { path == self.path ? bytes : files.read(path) }
  func list(_ folder: String) -> [String] { files.list(folder) }
  func refusal(of path: String) -> String? { path == self.path ? nil : files.refusal(of: path) }
}

extension Loader {
  /// Plans a text as if it stood in a file.
  ///
  /// - Parameters:
  ///   - path: where it would stand, as the library knows it; what it names is seen from there.
  ///   - set: stack parameters that win over the experiment's own.
  /// - Throws: everything that is wrong, with places; nothing has been started then.
  public func experiment(
    written text: String, as path: String, set: [(String, String)] = [], seed: UInt64
  ) throws(Problems) -> Plan {
    let files = LibraryOverlay(files: library, path: path, bytes: Array(text.utf8))
    let loader = Loader<LibraryOverlay<Files>>(
      files, machine: machine, vocabulary: vocabulary, trust: trust)
    return try loader.experiment(path, set: set, seed: seed)
  }

  /// The values of an experiment's file; nil where it cannot be read as YAML.
  public func tree(ofExperiment path: String) -> YAMLNode? {
    library.read(path).flatMap { try? YAMLNode.parse($0, file: path) }
  }

  /// The experiments below a folder that are about a stack's file, sorted by path.
  ///
  /// - Parameter file: the stack's, as `ResolvedStack.file` has it.
  public func experimentFiles(in folder: String, aboutStack file: String) -> [String] {
    experimentFiles(in: folder).filter { path in
      guard let root = tree(ofExperiment: path), let name = root["stack"]?.text else {
        return false
      }
      return (try? outline(of: name, from: path, at: root.mark))?.file == file
    }
  }
}
