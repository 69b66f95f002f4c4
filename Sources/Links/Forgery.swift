public import Basics

/// What a policy sends in the place of some of the frames that it meets.
public enum Forgery: Hashable, Sendable {
  /// TCP segments: a reset to either end.
  case resets(ResetScope)
  /// Questions to a DNS server: an answer in its place.
  case names(NameForgery)
}

extension Impairment {
  /// Whether it goes on with what DNS servers had answered when it was put to work.
  public var recallsNames: Bool {
    if case .names(let forgery)? = forgery { forgery.answer == .stale } else { false }
  }
}

/// Which TCP connections are reset.
public enum ResetScope: String, Hashable, Sendable, CaseIterable {
  /// Every one, and those that begin meanwhile are refused.
  case all
  /// Those whose beginning was not seen since: what a firewall does that has lost its table of connections.
  case established
}

/// A policy at work that sends something in the place of frames.
public struct Forger: Hashable, Sendable {
  /// The policy's name.
  public let policy: String
  /// What it sends.
  public let forgery: Forgery
}

/// How questions of DNS are answered in the server's place.
public struct NameForgery: Hashable, Sendable {
  /// What is answered.
  public enum Answer: Hashable, Sendable {
    /// Nothing: the question is lost.
    case silence
    /// A response code (RFC 1035, section 4.1.1) without records: 2 is SERVFAIL, 3 NXDOMAIN.
    case code(UInt8)
    /// These addresses, whatever the name; questions for anything else pass.
    case addresses([IPAddress])
    /// What the server had answered last before; questions that nobody had asked pass.
    case stale
  }

  /// What is answered.
  public var answer: Answer
  /// Which names are meant; empty: all.
  public var names: [DomainPattern]

  /// About all names unless some are given.
  public init(_ answer: Answer, names: [DomainPattern] = []) {
    self.answer = answer
    self.names = names
  }

  /// Whether a name is meant, as it is written without a final dot.
  public func covers(_ name: String) -> Bool {
    names.isEmpty || names.contains { $0.covers(name) }
  }
}

/// A domain name, or all below one: `db.example`, `*.example`.
public struct DomainPattern: Hashable, Sendable, CustomStringConvertible {
  /// As it was written, in small letters.
  public let description: String

  /// Nil for what is no name: empty labels, characters other than letters, digits, `-` and `_`, or a star that
  /// is not the whole first label.
  public init?(_ text: String) {
    let labels = text.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    guard !labels.isEmpty, text.utf8.count <= 253 else { return nil }
    for (place, label) in labels.enumerated() where !(place == 0 && label == "*") {
      let isFit = label.utf8.allSatisfy { byte in
        (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2d || byte == 0x5f
      }
      guard isFit, (1...63).contains(label.utf8.count) else { return nil }
    }
    description = labels.joined(separator: ".")
  }

  /// Whether a name is meant; letters are alike whatever their case (RFC 1035, section 2.3.3).
  public func covers(_ name: String) -> Bool {
    guard description.hasPrefix("*") else { return name.lowercased() == description }
    return description == "*" || name.lowercased().hasSuffix(description.dropFirst())
  }

  /// A name that is meant.
  public var example: String {
    description == "*" ? "faultline" : description.replacing("*", with: "faultline")
  }
}
