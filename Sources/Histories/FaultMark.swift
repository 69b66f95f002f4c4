public import Basics

/// One fault of a run, with the moments that matter for judging what followed.
public struct FaultMark: Hashable, Sendable {
  /// Something a fault was aimed at.
  public enum Target: Hashable, Sendable, CustomStringConvertible,
    ExpressibleByStringInterpolation
  {
    /// A node as a whole, or one end of a path.
    case node(NodeID)
    case instance(InstanceID)

    /// Reads `node` or `node/component`.
    public init(text: String) {
      guard let slash = text.firstIndex(of: "/") else {
        self = .node(NodeID(text))
        return
      }
      self = .instance(
        InstanceID(
          node: NodeID(String(text[..<slash])),
          component: String(text[text.index(after: slash)...])))
    }

    public init(stringLiteral text: String) { self.init(text: text) }

    /// `node`, or `node/component`, as reports list it.
    public var description: String {
      switch self {
      case .node(let node): node.text
      case .instance(let instance): instance.description
      }
    }
  }

  /// Dense from 1, in the order of the plan; what an invariant's `fault:` refers to.
  public var id: Int
  /// Its kind, as the experiment names it: `kill`, `partition`, …; a Jepsen nemesis' `:f`. For
  /// people only: nothing is decided by it.
  public var name: String
  /// One line for a person: what was done to what.
  public var summary: String
  /// What its target resolved to at the moment it fired.
  public var targets: [Target]
  /// What it does to them; nil where the history does not tell, as old ones and foreign ones.
  public var reach: FaultReach?
  /// When the injection began; written to the journal before the act.
  public var injected: Instant
  /// When it was seen to have taken effect; nil means not confirmed.
  public var confirmed: Instant?
  /// How it was confirmed, or why it could not be.
  public var confirmation: String
  /// What was seen last speaks against it: it had no effect, or that did not last.
  public var isContradicted = false
  /// What was asked for beside what was measured, just before it was healed.
  public var measures: [FaultMeasure] = []
  /// When healing began; nil for a fault that is not healed.
  public var healed: Instant?
  /// When healing was seen to have worked.
  public var healConfirmed: Instant?
  /// An operator's step (promote, restart …) rather than a fault.
  public var isAction: Bool

  /// What is known of a fault's effect.
  public enum Outcome: String, Hashable, Sendable {
    /// It was seen, from outside the mechanism that made it.
    case confirmed
    /// What was seen speaks against it.
    case contradicted
    /// Nothing was seen that tells.
    case inconclusive
  }

  /// When it took effect: when that was seen, or else when its injection began.
  public var tookEffect: Instant { confirmed ?? injected }

  /// When it was over: when the healing was seen to have worked, or else when that began; nil for one that was not
  /// healed.
  public var over: Instant? { healConfirmed ?? healed }

  /// Only a confirmed one lets a run be valid.
  public var outcome: Outcome {
    confirmed != nil ? .confirmed : isContradicted ? .contradicted : .inconclusive
  }

  /// A fault as its injection begins: not confirmed, not healed, and no operator's step.
  public init(id: Int, name: String, summary: String, targets: [Target], injected: Instant) {
    self.id = id
    self.name = name
    self.summary = summary
    self.targets = targets
    self.injected = injected
    confirmation = ""
    isAction = false
  }
}
