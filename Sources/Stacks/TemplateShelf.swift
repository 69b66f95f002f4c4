internal import YAML

/// The templates of one stack, each read and taken apart once, however many instances render it.
final class TemplateShelf {
  /// A template, and what is wrong with it.
  struct Entry {
    let template: Template
    let problems: [Problem]
  }

  private var entries: [String: Entry] = [:]

  /// The template in a file.
  ///
  /// - Parameter read: makes it, where it is asked for the first time; nil where it cannot be had, and
  ///   then the next who asks tries again.
  func template(_ file: String, read: () -> Entry?) -> Entry? {
    if let known = entries[file] { return known }
    let entry = read()
    entries[file] = entry
    return entry
  }
}
