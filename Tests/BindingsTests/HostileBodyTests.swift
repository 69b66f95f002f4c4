import Basics
import Bindings
import Histories
import TestGround
import Testing
import Workloads

/// Bodies that a service may answer with: every one has an answer, none a crash.
@Suite struct HostileBodyTests {
  static let bodies: [String] = [
    String(repeating: "[", count: 100_000), String(repeating: "{\"id\":", count: 100_000),
    String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000),
    "[9223372036854775807]", "[9223372036854775808]", "[-9223372036854775808]", "[1e400]", "[NaN]",
    "[-0]", "[-0.0]", "[1e18]", "[1.0]", "{\"id\": 1e400}", "{\"id\": 9223372036854775808}",
    "{\"id\": -0}", "{\"id\": null}", "{\"id\": {\"id\": 1}}", "\u{0}", "\u{feff}[1]", "[1,]",
    "[,1]",
    "[1] [2]", "\"\\ud800\"", "{\"id\":\"\\ud800\"}",
    "e" + String(repeating: "\u{301}", count: 200_000),
    "[" + String(repeating: "1,", count: 300_000) + "1]", String(repeating: " ", count: 500_000),
    "99999999999999999999999999999999999999", "-", "+1", "0x10", "", "\r\n\r\n",
  ]

  /// Every function of every workload with what an odd author may bind it to.
  static func bound() throws -> [(any Workload, HTTPBindings)] {
    let odd: [String: Setting] = [
      "at": .text("id.*.0"), "ok-at": .text("n.0"), "ok-is": .text("1"), "decode": .text("base64"),
    ]
    return try WorkloadCatalogue.all.flatMap { kind in
      try [Settings.none, Settings(odd)].map { settings in
        let functions = Dictionary(
          uniqueKeysWithValues: kind.functions.map { ($0.name, settings) })
        return (
          try kind.init(.none),
          try HTTPBindings(ClientSettings(functions: functions), functions: kind.functions)
        )
      }
    }
  }

  @Test(arguments: bodies.indices) func everyBodyHasAnAnswerOfBoundedLength(index: Int) throws {
    for (workload, bindings) in try Self.bound() {
      var chance = Chance(seed: 3)
      let invocations =
        (0..<4).map { workload.invocation($0, after: nil, using: &chance) }
        + workload.ending(after: 4).invocations
      for invocation in invocations {
        for status in [200, 302, 404, 503, 0, -1, 99_999] {
          let response = HTTPResponse(status: status, body: Self.bodies[index])
          let completion = workload.reading(
            bindings.completion(response, of: invocation), of: invocation)
          #expect((completion.error ?? "").utf8.count < 2_000)
        }
      }
    }
  }

  /// Mutations of good answers, through every kind of workload.
  @Test func mutatedAnswersAreReadOrRefused() throws {
    let seed = Seeds.fresh("mutated answers ")
    var chance = Chance(seed: seed)
    let bound = try Self.bound()
    let good = ["[1, 2, 3]", "17", "\"a-b\"", "{\"id\": \"x\", \"n\": [1e3, null]}", "a b"].map {
      Array($0.utf8)
    }
    let rounds = Seeds.rounds(10_000)
    for round in 0..<rounds {
      let text = Self.mutated(good[round % good.count], &chance)
      for (workload, bindings) in bound {
        let invocation = workload.invocation(round, after: nil, using: &chance)
        let completion = workload.reading(
          bindings.completion(HTTPResponse(status: 200, body: text), of: invocation),
          of: invocation)
        #expect(completion.kind != .invoke, "seed \(seed), round \(round): \(text)")
      }
    }
    print("fuzz answers: \(rounds) mutations, each through \(bound.count) bindings")
  }

  private static func mutated(_ body: [UInt8], _ chance: inout Chance) -> String {
    var body = body
    for _ in 0...chance.next() % 4 {
      let at = Int(chance.next() % UInt64(body.count + 1))
      switch chance.next() % 4 {
      case 0: body.insert(UInt8(truncatingIfNeeded: chance.next()), at: at)
      case 1 where at < body.count: body.remove(at: at)
      case 2: body.insert(contentsOf: body.prefix(Int(chance.next() % 9)), at: at)
      default:
        body.insert(
          contentsOf: Array("[{\"-.e9]}".utf8.shuffled(using: &chance).prefix(3)), at: at)
      }
    }
    return String(decoding: body, as: UTF8.self)
  }
}
