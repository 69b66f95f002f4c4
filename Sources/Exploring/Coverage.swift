internal import Basics
public import Histories
internal import Stacks

/// One place of the table of what was covered.
public struct CoverageCell: Hashable, Sendable {
  /// The fault's name.
  public let fault: String
  /// Whom it struck: the role of the nodes, and whether one of them was in charge.
  public let role: String
  /// What the stack was doing then.
  public let state: StackState

  /// A fault on a role, in a state of the stack.
  public init(fault: String, role: String, state: StackState) {
    self.fault = fault
    self.role = role
    self.state = state
  }

  /// How a role is called one of whose nodes led or had an address.
  static let inCharge = "in charge"
}

/// How often every fault really struck every role in every state of the stack.
public struct Coverage: Hashable, Sendable {
  /// Confirmed faults only.
  public private(set) var counts: [CoverageCell: Int] = [:]
  /// How often a fault was injected whose effect was not seen, by its name.
  public private(set) var unconfirmed: [String: Int] = [:]

  /// Nothing yet.
  public init() {}

  /// How many faults took effect.
  public var total: Int { counts.values.reduce(0, +) }

  /// Adds what really happened in a run.
  public mutating func add(_ cells: [CoverageCell], unconfirmed faults: [String] = []) {
    for cell in cells { counts[cell, default: 0] += 1 }
    for fault in faults { unconfirmed[fault, default: 0] += 1 }
  }

  /// How often a fault struck a role, in whatever state.
  func count(_ fault: String, on role: String) -> Int {
    counts.lazy.filter { $0.key.fault == fault && $0.key.role == role }.map(\.value).reduce(0, +)
  }

  /// Whether a fault was tried several times and never seen to take effect: this stack does not feel it.
  func isHopeless(_ fault: String) -> Bool {
    (unconfirmed[fault] ?? 0) > 2 && !counts.keys.contains { $0.fault == fault }
  }

  /// Rows in order: a fault on a role, and how often in each state.
  public var rows: [(fault: String, role: String, counts: [StackState: Int])] {
    let places = Dictionary(grouping: counts) { [$0.key.fault, $0.key.role] }
    return places.keys.sorted { $0.lexicographicallyPrecedes($1) }.map { key in
      let states = Dictionary(
        uniqueKeysWithValues: (places[key] ?? []).map { ($0.key.state, $0.value) })
      return (key[0], key[1], states)
    }
  }
}
