public import Basics
internal import Statistics

/// What was answered in a search, by what was asked: written to a file it lets the search go on later, for the same
/// questions come in the same order.
public struct ShrinkingLedger: Hashable, Sendable {
  private struct Question: Hashable {
    let text: String
    let purpose: Shrinker.Purpose
  }

  private var seen: [Question: Proportion] = [:]
  private var refused: Set<String> = []

  /// Nothing was asked yet.
  public init() {}

  func seen(_ text: String, _ purpose: Shrinker.Purpose) -> Proportion {
    seen[Question(text: text, purpose: purpose)] ?? Proportion(0, of: 0)
  }

  func isRefused(_ text: String) -> Bool { refused.contains(text) }

  mutating func note(_ answer: Shrinker.Answer, of text: String, _ purpose: Shrinker.Purpose) {
    if answer == .refused {
      refused.insert(text)
      return
    }
    let before = seen(text, purpose)
    seen[Question(text: text, purpose: purpose)] = Proportion(
      before.count + (answer == .failed ? 1 : 0), of: before.trials + 1)
  }

  /// How many runs there were.
  public var runs: Int { seen.values.reduce(0) { $0 + $1.trials } }

  /// How many different candidates were asked about, those that are no plan included.
  public var candidates: Int {
    Set(seen.keys.filter { $0.purpose == .search }.map(\.text)).union(refused).count
  }
}

extension ShrinkingLedger {
  static let format = "faultline-shrinking/1"

  /// All of it, in an order of its own.
  public var json: JSON {
    [
      "format": .string(Self.format),
      "refused": .strings(refused.sorted()),
      "seen": .array(
        seen.sorted {
          ($0.key.text, $0.key.purpose.rawValue) < ($1.key.text, $1.key.purpose.rawValue)
        }
        .map { question, seen in
          [
            "experiment": .string(question.text), "purpose": .string(question.purpose.rawValue),
            "failed": .integer(seen.count), "runs": .integer(seen.trials),
          ]
        }),
    ]
  }

  /// Nil for what is no ledger of this format.
  public init?(reading document: JSON) {
    guard document["format"]?.text == Self.format else { return nil }
    refused = Set((document["refused"]?.elements ?? []).compactMap(\.text))
    for item in document["seen"]?.elements ?? [] {
      guard let text = item["experiment"]?.text,
        let purpose = item["purpose"]?.text.flatMap({ Shrinker.Purpose(rawValue: $0) }),
        let failed = item["failed"]?.number.flatMap({ Int(exactly: $0) }),
        let runs = item["runs"]?.number.flatMap({ Int(exactly: $0) }), failed >= 0, failed <= runs
      else { return nil }
      seen[Question(text: text, purpose: purpose)] = Proportion(failed, of: runs)
    }
  }
}
