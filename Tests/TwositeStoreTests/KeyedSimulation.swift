import Basics

@testable import twosite_store

/// Three replicas without a leader in virtual time, with clocks that are wrong by up to a second
/// and a network that loses, delays and parts. Everything follows from the seed.
struct KeyedSimulation {
  private struct Running {
    var client: Int
    var key: String
    /// The newest stamp that an operation on the key had seen when this one began.
    var floor: HybridStamp
    var isPut: Bool
    var startedAt: Duration
    var node: Int
  }

  private var chance: Chance
  private var now = Duration.zero
  private var cores: [KeyedCore?] = []
  private var disks = [Recovered](repeating: Recovered(), count: 3)
  private var writes: [[(at: Duration, ticket: UInt64, write: DiskWrite)]] = [[], [], []]
  private var inboxes: [[KeyedCore.Input]] = [[], [], []]
  private var restartsAt: [Duration?] = [nil, nil, nil]
  private var flying: [(at: Duration, from: Int, to: Int, message: KeyedMessage)] = []
  private var alone: Int?
  private var running: [UInt64: Running] = [:]
  private var seen: [String: HybridStamp] = [:]
  private var acknowledged: [String: (HybridStamp, [UInt8]?)] = [:]
  private var lastID: UInt64 = 0
  private var isQuiet = false
  private let defects: Set<Defect>
  private(set) var problems: [String] = []
  private let skews: [Int64]

  init(_ defects: Set<Defect>, seed: UInt64) {
    chance = Chance(seed: seed)
    self.defects = defects
    skews = (0..<3).map { [chance] place in
      var chance = chance.stream("\(place)")
      return Int64(chance.below(2000)) - 1000
    }
    cores = (0..<3).map { KeyedCore(Self.settings($0, defects), Recovered(), now: .zero) }
  }

  private static func settings(_ place: Int, _ defects: Set<Defect>) -> CoreSettings {
    var settings = CoreSettings(
      own: place, names: ["n0", "n1", "n2"], replicas: [0, 1, 2], defects: defects, seed: 1)
    settings.timings.heartbeat = .milliseconds(20)
    settings.entriesBetweenSnapshots = 60
    return settings
  }

  mutating func run() -> [String] {
    for _ in 0..<700 { step() }
    (isQuiet, alone) = (true, nil)
    for _ in 0..<400 { step() }
    judge()
    return problems
  }

  private mutating func judge() {
    let tables = cores.map { $0!.table.records }
    if tables.contains(where: { $0 != tables[0] }) { problems.append("the replicas differ") }
    for (key, (stamp, value)) in acknowledged.sorted(by: { $0.key < $1.key }) {
      guard let kept = tables[0][key] else {
        if value != nil { problems.append("\(key) is gone") }
        continue
      }
      if kept.stamp < stamp { problems.append("an acknowledged write of \(key) is lost") }
    }
  }

  private mutating func step() {
    now += .milliseconds(10)
    if !isQuiet { trouble() }
    for one in flying where one.at <= now && !isCut(one.from, one.to) && cores[one.to] != nil {
      inboxes[one.to].append(.received(from: one.from, one.message))
    }
    flying.removeAll { $0.at <= now }
    for place in 0..<3 {
      restartWhereDue(place)
      while let first = writes[place].first, first.at <= now {
        writes[place].removeFirst()
        disks[place].take(first.write, [])
        inboxes[place].append(.persisted(first.ticket))
      }
    }
    if !isQuiet { act() }
    for place in 0..<3 { run(place) }
  }

  private func isCut(_ from: Int, _ to: Int) -> Bool { alone == from || alone == to }

  private mutating func trouble() {
    if chance.below(1000) < 12 { alone = [nil, 0, 1, 2][chance.below(4)] }
    guard chance.below(1000) < 4 else { return }
    let place = chance.below(3)
    guard cores[place] != nil else { return }
    (cores[place], inboxes[place], writes[place]) = (nil, [], [])
    restartsAt[place] = now + .milliseconds(200)
    running = running.filter { $0.value.node != place }
  }

  private mutating func restartWhereDue(_ place: Int) {
    guard let at = restartsAt[place], at <= now || isQuiet else { return }
    restartsAt[place] = nil
    cores[place] = KeyedCore(Self.settings(place, defects), disks[place], now: now)
  }

  private mutating func act() {
    for (id, one) in running where now - one.startedAt > .milliseconds(400) {
      running[id] = nil
      inboxes[one.node].append(.gaveUp(id))
    }
    for client in 0..<3 where !running.values.contains(where: { $0.client == client }) {
      let (node, key) = (chance.below(3), "key\(chance.below(8))")
      guard cores[node] != nil, chance.below(3) == 0 else { continue }
      lastID += 1
      let kind = chance.below(5)
      running[lastID] = Running(
        client: client, key: key, floor: seen[key] ?? .never, isPut: kind > 1, startedAt: now,
        node: node)
      let value: [UInt8]? = kind == 4 ? nil : Array("\(lastID)".utf8)
      inboxes[node].append(kind > 1 ? .put(lastID, key, value) : .get(lastID, .key(key)))
    }
  }

  private mutating func run(_ place: Int) {
    guard cores[place] != nil else { return }
    let wall = UInt64(Int64(now / .milliseconds(1)) + 1_000_000 + skews[place])
    let outputs = cores[place]!.step(inboxes[place] + [.tick], now: now, wallMillis: wall)
    inboxes[place] = []
    for output in outputs { take(output, place) }
  }

  private mutating func take(_ output: KeyedCore.Output, _ place: Int) {
    switch output {
    case .send(let to, let message):
      if !isQuiet && chance.below(100) < 3 { return }
      flying.append((now + .milliseconds(chance.below(25)), place, to, message))
    case .persist(let ticket, let write):
      writes[place].append((now + .milliseconds(chance.below(15)), ticket, write))
    case .done(let id, let stamp):
      guard let one = finish(id, stamp) else { return }
      if stamp > acknowledged[one.key]?.0 ?? .never { acknowledged[one.key] = (stamp, nil) }
    case .found(let id, let records): _ = finish(id, records.first?.stamp ?? .never)
    }
  }

  /// An operation must not be before one that had ended when it began.
  private mutating func finish(_ id: UInt64, _ stamp: HybridStamp) -> Running? {
    guard let one = running.removeValue(forKey: id) else { return nil }
    if stamp < one.floor || one.isPut && stamp == one.floor {
      problems.append("operation \(id) on \(one.key) is before one that had ended")
    }
    seen[one.key] = max(seen[one.key] ?? .never, stamp)
    return one
  }
}
