public import Basics
public import Checking
public import Histories

/// Never do two instances of a component say at once that they have a role which only one may
/// have.
///
/// Roles are asked for all the time, each instance on its own. An instance has a role from its
/// first answer that says so to its last, as long as no other answer and no silence lies between;
/// so an overlap is measured from below, and one that is seen is proven. It may be as long as
/// `overlap`: some systems hand a role over with a known, bounded overlap.
public struct SingleLeader: Checker {
  public static let name = "single-leader"
  public static let summary = "Never two instances of a component have an exclusive role at once."
  public static let schema = Schema([
    .init(
      "component", .text, "The component whose instances are judged.", isRequired: true,
      example: "database"),
    .init(
      "roles", .list(of: .text),
      "The roles that only one instance may have; without it, the words with which the component says that it leads."
    ),
    .init("overlap", .duration, "How long two may have it at once.", default: "0ms"),
    .init(
      "changes", .count(0...1_000_000),
      "How often the role may go from one instance to another, from the steady state on; without it, as often as it may."
    ),
    ServiceFrame.fault,
  ])

  let frame: ServiceFrame
  let component: String
  let roles: Set<String>?
  let allowed: Duration
  let mostChanges: Int?

  public static let unasked = Unasked.exclusiveRoles

  public var isExcusedByFaults: Bool { false }

  public var feed: Feed { .observations }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    guard let component = settings.text("component") else {
      throw SettingsError("component", "say whose roles are judged")
    }
    self.component = component
    roles = settings.texts("roles").map { Set($0) }
    allowed = settings.duration("overlap") ?? .zero
    mostChanges = settings.integer("changes")
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let lanes = RoleLane.all(of: component, history)
    let answers = lanes.reduce(0) { $0 + $1.answers }
    guard answers > 0 else {
      return Self.nothingToJudge("No instance of \(component) was heard to say its role.")
    }
    let timeline = frame.timeline(of: history)
    var judgement = Judgement()
    frame.doubtFaults(timeline, &judgement)
    let roles = roles ?? history.leadingWords(of: component)
    let steady = history.began(.steady) ?? .start
    var tenures = lanes.flatMap { $0.tenures.filter { roles.contains($0.role) } }
    tenures = tenures.filter { $0.window.end > steady }
      .sorted { ($0.window.start, $0.instance) < ($1.window.start, $1.instance) }
    if tenures.isEmpty {
      judgement.doubt(
        "No instance of \(component) ever said that it is \(roles.sorted().joined(separator: " or "))."
      )
    }
    var longest = Duration.zero
    for (position, first) in tenures.enumerated() {
      for second in tenures[(position + 1)...] where second.instance != first.instance {
        guard let shared = first.window.overlap(second.window),
          let window = shared.overlap(Window(steady, .never)), relevant(window, timeline)
        else { continue }
        longest = max(longest, window.length)
        judge(first, second, window, &judgement)
      }
    }
    let changes = lanes.flatMap { $0.withoutSilence.filter { roles.contains($0.role) } }
      .filter { $0.window.end > steady }.map(\.window.start).sorted()
    judgeChanges(changes, &judgement)
    return judgement.finding(
      of: Self.self,
      held: "\(Wording.count(tenures.count, "tenure")) of \(component) never overlapped for longer "
        + "than \(Wording.milliseconds(longest)), at most \(Wording.milliseconds(allowed)) may be",
      operations: answers,
      figures: [
        .init("allowed", .milliseconds(allowed)), .init("longest", .milliseconds(longest)),
        .init("tenures", .array(tenures.prefix(1000).map(\.json))),
      ])
  }

  private func relevant(_ window: Window, _ timeline: Timeline) -> Bool {
    frame.faults == nil
      || timeline.chosen.contains { timeline.horizon($0).overlap(window) != nil }
  }

  /// - Parameter starts: when an instance was first heard to have the role. Who looks seldom sees fewer of them than
  ///   there were, never more.
  private func judgeChanges(_ starts: [Instant], _ judgement: inout Judgement) {
    guard let mostChanges, starts.count > mostChanges + 1 else { return }
    let passed = Instant.start.duration(to: starts[mostChanges + 1])
    judgement.violated(
      "leadership flaps",
      "the role of \(component) went to another instance, or away and back, "
        + "\(Wording.count(starts.count - 1, "time")), at most \(mostChanges) may be; the one too many was seen at "
        + Wording.milliseconds(passed),
      during: starts[0]...starts[mostChanges + 1])
  }

  private func judge(
    _ first: RoleLane.Tenure, _ second: RoleLane.Tenure, _ window: Window,
    _ judgement: inout Judgement
  ) {
    guard window.length > allowed else { return }
    let from = Instant.start.duration(to: window.start)
    judgement.violated(
      "two leaders",
      "\(first.instance) (\(first.role)) and \(second.instance) (\(second.role)) both led for at "
        + "least \(Wording.milliseconds(window.length)) from \(Wording.milliseconds(from)) on, at "
        + "most \(Wording.milliseconds(allowed)) may be",
      during: window.span)
  }
}

/// What one instance said of its role over time.
struct RoleLane {
  /// A stretch in which every answer was the same role.
  struct Tenure {
    let instance: InstanceID
    let role: String
    /// From the first answer to the last.
    var window: Window

    var json: JSON {
      [
        "instance": .string(instance.description), "role": .string(role),
        "window": window.json(from: .start),
      ]
    }
  }

  private(set) var tenures: [Tenure] = []
  private(set) var answers = 0
  private var isOpen = false

  /// The same, where a silence between two equal answers changes nothing.
  var withoutSilence: [Tenure] {
    tenures.reduce(into: []) { all, tenure in
      if all.last?.role == tenure.role {
        all[all.count - 1].window.end = tenure.window.end
      } else {
        all.append(tenure)
      }
    }
  }

  static func all(of component: String, _ history: History) -> [RoleLane] {
    var lanes: [InstanceID: RoleLane] = [:]
    for seen in history.observations {
      guard case .role(let instance, let reading) = seen.fact, instance.component == component
      else { continue }
      lanes[instance, default: RoleLane()].take(reading.answer, of: instance, at: seen.time)
    }
    return lanes.sorted { $0.key < $1.key }.map(\.value)
  }

  private mutating func take(_ role: String?, of instance: InstanceID, at time: Instant) {
    guard let role else {
      isOpen = false
      return
    }
    answers += 1
    if isOpen, let last = tenures.indices.last, tenures[last].role == role {
      tenures[last].window.end = time
    } else {
      tenures.append(Tenure(instance: instance, role: role, window: Window(time, time)))
    }
    isOpen = true
  }
}
