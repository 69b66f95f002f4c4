import Basics
import ServiceGround

/// The line protocol, which `fixtures/drivers/twosite/protocol.md` describes: lines to calls and outcomes to lines.
enum LineProtocol {
  static func greeting(_ name: String) -> String { "twosite-store \(TwositeStore.version) \(name)" }

  /// The call that a line is.
  ///
  /// - Parameter patience: how long it may take where the line does not say.
  static func call(_ line: String, patience: Duration) throws(CallError) -> Call {
    var words = line.split(separator: " ", omittingEmptySubsequences: true)[...]
    var session: (UInt64, UInt64) = (0, 0)
    var isLocal = false
    var isPassed = false
    var within = patience
    while let word = words.first {
      if word.hasPrefix("@") {
        session = try numbers(word.dropFirst())
      } else if word.hasPrefix("within=") {
        within = try milliseconds(word.dropFirst("within=".count))
      } else if word == "local" {
        isLocal = true
      } else if word == "passed" {
        isPassed = true
      } else {
        break
      }
      words.removeFirst()
    }
    guard let first = words.popFirst(), let verb = StoreVerb(rawValue: String(first)) else {
      throw CallError(
        "a verb is expected: " + StoreVerb.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let name = words.popFirst() ?? "-"
    let json = words.joined(separator: " ")
    return Call(
      verb: verb, name: name == "-" ? "" : try LineText.decode(name),
      value: json.isEmpty ? .null : try value(json), session: session.0, number: session.1,
      isLocal: isLocal, isPassed: isPassed, deadline: .after(within))
  }

  static func line(_ reply: CallReply) -> String {
    switch reply {
    case .done(let answer): "ok " + answer.text()
    case .declined(let reason): "no " + reason
    case .malformed(let reason): "malformed " + reason
    case .refused(let reason, let leader?): "moved \(leader) \(reason)"
    case .refused(let reason, nil): "refused " + reason
    case .unknown(let reason): "unknown " + reason
    }
  }

  private static func numbers(_ word: Substring) throws(CallError) -> (UInt64, UInt64) {
    let parts = word.split(separator: ":")
    guard parts.count == 2, let session = UInt64(parts[0]), let number = UInt64(parts[1]) else {
      throw CallError("@SESSION:NUMBER is expected, two whole numbers")
    }
    return (session, number)
  }

  private static func milliseconds(_ word: Substring) throws(CallError) -> Duration {
    guard let number = Int(word), (1...600_000).contains(number) else {
      throw CallError("within= takes 1 to 600000 milliseconds")
    }
    return .milliseconds(number)
  }

  private static func value(_ text: String) throws(CallError) -> JSON {
    do throws(JSON.ReadingError) { return try JSON(reading: text) } catch {
      throw CallError("JSON is expected: \(error.message)")
    }
  }
}

extension LineText {
  fileprivate static func decode(_ text: Substring) throws(CallError) -> String {
    guard let name = decoded(text) else { throw CallError("'\(text)' is not a name") }
    return name
  }
}
