import Basics
import Experiments
import Histories
import Linux
import Nodes

/// Writes down when the harness itself was held up: a heartbeat beside the nemesis, and one in each
/// node that has clients. What is measured while it was may be its own doing.
final class StallWatch {
  private let stop = StopFlag()
  private let threads: [Linux.Thread]

  init(_ lab: Lab, _ plan: Plan) throws {
    let (stop, clock, recorder) = (self.stop, lab.clock, lab.recorder)
    @Sendable func beat(_ place: String) {
      StallMeter.run(clock: clock, until: stop) { stall in
        recorder.record(.stall(.init(place: place, length: stall.length)), at: stall.to)
      }
    }
    let clients = Set(plan.workloads.flatMap(\.nodes)).sorted()
    threads =
      [try Linux.Thread(named: "heartbeat") { beat("nemesis") }]
      + (try clients.compactMap { id in
        try lab.nodes[id]?.thread(named: "heartbeat") { beat(id.text) }
      })
  }

  func end() {
    stop.raise()
    for thread in threads { thread.join() }
  }
}
