import Basics
import Experiments
import Fabric
import Histories
import Linux
import Nodes

/// Writes down when the harness itself was held up: a heartbeat beside the nemesis, one in each node
/// that has clients, and what the switch sent too late. What is measured while it was may be its own
/// doing.
final class StallWatch {
  private let stop = StopFlag()
  private let threads: [Linux.Thread]

  init(_ lab: Lab, _ plan: Plan) throws {
    let (stop, clock, recorder) = (self.stop, lab.clock, lab.recorder)
    @Sendable func beat(_ place: String) {
      StallMeter.run(clock: clock, until: stop) { stall in
        recorder.record(Fact(stall, of: place), at: stall.to)
      }
    }
    let fabric = lab.fabric
    @Sendable func watchSwitch() {
      var isOver = false
      while !isOver {
        isOver = !clock.sleep(until: clock.now.advanced(by: .milliseconds(250)), unless: stop)
        for stall in fabric.takeStalls() {
          recorder.record(Fact(stall, of: "switch"), at: stall.to)
        }
      }
    }
    let clients = Set(plan.workloads.flatMap(\.nodes)).sorted()
    threads =
      [
        try Linux.Thread(named: "heartbeat") { beat("nemesis") },
        try Linux.Thread(named: "switch watch") { watchSwitch() },
      ]
      + (try clients.compactMap { id in
        try lab.nodes[id]?.thread(named: "heartbeat") { beat(id.text) }
      })
  }

  func end() {
    stop.raise()
    for thread in threads { thread.join() }
  }
}

extension Fact {
  fileprivate init(_ stall: Linux.Stall, of place: String) {
    self = .stall(
      .init(place: place, length: stall.length, processorWait: stall.processorWait))
  }
}
