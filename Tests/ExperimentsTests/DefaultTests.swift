import Basics
import Bindings
import Checkers
import Checking
import Faults
import Testing
import Workloads

/// What is promised about what holds when nothing is said.
@Suite struct DefaultTests {
  /// Every key of every catalogue, with its owner's name.
  static let keys: [(owner: String, key: Schema.Key)] =
    (FaultCatalogue.faults + FaultCatalogue.actions).flatMap { kind in
      kind.schema.keys.map { (kind.name, $0) }
    }
    + Catalogue.all.flatMap { kind in kind.schema.keys.map { (kind.name, $0) } }
    + WorkloadCatalogue.all.flatMap { kind in kind.schema.keys.map { (kind.kind, $0) } }
    + ClientCatalogue.all.flatMap { kind in
      (kind.schema.keys + kind.functionSchema.keys).map { (kind.client, $0) }
    }

  @Test func everyDefaultIsAValueOfItsKey() {
    for (owner, key) in Self.keys {
      guard let text = key.default else { continue }
      #expect(key.kind.read(text) != nil, "\(owner).\(key.name): \(text)")
      #expect(!key.isRequired, "\(owner).\(key.name) is required and has a default")
    }
    #expect(Self.keys.count { $0.key.default != nil } > 20)
  }

  @Test func defaultsStandWhereProgramsFindThem() {
    for (owner, key) in Self.keys {
      for phrase in ["unless told", "unless said", "when unsaid", "the default"] {
        #expect(!key.summary.contains(phrase), "\(owner).\(key.name): \(key.summary)")
      }
      #expect(key.summary.last == ".", "\(owner).\(key.name): \(key.summary)")
      #expect(key.summary.first?.isLowercase != true || key.name == "algorithm")
    }
  }

  /// Saying the default changes nothing that can be seen: it must at least be accepted.
  @Test(arguments: Catalogue.all.map { $0.name }) func aSaidDefaultIsAccepted(checker: String)
    throws
  {
    let kind = try #require(Catalogue.checker(named: checker))
    var texts: [(key: String, value: String)] = []
    for key in kind.schema.keys {
      if let text = key.default { texts.append((key.name, text)) }
    }
    let required = kind.schema.keys.filter(\.isRequired)
    guard required.isEmpty else { return }
    _ = try kind.init(try Settings(texts, of: kind.schema))
  }
}
