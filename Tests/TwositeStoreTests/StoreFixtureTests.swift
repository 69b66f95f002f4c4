import Foundation
import Testing

@testable import twosite_driver
@testable import twosite_store

/// What stands in fixtures is what the programs know.
@Suite struct StoreFixtureTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The words of a list in brackets behind a key.
  private static func words(_ key: String, in text: String) -> [String] {
    guard let start = text.firstRange(of: "\(key): [")?.upperBound,
      let end = text[start...].firstIndex(of: "]")
    else { return [] }
    return text[start..<end].split { $0 == "," || $0.isWhitespace }.map(String.init)
  }

  @Test func everyDefectCanBeChosen() throws {
    let component = try Self.text("fixtures/components/twosite-store/component.yaml")
    let defects = component[component.firstRange(of: "defect:")!.lowerBound...]
    #expect(
      Self.words("choices", in: String(defects)) == ["none"] + Defect.allCases.map(\.rawValue))
  }

  @Test func everyFunctionIsDeclared() throws {
    let driver = try Self.text("fixtures/drivers/twosite/driver.yaml")
    #expect(Self.words("functions", in: driver) == StoreFunctions.names)
  }

  @Test func everyVerbIsDescribed() throws {
    let protocolText = try Self.text("fixtures/drivers/twosite/protocol.md")
    let table = protocolText[protocolText.firstRange(of: "| verb |")!.lowerBound...]
    let described = table.split(separator: "\n").flatMap { line in
      line.split(separator: "|").first.map { $0.split { $0 == "," || $0 == " " } } ?? []
    }
    for verb in StoreVerb.allCases {
      #expect(described.contains { $0 == verb.rawValue }, "\(verb)")
    }
  }
}
