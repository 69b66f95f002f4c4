internal import Stacks

/// Finds a file that an experiment or a stack names by its path: seen from that file's folder, or else
/// from the project's. Its contents are not read, so they are not kept with the plan either.
struct FileFinder<Files: Library> {
  let library: Files
  /// The path of the file that names others.
  let file: String
  let trust: Trust

  /// The path as the library knows it; nil when there is no such file, or none that may be named.
  func path(of name: String) -> String? {
    candidates(name).first { exists($0) && isAllowed($0) }
  }

  /// There is such a file, but not where this one may name one.
  func isOutside(_ name: String) -> Bool { candidates(name).contains { exists($0) } }

  private func candidates(_ name: String) -> [String] {
    [Paths.join(Paths.folder(of: file), name), Paths.join("", name)]
  }

  private func isAllowed(_ path: String) -> Bool {
    trust.covers(path, namedFrom: Paths.folder(of: file))
  }

  private func exists(_ path: String) -> Bool {
    guard let last = path.split(separator: "/").last else { return false }
    let folder = Paths.folder(of: path)
    return library.list(folder.isEmpty && path.hasPrefix("/") ? "/" : folder).contains(String(last))
  }
}
