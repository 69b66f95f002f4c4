/// Paths as text; nothing of the machine is asked.
enum Paths {
  /// All before the last slash; empty when there is none.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  /// `path` seen from `folder`, without `.` and `..` where they can be resolved.
  static func join(_ folder: String, _ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    let whole = folder.isEmpty ? path : folder + "/" + path
    var parts: [Substring] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    return (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
