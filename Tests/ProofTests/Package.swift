import Basics
import Checkers
import Checking
import Foundation
import Histories
import Testing

enum Package {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
}

/// A checker by name, with settings written as on the command line.
func checker(_ name: String, _ settings: [String: String] = [:]) throws -> any Checker {
  let type = try #require(Catalogue.checker(named: name), "no checker is called \(name)")
  let texts = settings.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
  return try type.init(try Settings(texts, of: type.schema))
}

extension Finding {
  /// The kinds of its evidence, each once.
  var kinds: Set<String> { Set(evidence.map(\.kind)) }
}

extension Budget {
  /// Enough for every small history, and an end for whatever would need more.
  static var small: Budget {
    let end = ContinuousClock.now + .seconds(20)
    return Budget(memoryBytes: 256 << 20) { ContinuousClock.now > end }
  }
}
