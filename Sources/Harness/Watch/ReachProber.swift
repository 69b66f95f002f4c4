import Basics
import Checking
import Histories
import Linux
import Nodes
import Stacks

/// Tries to reach ports, on a steady beat for as long as the run goes, each from within the node that it is asked from.
final class ReachProber {
  private let stop = StopFlag()
  private let threads: [Linux.Thread]

  /// Begins at once.
  init(_ lab: Lab, _ trials: [ReachTrial]) throws {
    let (stop, clock, recorder) = (self.stop, lab.clock, lab.recorder)
    var beats: [(node: StackNode, beats: [ReachBeat])] = []
    for node in lab.stack.nodes {
      let own = trials.compactMap { trial -> ReachBeat? in
        guard lab.stack.nodes(meantBy: trial.question.from).contains(where: { $0.id == node.id }),
          let address = lab.stack.address(meantBy: trial.question.target, seenFrom: node)
        else { return nil }
        return ReachBeat(trial, from: node.id, to: .init(address, trial.question.port))
      }
      if !own.isEmpty { beats.append((node, own)) }
    }
    threads = try beats.compactMap { node, beats in
      try lab.nodes[node.id]?.thread(named: "prober") {
        Self.run(beats, clock, recorder, until: stop)
      }
    }
  }

  /// Ends all of it; what became of it is told.
  func end() {
    stop.raise()
    for thread in threads { thread.join() }
  }

  private static func run(
    _ beats: [ReachBeat], _ clock: RunClock, _ recorder: Recorder, until stop: StopFlag
  ) {
    var beats = beats
    // A stop is seen after this long at the latest.
    let nap = Duration.milliseconds(50)
    while !stop.isRaised {
      let now = clock.now
      for index in beats.indices { beats[index].begin(at: now) }
      let due = beats.map(\.next).min() ?? now
      let wait = min(nap, max(.zero, now.duration(to: due)))
      let open = beats.flatMap(\.open)
      if open.isEmpty {
        _ = clock.sleep(until: now.advanced(by: wait), unless: stop)
      } else {
        let deadline = MonotonicClock.nanoseconds + wait.nanoseconds
        // What cannot be waited for is looked at on the next beat.
        do { try ReachTry.wait(for: open, until: deadline) } catch {
          _ = clock.sleep(until: now.advanced(by: wait), unless: stop)
        }
      }
      for index in beats.indices {
        for spell in beats[index].look(at: clock.now) { recorder.record(.reached(spell)) }
      }
    }
    for beat in beats {
      if let spell = beat.log.spell { recorder.record(.reached(spell)) }
      recorder.record(.reach(beat.log.tally))
    }
  }
}

/// The tries of one node to reach one port.
struct ReachBeat {
  private let every: Duration
  private let end: SocketTable.End
  private var pending: [(since: Instant, attempt: ReachTry)] = []
  /// When the next try is due.
  private(set) var next = Instant(nanoseconds: .min)
  private(set) var log: ReachLog

  /// Who has not answered for so long is silent: three times the longest round trip that stacks have, and SYN again.
  private static let patience = Duration.seconds(3)

  init(_ trial: ReachTrial, from node: NodeID, to end: SocketTable.End) {
    every = trial.every
    self.end = end
    log = ReachLog(trial.question, by: node, every: trial.every)
  }

  /// The tries that nobody has answered yet.
  var open: [ReachTry] { pending.map(\.attempt) }

  /// Begins a try where one is due.
  mutating func begin(at now: Instant) {
    guard next <= now else { return }
    // One that is late does not make the others late.
    next = max(next.advanced(by: every), now.advanced(by: every * 0.5))
    do throws(Errno) {
      pending.append((now, try ReachTry(to: end)))
    } catch { log.note(.impossible, at: now) }
  }

  /// Looks what became of the tries; a stretch of connections that is over by now.
  mutating func look(at now: Instant) -> [Reach.Spell] {
    var spells: [Reach.Spell] = []
    pending.removeAll { since, attempt in
      let outcome = attempt.outcome
      guard outcome != .open || since.duration(to: now) > Self.patience else { return false }
      if let spell = log.note(outcome, at: now) { spells.append(spell) }
      return true
    }
    return spells
  }
}
