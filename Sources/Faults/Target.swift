public import Basics

/// Whom a fault is aimed at, by what they are; decided at the moment it fires.
public struct Target: Hashable, Sendable {
  /// By what nodes are chosen; an owner or a leader may be another node a moment later.
  public enum Selector: Hashable, Sendable {
    case node(NodeID)
    case role(String)
    case site(SiteID)
    /// Whoever holds the floating address.
    case owner(of: String)
    /// Whoever's role query answers `leader`, `primary` or `master`.
    case leader(of: String)
  }

  /// How many of those that match are meant: all of them, or one that follows from the run's seed.
  public enum Pick: String, Hashable, Sendable, CaseIterable { case one, all }

  /// Who matches.
  public var selector: Selector
  /// Only those of this site; nil: wherever they are.
  public var site: SiteID?
  /// Whether everyone who matches is meant, or one of them.
  public var pick: Pick

  /// Everyone who matches, unless told otherwise.
  public init(_ selector: Selector, pick: Pick = .all, site: SiteID? = nil) {
    self.selector = selector
    self.site = site
    self.pick = pick
  }
}

extension Target {
  /// Whether it means whoever holds or leads at the moment.
  var mayMove: Bool {
    switch selector {
    case .owner, .leader: true
    case .node, .role, .site: false
    }
  }
}

extension Target: CustomStringConvertible {
  public var description: String {
    let who =
      switch selector {
      case .node(let node): "node \(node)"
      case .role(let role): "role \(role)"
      case .site(let site): "site \(site)"
      case .owner(let address): "the owner of \(address)"
      case .leader(let component): "the leader of \(component)"
      }
    let all = site.map { "\(who) in site \($0)" } ?? who
    return pick == .one ? "one of \(all)" : all
  }
}

/// What a step of the method is aimed at.
public enum AimedAt: Hashable, Sendable {
  /// Whole nodes, or with a component that component on them.
  case target(Target, component: String?)
  /// The way between two groups of nodes; `to` nil means every other node.
  case path(from: Target, to: Target?, isTwoWay: Bool)
  case everything

  /// Whether whom it means may be another a moment later.
  public var mayMove: Bool {
    switch self {
    case .target(let target, _): target.mayMove
    case .path(let from, let to, _): from.mayMove || to?.mayMove == true
    case .everything: false
    }
  }
}

extension AimedAt {
  /// The sites that it is aimed at whole, in order: all that is there, or all that goes there.
  public var wholeSites: [SiteID] {
    func whole(_ target: Target?) -> [SiteID] {
      if case .site(let site)? = target?.selector, target?.pick == .all { [site] } else { [] }
    }
    switch self {
    case .target(let target, _): return whole(target)
    case .path(let from, let to, _): return whole(from) + whole(to)
    case .everything: return []
    }
  }
}

/// What a step's aim turned out to be when it fired.
public struct Targets: Hashable, Sendable {
  /// The nodes, instances or ways that were meant, as known when the step fired.
  public enum Kind: Hashable, Sendable {
    case nodes([NodeID])
    case instances([InstanceID])
    case path(from: [NodeID], to: [NodeID], isTwoWay: Bool)
    case everything
  }

  /// Who or what the fault acts on.
  public var kind: Kind
  /// What the step calls that which it puts in place (a policy on the fabric, a movement of a clock, a
  /// damage of a disk, a squeeze); unique to the step.
  public var policy: String

  /// `policy` stays empty where the fault puts nothing in place.
  public init(_ kind: Kind, policy: String = "") {
    self.kind = kind
    self.policy = policy
  }
}

/// Something of the stack that a fault takes hold of.
public enum Hold: Hashable, Sendable {
  /// The instance is to be down.
  case down(InstanceID)
  case frozen(InstanceID)
  /// The node is to be without power.
  case powerless(NodeID)
  /// Nothing is to run on the node, which has power.
  case dead(NodeID)
  /// What the node believes about who has a floating address is to stay.
  case neighbour(NodeID, String)
  /// The node is to be without carrier.
  case carrierless(NodeID)
  /// The instance's clock is to be moved.
  case clock(InstanceID)
  /// The clocks of all that runs on the node are to be moved.
  case clocks(NodeID)
}
