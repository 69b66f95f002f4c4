/// Texts that nobody is to read in anything that a run says or writes.
public struct Secrets: Hashable, Sendable {
  /// What stands in the place of a secret.
  public static let mark = "•••"
  /// The fewest bytes a secret may have: what is shorter stands in too many other words.
  public static let shortest = 6
  /// There are none.
  public static let none = Secrets([])

  /// As they are and as they stand within quotes; the longest first, for one may be part of another.
  private let texts: [String]

  /// The mark itself is none: it is what a stored plan has in the place of its secrets.
  public init(_ texts: some Sequence<String>) {
    let plain = Set(texts).subtracting(["", Self.mark])
    let quoted = plain.map { String(JSON.string($0).text().dropFirst().dropLast()) }
    self.texts = plain.union(quoted).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
  }

  /// Whether there is nothing to hide.
  public var isEmpty: Bool { texts.isEmpty }

  /// The text with the mark in the place of every secret.
  public func mask(_ text: String) -> String {
    texts.reduce(text) { $0.contains($1) ? $0.replacing($1, with: Self.mark) : $0 }
  }
}

extension JSON {
  /// The document with every text masked.
  ///
  /// - Parameter withNames: the names of members, too: right where services chose them, wrong where a
  ///   reader looks for them.
  public func masked(by secrets: Secrets, withNames: Bool = false) -> JSON {
    if secrets.isEmpty { return self }
    return switch self {
    case .string(let text): .string(secrets.mask(text))
    case .array(let elements): .array(elements.map { $0.masked(by: secrets, withNames: withNames) })
    case .object(let members):
      .object(
        members.map { member in
          Member(
            withNames ? secrets.mask(member.name) : member.name,
            member.value.masked(by: secrets, withNames: withNames))
        })
    default: self
    }
  }
}
