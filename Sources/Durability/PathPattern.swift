/// Which paths of a disk are meant: `*` stands for any part of a name, `?` for one character, and `**` as
/// a whole name for any number of folders.
public struct PathPattern: Hashable, Sendable {
  /// As it was written, without a slash at either end.
  public let text: String
  private let parts: [String]

  /// A path with or without such characters; nil where it has no name in it, or one that is `.` or `..`.
  public init?(_ text: String) {
    let parts = text.split(separator: "/").map(String.init)
    guard !parts.isEmpty, !parts.contains("."), !parts.contains("..") else { return nil }
    self.parts = parts
    self.text = parts.joined(separator: "/")
  }

  /// The same below a folder.
  public func below(_ folder: String) -> PathPattern { PathPattern(folder + "/" + text) ?? self }

  /// Whether it is about one path only.
  public var isLiteral: Bool { !parts.contains { Self.isWild($0) } }
  /// Whether the last name may be any of several, so that a file of the harness can have one.
  public var hasOpenEnd: Bool { parts.last.map { Self.isWild($0) } ?? false }
  /// The names before the first that has a wildcard.
  public var fixedFolders: [String] {
    Array(parts.dropLast().prefix { !Self.isWild($0) })
  }
  /// The names of folders from the first that has a wildcard.
  public var openFolders: [String] { Array(parts.dropLast().dropFirst(fixedFolders.count)) }

  /// A name that the last part covers and that holds these words.
  public func lastName(with words: String) -> String {
    guard let last = parts.last else { return words }
    if last == "**" { return words }
    var name = ""
    var isPut = false
    for character in last {
      switch character {
      case "*":
        if !isPut { name += words }
        isPut = true
      case "?": name += "0"
      default: name.append(character)
      }
    }
    return name
  }

  /// Whether a path of the disk is meant.
  public func matches(_ path: String) -> Bool {
    Self.matches(parts[...], path.split(separator: "/").map { Array($0.utf8) }[...])
  }

  /// Whether one name fits one part.
  public static func fits(_ name: String, _ part: String) -> Bool {
    part == "**" || fits(Array(name.utf8)[...], Array(part.utf8)[...])
  }

  private static func isWild(_ part: String) -> Bool { part.contains("*") || part.contains("?") }

  private static func matches(_ parts: ArraySlice<String>, _ names: ArraySlice<[UInt8]>) -> Bool {
    guard let part = parts.first else { return names.isEmpty }
    let rest = parts.dropFirst()
    if part == "**" {
      // At the end it stands for what is in a folder, not for the folder.
      if rest.isEmpty { return !names.isEmpty }
      return (names.startIndex...names.endIndex).contains { matches(rest, names[$0...]) }
    }
    guard let name = names.first, fits(name[...], Array(part.utf8)[...]) else { return false }
    return matches(rest, names.dropFirst())
  }

  private static func fits(_ name: ArraySlice<UInt8>, _ part: ArraySlice<UInt8>) -> Bool {
    var (n, p) = (name.startIndex, part.startIndex)
    // Where to go on when a character does not fit: the last star may take one more.
    var retry: (name: Int, part: Int)?
    while n < name.endIndex {
      if p < part.endIndex, part[p] == UInt8(ascii: "*") {
        retry = (n, p)
        p += 1
      } else if p < part.endIndex, part[p] == UInt8(ascii: "?") || part[p] == name[n] {
        n += 1
        p += 1
      } else if let from = retry {
        retry = (from.name + 1, from.part)
        n = from.name + 1
        p = from.part + 1
      } else {
        return false
      }
    }
    return part[p...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
