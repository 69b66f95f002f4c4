import Basics
import TestGround
import Testing

@testable import Histories

@Suite struct PredictionFactTests {
  private func prediction(_ chance: inout Chance) -> Prediction {
    let subjects: [Prediction.Subject] = [.role(of: "etcd"), .address, .probe("servers-down")]
    let least = Duration.milliseconds(Int64(chance.next() % 5000))
    let more = Duration.milliseconds(Int64(chance.next() % 5000))
    let nodes: [NodeID] = ["a", "b-1", "c"]
    return Prediction(
      of: InstanceID(node: "lb-a", component: "proxy"), subjects[Int(chance.next() % 3)],
      struckNodes: nodes.filter { _ in chance.next() % 2 == 0 },
      struckInstances: nodes.filter { _ in chance.next() % 2 == 0 }
        .map { InstanceID(node: $0, component: "db") },
      least: least, most: chance.next() % 3 == 0 ? nil : least + more,
      source: "RFC 5798, section 6.1: \"é\" & more")
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<500 {
      let fact = Fact.prediction(prediction(&chance))
      #expect(FactColumns(fact).fact == fact)
    }
  }

  @Test func howLongAScheduleStoodStillIsReadAgain() {
    let fact = Fact.heldUp(step: 3, .milliseconds(1500))
    #expect(FactColumns(fact).fact == fact)
    var broken = FactColumns(fact)
    broken.value = "-1"
    #expect(broken.fact == nil)
  }

  /// In our own format, and each once however often it was told.
  @Test func aStoredHistoryKnowsIt() throws {
    var chance = Chance(seed: Seeds.fresh())
    let predictions = (0..<5).map { _ in prediction(&chance) }
    var builder = HistoryBuilder()
    builder.observations = (predictions + predictions).map {
      Observation(time: .start, .prediction($0))
    }
    let history = builder.finish()
    var bytes: [UInt8] = []
    try history.write(as: .jsonLines) { bytes += $0 }
    let again = try History.read(bytes, as: .jsonLines)
    #expect(again.observations == history.observations)
    #expect(Set(again.predictions) == Set(predictions))
    #expect(again.predictions.count == Set(predictions).count)
  }

  @Test func aHistoryWithoutAnyStaysReadable() throws {
    let history = try richHistory()
    #expect(history.predictions.isEmpty)
    let again = try History.read(
      Array(text(of: history, as: .jsonLines).utf8), as: .jsonLines)
    #expect(again.observations == history.observations)
  }

  @Test(arguments: [
    "", "role:etcd", "role:etcd 5", "role 1 2", "mood:x 1 2", "address x 2", "address 1 x",
    "address 5 4", "address -1 2", "role:etcd 1 9223372036854775807",
  ])
  func whatMakesNoneIsNone(value: String) {
    let columns = FactColumns(
      kind: "prediction", subject: "etcd", node: "a", value: value, source: "x")
    #expect(columns.fact == nil)
  }
}
