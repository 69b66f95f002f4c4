import Basics
import Fabric
import Faults
import Links
import Linux
import Synchronization

/// Probes every way of a policy: once before it is put in place, then again and again while it is.
/// So a cut is seen to cut although nobody sends anything, and a stray packet shows nothing.
final class WayProber: Sendable {
  private let probes: PathProbes
  private let aims: WayAims
  private let limit: Duration
  /// How many probes in a round for each way.
  private let count: Int
  /// The size of frames that are just too large; nil where none are.
  private let largeBytes: Int?
  private let stop = StopFlag()
  private let seen: Mutex<[Tally]>

  /// A way, and how long each probe that arrived was on it.
  fileprivate struct Tally {
    var way: ProbedWay
    var times: [Duration] = []
  }
  private let thread = Mutex<Linux.Thread?>(nil)

  /// From one round to the next.
  private static let interval = Duration.milliseconds(100)
  /// How long a probe may be under way on a link that delays nothing; generous, for a probe that
  /// comes later counts as lost.
  private static let patience = Duration.milliseconds(250)
  /// Ethernet's.
  private static let headerBytes = 14

  /// So many probes in a row, where their order is the question.
  private static let train = 5
  /// Between two of them: well below the time for which a reordered frame is held back.
  private static let spacing = Duration.microseconds(100)

  /// Probes each way once. Blocks until all have arrived, or for a quarter of a second beyond
  /// what the links hold them.
  ///
  /// - Parameter delay: the longest that a probe is held on its way at present.
  init(_ policy: Policy, _ aims: WayAims, _ probes: PathProbes, delay: Duration) throws {
    self.probes = probes
    let impairment = policy.impairment
    let limit = delay + impairment.longestHold + Self.patience
    self.aims = aims
    self.limit = limit
    count = impairment.reordering > .none ? Self.train : 1
    largeBytes = impairment.largestPacket.map { $0 + Self.headerBytes + 1 }
    let before = try probes.probe(aims.aims, count: 1, within: limit)
    let largeBefore = try largeBytes.map {
      try probes.probe(aims.aims, count: 1, bytes: $0, within: limit)
    }
    let isOpen = before.indices.map { index in
      ([before] + (largeBefore.map { [$0] } ?? [])).allSatisfy { answers in
        answers[index].results.contains { $0.arrivedCount > 0 }
      }
    }
    seen = Mutex(
      aims.ways.enumerated().map { number, way in
        let wasOpen = aims.places(of: number).contains { isOpen[$0] }
        var probed = ProbedWay(source: way.source, target: way.target, wasOpen: wasOpen)
        probed.before = aims.places(of: number).flatMap { before[$0].results }.compactMap(\.fastest)
          .min()
        return Tally(way: probed)
      })
  }

  /// What was seen so far.
  var ways: [ProbedWay] {
    seen.withLock { tallies in
      tallies.map { tally in
        var way = tally.way
        let times = tally.times.sorted()
        way.typical = times.isEmpty ? nil : times[times.count / 2]
        way.low = times.isEmpty ? nil : times[times.count / 10]
        way.high = times.isEmpty ? nil : times[times.count * 9 / 10]
        return way
      }
    }
  }

  /// Goes on probing until `end`, now that the policy is in place.
  func start(_ clock: RunClock) throws {
    let thread = try Linux.Thread(named: "probe ways") { [self] in
      repeat {
        guard
          let answers = try? probes.probe(
            aims.aims, count: count, spacing: Self.spacing, within: limit)
        else { return }
        let large = largeBytes.flatMap {
          try? probes.probe(aims.aims, count: 1, bytes: $0, within: limit)
        }
        guard !stop.isRaised else { return }
        seen.withLock { tallies in
          for (answer, way) in zip(answers, aims.owners) { tallies[way].take(answer) }
          for (answer, way) in zip(large ?? [], aims.owners) { tallies[way].takeLarge(answer) }
        }
      } while clock.sleep(until: clock.now.advanced(by: Self.interval), unless: stop)
    }
    self.thread.withLock { $0 = thread }
  }

  /// Probing ends; what was on its way is not counted any more.
  func end() {
    stop.raise()
    thread.withLock { $0.take() }?.join()
  }
}

extension WayProber.Tally {
  /// Adds a round of probes; one of which nothing can be said is left out.
  fileprivate mutating func take(_ answer: PathProbeAnswer) {
    for result in answer.results where !result.isUnsure {
      way.arrived += result.arrivedCount
      way.lost += result.missingCount
      way.copies += result.copyCount
      way.overtaking += result.overtakingCount
      way.resets += result.resetCount
      times += result.probes.compactMap(\.oneWay)
    }
  }

  /// Adds a round of probes that are too large to pass.
  fileprivate mutating func takeLarge(_ answer: PathProbeAnswer) {
    for result in answer.results where !result.isUnsure {
      way.largeArrived = (way.largeArrived ?? 0) + result.arrivedCount
    }
  }
}
