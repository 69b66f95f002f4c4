import Basics
import Linux

/// What the command line says.
struct TruthOptions: Sendable {
  /// The parts of a survey.
  enum Part: String, CaseIterable, Sendable { case defects, effects, clean, histories }

  /// What is wrong with the command line.
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  var table = "fixtures/truth/table.yaml"
  var index = "fixtures/histories/index.tsv"
  var reports = "reports/truth"
  var program = ".build/release/faultline"
  var only: Set<String> = []
  var seeds: Int?
  var cleanSeeds = 5
  var jobs = max(2, Processors.online * 2)
  var parts = Set(Part.allCases)
  var hasCanaries = false

  init(_ arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--canaries" {
        hasCanaries = true
        continue
      }
      guard let value = rest.popFirst() else {
        throw Mistake(description: "\(word) needs a value\n\(Truth.usage)")
      }
      try set(word, value)
    }
  }

  private mutating func set(_ word: String, _ value: String) throws(Mistake) {
    switch word {
    case "--table": table = value
    case "--reports": reports = value
    case "--faultline": program = value
    case "--only": only = Set(value.split(separator: ",").map(String.init))
    case "--seeds": seeds = try Self.count(word, value)
    case "--clean": cleanSeeds = try Self.count(word, value)
    case "--jobs": jobs = try Self.count(word, value)
    case "--without":
      guard let part = Part(rawValue: value) else {
        throw Mistake(description: "there is no part '\(value)'\n\(Truth.usage)")
      }
      parts.remove(part)
    default: throw Mistake(description: "unknown argument '\(word)'\n\(Truth.usage)")
    }
  }

  private static func count(_ word: String, _ value: String) throws(Mistake) -> Int {
    guard let count = Int(value), (1...100_000).contains(count) else {
      throw Mistake(description: "\(word) takes a number from 1 to 100000, not '\(value)'")
    }
    return count
  }
}
