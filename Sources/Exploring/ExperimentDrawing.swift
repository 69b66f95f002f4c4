internal import Basics
internal import Experiments
internal import Faults
internal import Stacks
public import YAML

/// An experiment that was drawn: a file that a person can read and run.
public struct DrawnExperiment: Sendable {
  /// Which of the exploration's, from 1.
  public let number: Int
  /// Its run's.
  public let seed: UInt64
  /// A few words for a person.
  public let title: String
  /// The faults of its method, each once.
  public let faults: [String]
  /// The workloads, as the pool names them.
  public let workloads: [String]
  /// The whole experiment.
  public let tree: YAMLNode

  /// As a file.
  ///
  /// - Parameter comment: lines that stand above it.
  public func text(under comment: [String] = []) -> String {
    comment.map { "# \($0)\n" }.joined() + tree.written
  }
}

/// Draws experiments: from the same stack, seed, number and coverage comes the same one.
public struct ExperimentDrawing: Sendable {
  let repertoire: Repertoire
  let pool: TrafficPool
  let seed: UInt64
  let atMost: Int

  /// Of so many faults a run has its own subset.
  private static let kinds = 2...4
  /// Of so many workloads.
  private static let most = 3

  /// - Parameter atMost: so many faults are active at once; at least 1.
  public init(_ repertoire: Repertoire, _ pool: TrafficPool, seed: UInt64, atMost: Int) {
    self.repertoire = repertoire
    self.pool = pool
    self.seed = seed
    self.atMost = atMost
  }

  /// The first that is accepted; nil where none is after many tries.
  ///
  /// - Parameters:
  ///   - number: which, from 1.
  ///   - coverage: what was covered already; what was covered least is favoured.
  ///   - accepts: whether it can be planned, given its text and its seed.
  public func experiment(
    number: Int, favouring coverage: Coverage = Coverage(),
    accepts: (_ text: String, _ seed: UInt64) -> Bool = { _, _ in true }
  ) -> DrawnExperiment? {
    var chance = Chance(seed: seed).stream("explore \(number)")
    let runSeed = UInt64(chance.below(1_000_000_000))
    for attempt in 0..<24 {
      var own = chance.stream("attempt \(attempt)")
      guard let drawn = draw(number, runSeed, coverage, &own), accepts(drawn.text(), runSeed)
      else { continue }
      return drawn
    }
    return nil
  }

  private func draw(
    _ number: Int, _ runSeed: UInt64, _ coverage: Coverage, _ chance: inout Chance
  ) -> DrawnExperiment? {
    let hopeful = repertoire.faults.filter { !coverage.isHopeless($0) }
    let kinds = chance.subset(of: hopeful.isEmpty ? repertoire.faults : hopeful, Self.kinds)
    var method = MethodDrawing(
      repertoire, repertoire.choices.filter { kinds.contains($0.kind.name) }, atMost: atMost,
      coverage: coverage, chance: chance.stream("method"))
    method.draw()
    guard !method.steps.isEmpty else { return nil }
    let names = Set(method.names)
    func isBorne(_ checker: String) -> Bool {
      !names.contains { pool.weaknesses.contains(.init(fault: $0, checker: checker)) }
    }
    // One that is known to fail under this would be asked for by itself, if its workload were there.
    let bearing = pool.offers.filter { $0.checkers.allSatisfy(isBorne) }
    var offers: [TrafficPool.Offer] = []
    for offer in chance.shuffled(bearing) where offers.count < Self.most {
      // What has a service for itself is never judged together with another.
      if !offers.contains(where: { $0.service == offer.service }) { offers.append(offer) }
    }
    guard !offers.isEmpty else { return nil }
    offers = Array(offers.prefix(1 + chance.below(offers.count)))
    let tree = tree(
      number, offers, method.steps, runWide: pool.runWide.filter { isBorne($0.checker) },
      names: method.names)
    return DrawnExperiment(
      number: number, seed: runSeed, title: title(number), faults: method.names,
      workloads: offers.map(\.name), tree: tree)
  }

  /// Operations a second of all workloads together, at most: runs go side by side, and what a machine cannot bear is
  /// no finding.
  private static let mostTraffic = 100.0

  /// The workloads as they are written, with lower rates where they come to too much together.
  private func gentle(_ offers: [TrafficPool.Offer]) -> [(String, YAMLNode)] {
    let all = offers.reduce(0) { $0 + $1.rate }
    let share = all > Self.mostTraffic ? Self.mostTraffic / all : 1
    return offers.map { offer in
      guard share < 1, offer.node["rate"]?.text != nil else { return (offer.name, offer.node) }
      let rate = max(5, (offer.rate * share).rounded(.down))
      let text = "\(Decimal.trimmed(rate, decimals: 0))/s"
      return (
        offer.name,
        .drawn(offer.node.pairs().map { $0.0 == "rate" ? ($0.0, .drawn(text)) : $0 })
      )
    }
  }

  private func title(_ number: Int) -> String { "Explored, run \(number) of seed \(seed)" }

  private func tree(
    _ number: Int, _ offers: [TrafficPool.Offer], _ steps: [YAMLNode],
    runWide: [TrafficPool.Asked], names: [String]
  ) -> YAMLNode {
    func span(_ holds: Duration, _ within: Duration) -> YAMLNode {
      .drawn([("for", .drawn(holds.text)), ("within", .drawn(within.text))])
    }
    let settles = offers.map(\.settle)
    var pairs: [(String, YAMLNode)] = [
      ("title", .drawn(title(number))),
      (
        "description",
        .drawn(
          "Drawn: \(names.joined(separator: ", ")) under \(offers.map(\.name).joined(separator: ", "))"
        )
      ),
      ("tags", .drawn([.drawn("explored")])), ("stack", pool.stack),
    ]
    if let parameters = pool.parameters { pairs.append(("with", parameters)) }
    pairs += [
      ("workloads", .drawn(gentle(offers))),
      (
        "steady-state",
        span(.seconds(1), offers.map(\.steady.within).max() ?? .seconds(20))
      ),
      ("method", .drawn(steps)),
      (
        "settle",
        .drawn(
          [
            ("for", .drawn((settles.map(\.holds).max() ?? .seconds(2)).text)),
            ("within", .drawn((settles.map(\.within).max() ?? .seconds(20)).text)),
            ("quiet", .drawn((settles.map(\.quiet).max() ?? .zero).text)),
          ])
      ),
      ("capture", .drawn([("segment", .drawn("none"))])),
    ]
    let asked = offers.flatMap(\.invariants) + runWide
    if !asked.isEmpty { pairs.append(("invariants", .drawn(asked.map(\.node)))) }
    return .drawn(pairs)
  }
}

extension Chance {
  /// All of them in an order that is drawn.
  fileprivate mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var rest = elements
    var result: [Element] = []
    while !rest.isEmpty { result.append(rest.remove(at: below(rest.count))) }
    return result
  }

  /// So many of them, as many as there are at most.
  fileprivate mutating func subset(of names: [String], _ sizes: ClosedRange<Int>) -> Set<String> {
    let size = sizes.lowerBound + below(sizes.count)
    return Set(shuffled(names).prefix(size))
  }
}
