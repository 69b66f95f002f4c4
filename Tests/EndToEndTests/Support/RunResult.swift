import Foundation

/// `result.json`, as a script of a user's would read it.
struct RunResult: Decodable {
  struct Fault: Decodable {
    let id: Int
    let kind: String
    let summary: String
    let isAction: Bool
    let targets: [String]
    let injected: Double
    let confirmed: Double?
    let confirmation: String
    let healed: Double?
    let healConfirmed: Double?
  }

  struct Invariant: Decodable {
    let name: String
    let checker: String
    let verdict: String
    let expectedToFail: Bool
    let summary: String
    let operations: Int
    let figures: Figures
    let evidence: [Evidence]
    let evidenceTotal: Int
  }

  struct Evidence: Decodable {
    let kind: String
    let summary: String
    let operations: [Int]
  }

  /// The numbers of a checker that tests look at.
  struct Figures: Decodable {
    let acknowledged: Int?
    let lostCount: Int?
    let lost: [Int]?
  }

  struct Operations: Decodable {
    let all: Int
    let ok: Int
    let fail: Int
    let info: Int
  }

  struct Server: Decodable {
    let component: String
    let variant: String
    let version: String
    let standsInFor: String?
    let nodes: [String]
  }

  struct Expectation: Decodable {
    let met: Bool
    let summary: String
  }

  let verdict: String
  let exitCode: Int32
  let trouble: String?
  let seed: String
  let command: String
  let expectation: Expectation?
  let operations: Operations
  let invariants: [Invariant]
  let faults: [Fault]
  let servers: [Server]
  let notes: [String]

  static func read(_ folder: String) throws -> RunResult {
    try parse(String(contentsOfFile: folder + "/result.json", encoding: .utf8))
  }

  static func parse(_ text: String) throws -> RunResult {
    try JSONDecoder().decode(RunResult.self, from: Data(text.utf8))
  }

  func invariant(_ name: String) -> Invariant? { invariants.first { $0.name == name } }
}
