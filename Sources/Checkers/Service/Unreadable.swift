public import Basics
public import Checking
public import Histories

/// What is sent on a port cannot be read on the way: none of the given words ever passes in clear.
///
/// The fabric looks into every TCP segment and UDP datagram with that port, sender's or receiver's. A word that
/// begins in one segment and ends in the next is not found, so choose words that occur often: the name of a
/// set, a key, a marker that the workload writes. Where nothing passed at all the verdict is unknown.
public struct Unreadable: Checker {
  public static let name = "unreadable"
  public static let summary = "None of the given words passes in clear on a port."
  public static let schema = Schema([
    .init(
      "words", .list(of: .text), "Words that are sent there, of at least 4 bytes.",
      isRequired: true,
      example: "[orders]"
    ),
    .init("port", .count(1...65535), "The TCP or UDP port of either end.", isRequired: true),
  ])

  let words: [String]
  let port: UInt16

  public var isExcusedByFaults: Bool { false }

  public var feed: Feed { .observations }

  public var listensFor: [Overheard.Word] { words.map { Overheard.Word(text: $0, port: port) } }

  public init(_ settings: Settings) throws(SettingsError) {
    words = settings.texts("words") ?? []
    guard !words.isEmpty else { throw SettingsError("words", "say which words must not be read") }
    if let short = words.first(where: { $0.utf8.count < 4 }) {
      throw SettingsError("words", "'\(short)' is too short: it could pass by chance")
    }
    port = UInt16(clamping: settings.integer("port") ?? 0)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let heard = history.observations.compactMap { seen -> (Overheard, Instant)? in
      guard case .overheard(let overheard) = seen.fact, overheard.word.port == port,
        words.contains(overheard.word.text)
      else { return nil }
      return (overheard, seen.time)
    }
    var judgement = Judgement()
    for word in words where !heard.contains(where: { $0.0.word.text == word }) {
      judgement.doubt("Nobody listened for '\(word)' on port \(port).")
    }
    for (overheard, _) in heard {
      let word = overheard.word.text
      if overheard.times > 0 {
        judgement.violated(
          "in clear",
          "'\(word)' passed in clear \(Wording.count(overheard.times, "time")) on port \(port), "
            + "first from \(overheard.first)", [])
      } else if overheard.packets == 0 {
        judgement.doubt("Nothing was sent on port \(port).")
      }
    }
    let packets = heard.map(\.0.packets).max() ?? 0
    return judgement.finding(
      of: Self.self,
      held: "none of \(Wording.count(words.count, "word")) passed in clear in "
        + "\(Wording.count(packets, "packet")) on port \(port)",
      operations: history.operations.count,
      figures: [.init("packets", .integer(packets))])
  }
}
