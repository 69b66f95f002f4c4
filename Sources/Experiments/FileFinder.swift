internal import Stacks

/// Finds a file that an experiment names by its path: seen from the experiment's folder, or else
/// from the project's. Its contents are not read, so they are not kept with the plan either.
struct FileFinder<Files: Library> {
  let library: Files
  /// The path of the experiment.
  let experiment: String

  /// The path as the library knows it; nil when there is no such file.
  func path(of name: String) -> String? {
    [Paths.join(Paths.folder(of: experiment), name), Paths.join("", name)].first { exists($0) }
  }

  private func exists(_ path: String) -> Bool {
    guard let last = path.split(separator: "/").last else { return false }
    let folder = Paths.folder(of: path)
    return library.list(folder.isEmpty && path.hasPrefix("/") ? "/" : folder).contains(String(last))
  }
}
