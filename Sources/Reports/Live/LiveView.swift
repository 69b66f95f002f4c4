public import Basics
public import Histories

/// A run while it goes on, as its page shows it: a fold over its facts and samples of its traffic. However long
/// it goes on, what it holds is bounded.
public struct LiveView: Sendable {
  /// What it can say of itself; each part is sent again where it changed.
  enum Part: String, CaseIterable, Hashable {
    case phase, picture, lanes, faults, notes, traffic
  }

  /// How many faults that are over are kept, the newest, and how many notes.
  static let faultLimit = 200
  static let noteLimit = 100

  private let stack: StackPicture
  private var picture: PictureState
  /// Whether people steer it.
  private let isByHand: Bool
  private var changed: Set<Part> = []
  private var now = Instant.start
  private var phase = Fact.Phase.up
  private var owners = StateLanes()
  private var roles = StateLanes()
  private var processes = StateLanes()
  private var powers = StateLanes()
  private var faults: [Int: FaultChange] = [:]
  private var notes: [(number: Int, time: Instant, about: String, text: String)] = []
  private var noteCount = 0
  private var bins: LiveBins?
  /// The first bin that may have changed since it was last told.
  private var firstNewBin = 0
  private var isCoarser = false
  /// The newest samples, a second's worth: oldest first.
  private var samples: [(time: Instant, all: [TrafficSample])] = []

  /// - Parameters:
  ///   - stack: what it runs on.
  ///   - isByHand: its method is what people do.
  public init(of stack: StackPicture, isByHand: Bool) {
    self.stack = stack
    picture = PictureState(of: stack)
    self.isByHand = isByHand
  }
}

/// Taking in.
extension LiveView {
  /// Takes the next fact into account.
  public mutating func take(_ seen: Observation) {
    now = max(now, seen.time)
    let before = picture
    picture.take(seen)
    note(.picture, picture != before)
    switch seen.fact {
    case .phase(let phase):
      self.phase = phase
      changed.insert(.phase)
    case .address(let address, let node, let isHeld):
      note(.lanes, owners.take(address, node.text, isHeld ? "held" : nil, at: seen.time))
    case .role(let id, let reading):
      note(.lanes, roles.take(id.component, id.node.text, reading.answer, at: seen.time))
    case .process(let id, let state):
      note(.lanes, processes.take(id.component, id.node.text, state.text, at: seen.time))
    case .power(let node, let isOn):
      note(.lanes, powers.take("power", node.text, isOn ? nil : "no power", at: seen.time))
    case .fault(let change): take(change)
    case .note(let about, let text): add(text, about: about, at: seen.time)
    case .shortfall(let text): add(text, about: "", at: seen.time)
    case .abortion(let why):
      add("the method ended before its time: \(why)", about: "", at: seen.time)
    case .heldUp(let step, let length):
      add(
        "step \(step) waited \(length.brief) until it was let begin", about: "", at: seen.time)
    case .claim, .alerts, .probe, .counter, .stall, .workload, .leadership, .prediction, .overheard,
      .line, .inClear, .reach, .reached, .logged:
      break
    }
  }

  /// Takes samples of all workloads, of one moment.
  public mutating func take(_ all: [TrafficSample], at time: Instant) {
    now = max(now, time)
    var bins = self.bins ?? LiveBins(from: time)
    if bins.reach(time) { isCoarser = true }
    let before = samples.last?.all ?? []
    for sample in all {
      let old = before.first { $0.workload == sample.workload }?.total ?? .init()
      bins.add(sample.total - old, sample.latencies, of: sample.workload, at: time)
    }
    self.bins = bins
    samples.append((time, all))
    // One of a second ago or longer is kept, to count from.
    while samples.count > 2, samples[1].time.duration(to: time) >= .seconds(1) {
      samples.removeFirst()
    }
    changed.insert(.traffic)
  }

  /// Lets time pass.
  public mutating func pass(to time: Instant) { now = max(now, time) }

  private mutating func note(_ part: Part, _ isNews: Bool) {
    if isNews { changed.insert(part) }
  }

  private mutating func add(_ text: String, about: String, at time: Instant) {
    noteCount += 1
    notes.append((noteCount, time, about, text))
    if notes.count > Self.noteLimit { notes.removeFirst() }
    changed.insert(.notes)
  }

  private mutating func take(_ change: FaultChange) {
    faults[change.mark.id] = change
    changed.insert(.faults)
    let over = faults.filter { !$0.value.isActive }.keys.sorted()
    for id in over.prefix(max(0, over.count - Self.faultLimit)) { faults[id] = nil }
  }
}

extension FaultChange {
  /// Whether it acts, or may.
  fileprivate var isActive: Bool {
    switch phase {
    case .healConfirmed: false
    // An operator's step is under way until it is seen to have worked, or has failed.
    case .confirmed where mark.isAction: false
    case .failed: !mark.isAction && !mark.targets.isEmpty
    default: true
    }
  }
}

/// Telling.
extension LiveView {
  /// Everything, for who knows nothing yet.
  public var whole: JSON {
    .object(
      [.init("now", Self.moment(now)), .init("edges", .array(LiveBins.edges.map { .number($0) }))]
        + Part.allCases.map { .init($0.rawValue, json($0)) }
        + [.init("bins", bins?.json(from: 0) ?? .null)])
  }

  /// What changed since it was last asked, for who knows all before.
  public mutating func news() -> JSON {
    let parts = Part.allCases.filter(changed.contains)
    var members: [JSON.Member] = [.init("now", Self.moment(now))]
    members += parts.map { .init($0.rawValue, json($0)) }
    if changed.contains(.traffic), let bins {
      // What is counted late may fall into the bin before the one under way.
      members.append(.init("bins", bins.json(from: isCoarser ? 0 : firstNewBin)))
      firstNewBin = max(0, bins.count - 1)
    }
    isCoarser = false
    changed = []
    return .object(members)
  }

  /// Whether anything changed since then.
  public var hasNews: Bool { !changed.isEmpty }

  private func json(_ part: Part) -> JSON {
    switch part {
    case .phase: .string(isByHand && phase == .method ? "live" : phase.rawValue)
    case .picture: picture.json
    case .lanes: lanes
    case .faults: .array(faults.sorted { $0.key < $1.key }.map { Self.json($0.value) })
    case .notes:
      .array(
        notes.map { note in
          [
            "number": .integer(note.number), "at": Self.moment(note.time),
            "about": .string(note.about), "text": .string(note.text.plainLine),
          ]
        })
    case .traffic: traffic
    }
  }

  private var lanes: JSON {
    [
      "owners": .array(
        owners.lanes.map { lane in
          [
            "address": .string(stack.addressName(lane.subject)),
            "node": .string(lane.node), "segments": lane.segments { _ in lane.node },
          ]
        }),
      "roles": Self.json(roles.lanes), "processes": Self.json(processes.lanes.filter(\.hasChanged)),
      "powers": .array(
        powers.lanes.map { ["node": .string($0.node), "segments": $0.segments()] }),
    ]
  }

  private static func json(_ lanes: [StateLanes.Lane]) -> JSON {
    .array(
      lanes.map { lane in
        ["name": .string("\(lane.node)/\(lane.subject)"), "segments": lane.segments()]
      })
  }

  private static func json(_ change: FaultChange) -> JSON {
    let mark = change.mark
    let end = mark.over ?? mark.tookEffect
    return [
      "id": .integer(mark.id), "name": .string(mark.name), "summary": .string(mark.summary),
      "targets": .strings(mark.targets.map(\.description)), "action": .bool(mark.isAction),
      "phase": .string(change.phase.words), "active": .bool(change.isActive),
      "confirmed": .bool(mark.confirmed != nil), "outcome": .string(mark.outcome.rawValue),
      "sentence": .string(mark.confirmation), "note": .string(change.note),
      "from": moment(mark.injected), "to": change.isActive ? .null : moment(end),
    ]
  }

  private var traffic: JSON {
    guard let last = samples.last, let first = samples.first else { return .array([]) }
    let seconds = max(first.time.duration(to: last.time).seconds, 0.001)
    return .array(
      last.all.map { sample in
        let old = first.all.first { $0.workload == sample.workload }
        let sites = sample.sites.map { site -> JSON in
          let before = old?.sites.first { $0.name == site.name }?.total
          return .object(
            [.init("site", .string(site.name))]
              + Self.rates(site.total - (before ?? site.total), seconds))
        }
        return .object(
          [
            .init("workload", .string(sample.workload)),
            .init("rate", .optional(sample.rate) { .string($0) }),
            .init("good", .integer(sample.total.good)), .init("bad", .integer(sample.total.bad)),
            .init("lastError", .optional(sample.lastError) { .string($0.plainLine) }),
            .init("sites", .array(sites)),
          ] + Self.rates(sample.total - (old?.total ?? sample.total), seconds))
      })
  }

  private static func rates(_ tally: TrafficSample.Tally, _ seconds: Double) -> [JSON.Member] {
    func rate(_ count: Int) -> JSON { .number((Double(count) / seconds * 10).rounded() / 10) }
    return [
      .init("goodPerSecond", rate(tally.good)), .init("badPerSecond", rate(tally.bad)),
    ]
  }

  private static func moment(_ instant: Instant) -> JSON {
    .milliseconds(Instant.start.duration(to: instant))
  }
}
