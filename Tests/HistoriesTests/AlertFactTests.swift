import Basics
import TestGround
import Testing

@testable import Histories

@Suite struct AlertFactTests {
  private let watcher = InstanceID(node: "m", component: "watcher")

  private func alert(_ chance: inout Chance) -> Alert {
    let texts = ["site", "a b", "\"é\"\\", "", "x=y, z", "\n", "node"]
    let text = { (chance: inout Chance) in texts[Int(chance.next() % 7)] }
    let labels = (0..<chance.next() % 4).map { _ in Alert.Label(text(&chance), text(&chance)) }
    return Alert(text(&chance), labels: labels)
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<500 {
      let alerts = Set((0..<chance.next() % 5).map { _ in alert(&chance) }).sorted()
      let fact = Fact.alerts(watcher, .answer(alerts))
      #expect(FactColumns(fact).fact == fact)
    }
    let silence = Fact.alerts(watcher, .silence("connection refused"))
    #expect(FactColumns(silence).fact == silence)
  }

  @Test func aStoredHistoryKnowsThem() throws {
    var builder = HistoryBuilder()
    builder.observations = [
      Observation(
        time: .start, .alerts(watcher, .answer([Alert("Down", labels: [.init("site", "a")])]))),
      Observation(time: .start, .alerts(watcher, .answer([]))),
      Observation(time: .start, .alerts(watcher, .silence("nobody"))),
    ]
    let history = builder.finish()
    var bytes: [UInt8] = []
    try history.write(as: .jsonLines) { bytes += $0 }
    #expect(try History.read(bytes, as: .jsonLines).observations == history.observations)
  }

  @Test(arguments: [
    "", "{}", "[1]", "[{}]", #"[{"name":1,"labels":{}}]"#, #"[{"name":"x"}]"#,
    #"[{"name":"x","labels":{"site":1}}]"#, #"[{"name":"x","labels":[]}]"#, "[", "null",
  ])
  func whatMakesNoneIsNone(value: String) {
    let columns = FactColumns(
      kind: "alerts", subject: "watcher", node: "m", value: value, source: "alert-query")
    #expect(columns.fact == nil)
  }
}
