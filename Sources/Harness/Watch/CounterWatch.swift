import Basics
import Clients
import Fabric
import Histories
import Linux
import Stacks

/// Writes down once a second what the fabric passed and dropped between each two sites.
final class CounterWatch: Sendable {
  private let stop = StopFlag()
  private let thread: Linux.Thread

  init(_ lab: Lab) throws {
    let stop = stop
    thread = try Linux.Thread(named: "counters") {
      var next = lab.clock.now
      repeat {
        Self.record(lab)
        next = next.advanced(by: .seconds(1))
      } while lab.clock.sleep(until: next, unless: stop)
      Self.record(lab)
    }
  }

  func end() {
    stop.raise()
    thread.join()
  }

  private static func record(_ lab: Lab) {
    guard let counters = try? lab.fabric.counters() else { return }
    let sites = Dictionary(uniqueKeysWithValues: lab.stack.nodes.map { ($0.id, $0.site.text) })
    var passed: [Way: UInt64] = [:]
    var dropped: [Way: UInt64] = [:]
    for pair in counters.pairs {
      let way = Way(from: sites[pair.source] ?? "?", to: sites[pair.target] ?? "?")
      passed[way, default: 0] += pair.counters.passedFrames
      dropped[way, default: 0] += pair.counters.dropped.total
    }
    for (name, counts) in [("frames passed", passed), ("frames dropped", dropped)] {
      for (way, count) in counts.sorted(by: { ($0.key.from, $0.key.to) < ($1.key.from, $1.key.to) })
      {
        lab.recorder.record(
          .counter(name, from: way.from, to: way.to, Int64(clamping: count)), at: counters.at)
      }
    }
  }

  private struct Way: Hashable {
    let from: String
    let to: String
  }
}
