internal import Basics
internal import Workloads

/// One function as a text and patterns of its answers.
struct TCPBinding: Sendable {
  private let send: BindingTemplate
  private let expect: TextPattern
  private let absent: TextPattern?
  private let declined: TextPattern?
  private let refused: TextPattern?
  private let each: TextPattern?

  init(_ settings: Settings, of function: WorkloadFunction) throws(BindingError) {
    let way = "functions.\(function.name)."
    send = try BindingTemplate(settings.text("send") ?? "", at: way + "send", for: function)
    expect = try TextPattern(settings.text("expect") ?? "", at: way + "expect")
    absent = try Self.pattern(settings, "absent", way)
    declined = try Self.pattern(settings, "declined", way)
    refused = try Self.pattern(settings, "refused", way)
    each = try Self.pattern(settings, "each", way)
    if each != nil, !expect.hasValue {
      throw BindingError(way + "each", "'each' is about the {value} of 'expect', which has none")
    }
  }

  static func pattern(
    _ settings: Settings, _ key: String, _ way: String
  ) throws(BindingError) -> TextPattern? {
    guard let text = settings.text(key) else { return nil }
    return try TextPattern(text, at: way + key)
  }

  func text(_ invocation: Invocation) -> String { send.text(invocation) }

  func completion(_ bytes: [UInt8], of invocation: Invocation) -> Completion? {
    var mayCome = false
    for (pattern, meaning) in [
      (absent, Meaning.absent), (declined, .declined), (refused, .refused), (expect, .good),
    ] {
      guard let pattern else { continue }
      switch pattern.match(bytes[...]) {
      case .complete(let value, _): return completion(meaning, value, bytes, invocation)
      case .incomplete: mayCome = true
      case .no: break
      }
    }
    if mayCome { return nil }
    return invocation.completion(.indefinite("an answer like none: " + Self.beginning(bytes)))
  }

  private enum Meaning { case good, absent, declined, refused }

  private func completion(
    _ meaning: Meaning, _ value: [UInt8]?, _ bytes: [UInt8], _ invocation: Invocation
  ) -> Completion {
    switch meaning {
    case .absent: return .ok()
    case .declined: return .declined("declined: " + Self.beginning(bytes))
    case .refused: return .fail("refused: " + Self.beginning(bytes))
    case .good:
      guard let value else { return .ok(invocation.argument) }
      guard let each else { return .ok(Self.payload(value)) }
      guard let values = each.values(in: value[...]) else {
        return invocation.completion(
          .indefinite("not made of what 'each' says: " + Self.beginning(value)))
      }
      return .ok(.list(values.map(Self.payload)))
    }
  }

  private static func payload(_ bytes: [UInt8]) -> Payload {
    Payload.text(String(decoding: bytes, as: UTF8.self)).spellingNumbers
  }

  private static func beginning(_ bytes: [UInt8]) -> String {
    String(String(decoding: bytes, as: UTF8.self).beginning(ofBytes: 80))
  }
}
