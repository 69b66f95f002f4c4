import Foundation

/// The experiments that come with the project.
enum ShippedExperiments {
  /// Their paths, sorted.
  static let files: [String] = {
    let folder = Machine.root + "/experiments"
    let walker = FileManager.default.enumerator(atPath: folder)
    return (walker?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".yaml") }
      .map { "experiments/" + $0 }.sorted()
  }()

  /// Whether it is run by `make experiments` only: its tags have the word `long`.
  static func isLong(_ file: String) -> Bool {
    let text = (try? String(contentsOfFile: Machine.root + "/" + file, encoding: .utf8)) ?? ""
    let tags = text.split(separator: "\n").first { $0.hasPrefix("tags:") } ?? ""
    return tags.split { !$0.isLetter }.contains("long")
  }
}
