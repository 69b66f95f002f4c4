import Basics

@testable import twosite_store

/// What is asked of a simulated cluster.
struct Scene: Sendable {
  var members = 3
  var witness = false
  var defects: Set<Defect> = []
  /// Of 1000 messages so many are lost, and so many come twice.
  var lostOf1000 = 20
  var doubledOf1000 = 20
  /// How often, of 1000 steps of ten milliseconds, a member crashes or a partition begins.
  var crashesOf1000 = 6
  var cutsOf1000 = 8
  /// A member that crashed starts again after ten to so many milliseconds.
  var longestCrash = 400
  /// Of 1000 messages so many are late, by up to so many milliseconds.
  var lateOf1000 = 50
  var latest = 200
  var entriesPerMessage = 2
  var steps = 800
  var quietSteps = 500
}

/// A cluster in virtual time, with a network that loses, delays, doubles and parts, and with
/// members that crash and lose what they did not make durable. Everything follows from the seed.
struct Simulation<Core: ReplicationCore> {
  struct Node {
    var core: Core?
    var applier: Applier<Registers>
    var disk = Recovered()
    var writes: [(at: Duration, ticket: UInt64, write: DiskWrite)] = []
    var inbox: [CoreInput] = []
    var restartsAt: Duration?
  }

  struct Flying {
    var at: Duration
    var from: Int
    var to: Int
    var message: PeerMessage
  }

  let scene: Scene
  var chance: Chance
  var now = Duration.zero
  var nodes: [Node] = []
  var flying: [Flying] = []
  /// The pairs whose first does not reach the second.
  var cut: Set<[Int]> = []
  var judge = SimulationJudge()
  var clients: [SimulatedClient]
  var isQuiet = false
  /// Whether clients begin nothing more.
  var isStill = false
  var lastID: UInt64 = 0

  init(_ scene: Scene, seed: UInt64) {
    self.scene = scene
    chance = Chance(seed: seed)
    clients = (0..<4).map { SimulatedClient(process: $0) }
    nodes = (0..<scene.members).map { _ in Node(applier: Applier(defects: scene.defects)) }
    for place in nodes.indices { start(place) }
  }

  /// Runs the troubled time and then a quiet one, and says what was wrong.
  mutating func run() -> [String] {
    for _ in 0..<scene.steps { step() }
    isQuiet = true
    cut = []
    for place in nodes.indices where nodes[place].core == nil { start(place) }
    for _ in 0..<scene.quietSteps { step() }
    isStill = true
    for _ in 0..<60 { step() }
    judge.finish(machines: replicas.map { nodes[$0].applier.machine }, progressed: lateDone > 0)
    return judge.problems
  }

  /// How many writes were acknowledged in the last second.
  private(set) var lateDone = 0

  private var replicas: [Int] { Array(0..<(scene.witness ? scene.members - 1 : scene.members)) }

  private func settings(_ place: Int, _ seed: UInt64) -> CoreSettings {
    var settings = CoreSettings(
      own: place, names: (0..<scene.members).map { "n\($0)" }, replicas: replicas,
      witness: scene.witness ? scene.members - 1 : nil, defects: scene.defects, seed: seed)
    settings.timings = Timings(
      heartbeat: .milliseconds(30), election: .milliseconds(150), lease: .milliseconds(300))
    settings.entriesPerMessage = scene.entriesPerMessage
    settings.entriesBetweenSnapshots = 40
    return settings
  }

  private mutating func start(_ place: Int) {
    nodes[place].restartsAt = nil
    nodes[place].applier = Applier(defects: scene.defects)
    nodes[place].core = Core(settings(place, chance.next()), nodes[place].disk, now: now)
  }

  private mutating func step() {
    now += .milliseconds(10)
    if !isQuiet { trouble() }
    deliver()
    for place in nodes.indices {
      if let at = nodes[place].restartsAt, at <= now { start(place) }
      finishWrites(place)
    }
    for place in clients.indices { act(place) }
    for place in nodes.indices { run(place) }
  }

  private mutating func trouble() {
    if chance.below(1000) < scene.crashesOf1000 { crash(chance.below(nodes.count)) }
    guard chance.below(1000) < scene.cutsOf1000 else { return }
    cut = []
    if chance.below(3) == 0 { return }
    let side = nodes.indices.filter { _ in chance.below(2) == 0 }
    let isOneWay = chance.below(3) == 0
    for first in side {
      for second in nodes.indices where !side.contains(second) {
        cut.insert([first, second])
        if !isOneWay { cut.insert([second, first]) }
      }
    }
  }

  private mutating func crash(_ place: Int) {
    guard nodes[place].core != nil else { return }
    nodes[place].core = nil
    nodes[place].inbox = []
    nodes[place].writes = []
    nodes[place].restartsAt = now + .milliseconds(10 + chance.below(scene.longestCrash))
    if scene.defects.contains(.losesLogTailOnRestart) {
      nodes[place].disk.entries.removeLast(min(5, nodes[place].disk.entries.count))
    }
    for client in clients.indices where clients[client].node == place {
      clients[client].unknown(&judge, now)
    }
  }

  private mutating func deliver() {
    let due = flying.filter { $0.at <= now }
    flying.removeAll { $0.at <= now }
    for one in due where nodes[one.to].core != nil && !cut.contains([one.from, one.to]) {
      nodes[one.to].inbox.append(.received(from: one.from, one.message))
    }
  }

  private mutating func finishWrites(_ place: Int) {
    while let first = nodes[place].writes.first, first.at <= now {
      nodes[place].writes.removeFirst()
      nodes[place].disk.take(first.write, scene.defects)
      nodes[place].inbox.append(.persisted(first.ticket))
    }
  }

  private mutating func act(_ place: Int) {
    if let start = clients[place].startedAt {
      if now - start > .milliseconds(600) { clients[place].unknown(&judge, now) }
      return
    }
    guard !isStill, chance.below(3) == 0 else { return }
    lastID += 1
    let node = clients[place].leader ?? replicas[chance.below(replicas.count)]
    clients[place].leader = nil
    guard nodes[node].core != nil else { return }
    let key = chance.below(8)
    let isWrite = chance.below(2) == 0
    clients[place].begin(lastID, node: node, key: key, isWrite: isWrite, &judge, now)
    let input: CoreInput =
      isWrite ? .submitted(lastID, Registers.write(key, lastID)) : .asked(lastID)
    nodes[node].inbox.append(input)
  }

  private mutating func run(_ place: Int) {
    guard nodes[place].core != nil else { return }
    let outputs = nodes[place].core!.step(nodes[place].inbox, now: now)
    nodes[place].inbox = []
    if let status = nodes[place].core?.status { judge.look(status, place) }
    for output in outputs { take(output, place) }
  }

  private mutating func take(_ output: CoreOutput, _ place: Int) {
    switch output {
    case .send(let to, let message): send(place, to, message)
    case .persist(let ticket, let write):
      let last = nodes[place].writes.last?.at ?? now
      let at = max(last, now + .milliseconds(chance.below(20)))
      nodes[place].writes.append((at, ticket, write))
      if scene.defects.contains(.acknowledgesBeforeFsync) {
        nodes[place].inbox.append(.persisted(ticket))
      }
    case .answer(let id): answer(id, place)
    case .refuse(let id, _), .unknown(let id, _):
      let isRefused = if case .refuse = output { true } else { false }
      for client in clients.indices where clients[client].id == id {
        if isRefused {
          clients[client].refused(&judge, now)
        } else {
          clients[client].unknown(&judge, now)
        }
      }
    case .apply(let entry, _):
      judge.applied(entry, at: place)
      carryOut(output, place)
    case .rollBack, .restore, .takeSnapshot: carryOut(output, place)
    }
  }

  private mutating func carryOut(_ output: CoreOutput, _ place: Int) {
    switch nodes[place].applier.take(output) {
    case .nothing: break
    case .snapshot(let snapshot): nodes[place].inbox.append(.snapshotTaken(snapshot))
    case .answered(let id, let bytes):
      if isQuiet && now > .milliseconds(10 * (scene.steps + scene.quietSteps - 100)) {
        lateDone += 1
      }
      finish(id, bytes)
    }
  }

  private mutating func answer(_ id: UInt64, _ place: Int) {
    guard let client = clients.first(where: { $0.id == id }) else { return }
    finish(id, nodes[place].applier.machine.answer([UInt8(client.key)]))
  }

  private mutating func finish(_ id: UInt64, _ bytes: [UInt8]) {
    for client in clients.indices where clients[client].id == id {
      clients[client].done(Registers.read(bytes)!.value, &judge, now)
    }
  }

  private mutating func send(_ from: Int, _ to: Int, _ message: PeerMessage) {
    if !isQuiet && chance.below(1000) < scene.lostOf1000 { return }
    let copies = !isQuiet && chance.below(1000) < scene.doubledOf1000 ? 2 : 1
    for _ in 0..<copies {
      let isLate = !isQuiet && chance.below(1000) < scene.lateOf1000
      let delay = chance.below(isLate ? scene.latest : 15)
      flying.append(Flying(at: now + .milliseconds(delay), from: from, to: to, message: message))
    }
  }
}

extension Recovered {
  /// What a disk does with a write, but for the time it takes.
  mutating func take(_ write: DiskWrite, _ defects: Set<Defect>) {
    if let new = write.ballot, !defects.contains(.voteNotPersisted) { ballot = new }
    if let new = write.snapshot {
      snapshot = new
      entries = []
    }
    for entry in write.entries {
      while let last = entries.last, last.index >= entry.index { entries.removeLast() }
      entries.append(entry)
    }
  }
}
