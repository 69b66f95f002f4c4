import Basics
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

  static func workloads() throws -> [any Workload] {
    try WorkloadCatalogue.all.map { kind in
      try kind.init(Settings([("path", "/x")], of: kind.schema))
    }
  }

  @Test(arguments: bodies.indices) func everyBodyHasAnAnswerOfBoundedLength(index: Int) throws {
    for workload in try Self.workloads() {
      var chance = Chance(seed: 3)
      for request in [workload.request(1, using: &chance)] + (workload.finalRead.map { [$0] } ?? [])
      {
        for status in [200, 302, 404, 503, 0, -1, 99_999] {
          let answer = workload.answer(
            to: request, Response(status: status, body: Self.bodies[index]))
          #expect((answer.error ?? "").utf8.count < 2_000)
        }
      }
    }
  }

  @Test func anIdentifierThatIsTooLongToKeepIsNoneForACutOneMayEqualAnother() throws {
    let workload = try UniqueIDsWorkload(Settings([("path", "/x")], of: UniqueIDsWorkload.schema))
    var chance = Chance(seed: 1)
    let request = workload.request(0, using: &chance)
    let long = String(repeating: "a", count: 1_024)
    #expect(workload.answer(to: request, Response(status: 200, body: long)).kind == .ok)
    let answer = workload.answer(to: request, Response(status: 200, body: long + "b"))
    #expect(answer.kind == .info)
    #expect(answer.error?.contains("has 1025 bytes, more than the 1024") == true)
  }

  /// Mutations of good answers, through every kind of workload.
  @Test func mutatedAnswersAreReadOrRefused() throws {
    let seed = Seeds.fresh("mutated answers ")
    var chance = Chance(seed: seed)
    let workloads = try Self.workloads()
    let good = ["[1, 2, 3]", "17", "\"a-b\"", "{\"id\": \"x\", \"n\": [1e3, null]}", "a b"].map {
      Array($0.utf8)
    }
    let rounds = Seeds.rounds(10_000)
    for round in 0..<rounds {
      var body = good[round % good.count]
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
      let text = String(decoding: body, as: UTF8.self)
      for workload in workloads {
        let request = workload.request(round, using: &chance)
        let answer = workload.answer(to: request, Response(status: 200, body: text))
        #expect(answer.kind != .invoke, "seed \(seed), round \(round): \(text)")
      }
    }
    print("fuzz answers: \(rounds) mutations, each through \(workloads.count) workloads")
  }
}
