import Basics
import Experiments
import Harness

extension Loader<FolderLibrary> {
  /// An experiment by its path, or by its file's name, whole or up to a dash: `01`.
  func experiment(named name: String, in project: Project) throws -> String {
    if name.contains("/") || name.hasSuffix(".yaml") { return try project.path(of: name) }
    let files = experimentFiles(in: "experiments")
    func last(_ file: String) -> Substring { (file.split(separator: "/").last ?? "").dropLast(5) }
    let exact = files.filter { last($0) == name }
    let meant = exact.isEmpty ? files.filter { last($0).hasPrefix(name + "-") } : exact
    if meant.count > 1 {
      throw UsageError(
        "several experiments are called '\(name)'; give the path of one: "
          + meant.joined(separator: ", "))
    }
    guard let file = meant.first else {
      let near = Suggestion.nearest(to: name, among: files.map { String(last($0)) })
      throw UsageError(
        "there is no experiment '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
    return file
  }
}
