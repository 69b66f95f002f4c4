internal import Basics
internal import FoundationEssentials
public import Workloads

/// A text with places for what an operation carries: `{key}`, `{value}`, a part of the argument such as
/// `{old}`, `{filler}` for as many bytes as the workload's `value-size` says, or `{value|base64}` through a filter. `{{` is a brace; what is no name in braces stays as it
/// is, so JSON needs no escapes.
public struct BindingTemplate: Hashable, Sendable {
  /// What a place makes of its value.
  public enum Filter: String, CaseIterable, Sendable {
    /// Base64 (RFC 4648, 4).
    case base64
    /// JSON, a text in quotes.
    case json
    /// How many bytes the text has, in UTF-8.
    case length
    /// Percent-encoded, as a segment of a URL's path needs it (RFC 3986, 2.1).
    case url
  }

  enum Segment: Hashable, Sendable {
    case literal(String)
    case place(name: String, Filter?)
  }

  let segments: [Segment]

  /// - Parameters:
  ///   - key: the way to the text, for an error.
  ///   - function: whose operations are rendered.
  public init(
    _ text: String, at key: String, for function: WorkloadFunction
  ) throws(BindingError) {
    var segments: [Segment] = []
    var literal = ""
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
      literal += rest[..<brace]
      rest = rest[rest.index(after: brace)...]
      if rest.first == "{" {
        literal += "{"
        rest = rest.dropFirst()
      } else if let end = rest.firstIndex(of: "}"), Self.isPlace(rest[..<end]) {
        if !literal.isEmpty { segments.append(.literal(literal)) }
        literal = ""
        segments.append(try Self.place(rest[..<end], at: key, for: function))
        rest = rest[rest.index(after: end)...]
      } else {
        literal += "{"
      }
    }
    literal += rest
    if !literal.isEmpty { segments.append(.literal(literal)) }
    self.segments = segments
  }

  private static func isPlace(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy {
      isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x2e || $0 == 0x7c
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

  private static func place(
    _ text: Substring, at key: String, for function: WorkloadFunction
  ) throws(BindingError) -> Segment {
    let words = text.split(separator: "|", omittingEmptySubsequences: false).map { String($0) }
    let names = ["key", "value"] + function.parts + ["filler"]
    guard names.contains(words[0]) else {
      throw BindingError(
        key,
        "'\(function.name)' has no '{\(words[0])}'; it has "
          + names.map { "{\($0)}" }.joined(separator: ", ") + "; write '{{' for a brace")
    }
    guard words.count > 1 else { return .place(name: words[0], nil) }
    guard words.count == 2, let filter = Filter(rawValue: words[1]) else {
      let known = Filter.allCases.map(\.rawValue).joined(separator: ", ")
      throw BindingError(
        key, "'\(words[1...].joined(separator: "|"))' is no filter; there are \(known)")
    }
    return .place(name: words[0], filter)
  }

  /// The text for one operation.
  ///
  /// - Parameter usual: what places without a filter are passed through.
  public func text(_ invocation: Invocation, usual: Filter? = nil) -> String {
    var text = ""
    for segment in segments {
      switch segment {
      case .literal(let literal): text += literal
      case .place(let name, let filter):
        text += Self.apply(filter ?? usual, to: Self.value(of: name, in: invocation))
      }
    }
    return text
  }

  /// What a place stands for.
  static func value(of name: String, in invocation: Invocation) -> Payload {
    switch name {
    case "key": invocation.key
    case "value": invocation.argument
    case "filler": .text(Filler.text(invocation.filler))
    default: invocation.part(name) ?? .none
    }
  }

  /// A value as it is written through a filter.
  static func apply(_ filter: Filter?, to value: Payload) -> String {
    switch filter {
    case nil: return value.text
    case .json: return value.json.text()
    case .length: return "\(value.text.utf8.count)"
    case .base64: return Data(value.text.utf8).base64EncodedString()
    case .url:
      return value.text.utf8.reduce(into: "") { text, byte in
        if isUnreserved(byte) {
          text.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
          let digits = String(byte, radix: 16, uppercase: true)
          text += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
        }
      }
    }
  }

  /// RFC 3986, 2.3.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    isLetter(byte) || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte)
  }
}
