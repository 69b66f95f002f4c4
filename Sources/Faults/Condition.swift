public import Basics

/// Something to be seen of a stack that is up: what a step waits for (`when`), or what ends a run
/// (`abort-when`).
public enum Condition: Hashable, Sendable {
  /// Who leads a component, by what its instances last said of their roles.
  case leader(of: String, Change)
  /// Who holds a floating address, by the nodes' own address lists.
  case owner(of: String, Change)
  /// So many operations have been answered well since it began to be looked at; of one workload, or
  /// of all together.
  case served(Int, workload: String?)
  /// What a component's probe last read, in the probe's own unit.
  case probe(String, of: InstanceID, Bound)
  /// At least this share of the operations that ended within the last `over` was bad; of one
  /// workload, or of all together. With fewer than `Condition.fewest` of them nothing is said.
  case bad(Ratio, over: Duration, workload: String?)
  /// Of the good operations that ended within the last `over`, this share was answered no sooner than
  /// after `beyond`, counted from their intended starts; of one workload, or of all together. With fewer than
  /// `Condition.fewest` of them nothing is said.
  case slow(beyond: Duration, share: Ratio, over: Duration, workload: String?)
  /// Another condition has held at every look for so long.
  indirect case lasting(Condition, Duration)

  /// How who leads or holds is to have changed.
  public enum Change: Hashable, Sendable {
    /// To a node that did not when it began to be looked at.
    case moved
    /// To this node, or it has been there all the time.
    case to(NodeID)
  }

  /// What a number is compared with.
  public enum Bound: Hashable, Sendable {
    case above(Double), below(Double)

    /// Whether a number lies beyond it.
    public func isCrossed(by number: Double) -> Bool {
      switch self {
      case .above(let bound): number > bound
      case .below(let bound): number < bound
      }
    }
  }

  /// A share is only spoken of from this many operations on.
  public static let fewest = 10
}

extension Condition: CustomStringConvertible {
  /// In words for a person: `the leader of db has moved`.
  public var description: String {
    switch self {
    case .leader(let component, let change): "the leader of \(component) \(change.words)"
    case .owner(let address, let change): "the owner of \(address) \(change.words)"
    case .served(let count, let workload):
      "\(count) operations\(Self.words(of: workload)) were served"
    case .probe(let name, let instance, let bound): "\(name) of \(instance) is \(bound.words)"
    case .bad(let share, let length, let workload):
      "\(share) or more of the operations\(Self.words(of: workload)) over \(length.text) were bad"
    case .slow(let bound, let share, let length, let workload):
      "\(share) of the good operations\(Self.words(of: workload)) over \(length.text) took "
        + "\(bound.text) or longer"
    case .lasting(let condition, let length): "\(condition) for \(length.text)"
    }
  }

  private static func words(of workload: String?) -> String { workload.map { " of \($0)" } ?? "" }
}

extension Condition.Change {
  fileprivate var words: String {
    switch self {
    case .moved: "has moved"
    case .to(let node): "is \(node)"
    }
  }
}

extension Condition.Bound {
  fileprivate var words: String {
    switch self {
    case .above(let bound): "above \(Decimal.trimmed(bound, decimals: 6))"
    case .below(let bound): "below \(Decimal.trimmed(bound, decimals: 6))"
    }
  }
}
