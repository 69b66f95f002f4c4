public import Basics
public import Histories
public import Stacks

/// Something the nemesis does to the stack: a fault, which it also heals, or an operator's step.
///
/// A fault is a value without state. Adding one: a file with a struct, and its name in
/// `FaultCatalogue`.
public protocol Fault: Sendable {
  /// The name that experiments use.
  static var name: String { get }
  /// One sentence for the list of faults.
  static var summary: String { get }
  /// What it may be told besides when and whom.
  static var schema: Schema { get }
  /// What it can be aimed at.
  static var aim: Aim { get }
  /// An operator's step, which is not healed and takes no `for`.
  static var isAction: Bool { get }
  /// How it is known to have taken effect: one sentence.
  static var confirmation: String { get }
  /// Only counts when its confirmation still holds at the moment it is healed.
  static var mustLast: Bool { get }

  /// A fault without `for` is healed at the moment it is injected, not when the method is over.
  static var healsAtOnce: Bool { get }
  /// Whether the order of the nodes it is aimed at matters, so that the seed decides it.
  static var drawsOrder: Bool { get }
  /// Aimed at nodes as a whole, it means something even where no component runs on them.
  static var meansBareNodes: Bool { get }

  /// Whether it may be aimed at nodes that stand by; all others are about those that serve.
  static var reachesSpares: Bool { get }

  /// What the machine must be able to do for it, besides what every run needs.
  static var needs: Set<MachineNeed> { get }

  /// - Throws: what is wrong with settings that are each of the right kind.
  init(_ settings: Settings) throws(FaultSettingsError)

  /// One line for a person: `delay 50ms ± 10ms`.
  var text: String { get }

  /// Which part of what it is aimed at it is about, in words: packets of a kind, files of a pattern. The same
  /// fault may be active on two parts of one target at a time; empty for all of it.
  var part: String { get }

  /// What it takes hold of, so that overlapping faults on one thing heal in the right order.
  func holds(on targets: Targets) -> Set<Hold>

  /// What it does to them, as histories keep it.
  func reach(on targets: Targets) -> FaultReach

  /// What makes it impossible to do that to the stack, as far as that is known before a run.
  func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError?

  /// Whether the files of those it is aimed at must stand on disks of ours: it takes their power away, or
  /// does something to the disks themselves.
  func usesDisk(aimedAt aim: AimedAt) -> Bool

  /// What it replaces the component by that it is aimed at, so that the plan can work it out.
  func release(aimedAt aim: AimedAt) -> Release?

  func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError)
  /// How it goes on acting after `inject`; nil: it does not.
  var rhythm: Rhythm? { get }
  /// Acts once more, as `rhythm` says, while it is active; an action, until it is confirmed.
  ///
  /// - Parameter injected: when the injection began.
  func beat(on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant)
    throws(FaultError)
  /// What it was asked for beside what is measured now, where there is a figure to it; asked once it has
  /// taken effect, and again before it is healed.
  func measures(on cluster: some Cluster, _ targets: Targets) throws(FaultError) -> [FaultMeasure]
  /// Looks once whether it has taken effect; asked again until it has, or is healed.
  func confirm(on cluster: some Cluster, _ targets: Targets) throws(FaultError) -> Confirmation
  /// The same for what goes on acting, where it matters since when.
  func confirm(on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant)
    throws(FaultError) -> Confirmation
  /// Undoes it, leaving alone what other faults still hold. Doing it twice does no harm.
  func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  /// Looks once whether healing has worked.
  func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
}

extension Fault {
  public static var isAction: Bool { false }
  public static var mustLast: Bool { false }
  public static var healsAtOnce: Bool { false }
  public static var meansBareNodes: Bool { false }
  public static var drawsOrder: Bool { false }
  public static var reachesSpares: Bool { false }
  public static var needs: Set<MachineNeed> { [] }
  public var text: String { Self.name }

  public static var confirmation: String {
    let witness =
      switch aim {
      case .path: "By the switch, which counts what it did to the packets that went that way"
      case .everything: "By being told to do so"
      default: "By looking at the nodes and processes themselves"
      }
    return witness + (mustLast ? "; it must still hold when it is healed." : ".")
  }

  public var part: String { "" }

  public func holds(on targets: Targets) -> Set<Hold> { [] }

  public func reach(on targets: Targets) -> FaultReach { .other }

  public var rhythm: Rhythm? { nil }

  public func beat(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  ) throws(FaultError) {}

  public func confirm(
    on cluster: some Cluster, _ targets: Targets, since injected: Instant, now: Instant
  )
    throws(FaultError) -> Confirmation
  {
    try confirm(on: cluster, targets)
  }

  public func measures(on cluster: some Cluster, _ targets: Targets) throws(FaultError)
    -> [FaultMeasure]
  { [] }

  public func refusal(aimedAt aim: AimedAt, in stack: ResolvedStack) -> FaultSettingsError? { nil }

  public func usesDisk(aimedAt aim: AimedAt) -> Bool { false }

  public func release(aimedAt aim: AimedAt) -> Release? { nil }
}

/// How a fault goes on acting.
public struct Rhythm: Hashable, Sendable {
  /// From one act to the next; above zero.
  public var every: Duration
  /// For an operator's step: how long it may take until it counts as failed. A fault goes on until it
  /// is healed.
  public var within: Duration

  /// A fault's; the limit means nothing there.
  public init(every: Duration, within: Duration = .seconds(60)) {
    self.every = every
    self.within = within
  }
}

/// Settings that are each of the right kind but do not make sense.
public struct FaultSettingsError: Error, Hashable {
  /// The key of the step that is wrong, as written in YAML: a setting's, or `component`.
  public let key: String
  /// One sentence for a person, without a final full stop.
  public let message: String

  /// Blames one key of the step; the problem is shown at its place in the file.
  public init(_ key: String, _ message: String) {
    self.key = key
    self.message = message
  }
}

/// What one look at a fault's effect showed.
public enum Confirmation: Hashable, Sendable {
  /// How it is known.
  case yes(String)
  /// What was seen speaks against it, so far.
  case no(String)
  /// Nothing was seen yet that tells: what is missing.
  case notYet(String)

  /// Whether this look showed the effect.
  public var isConfirmed: Bool { if case .yes = self { true } else { false } }

  /// How it is known, what speaks against it, or what is missing.
  public var sentence: String {
    switch self {
    case .yes(let sentence), .no(let sentence), .notYet(let sentence): sentence
    }
  }
}

/// What a kind of fault can be aimed at.
public enum Aim: Hashable, Sendable {
  /// Nodes, or one component on them.
  case nodesOrInstances
  /// Nodes as a whole.
  case nodes
  /// One component on nodes.
  case instances
  /// The way between two groups of nodes.
  case path
  /// All that is active.
  case everything
}
