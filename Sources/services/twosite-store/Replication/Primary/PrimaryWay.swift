/// In what the modes with a primary differ.
protocol PrimaryWay: Sendable {
  /// Whether the next primary may lack what was acknowledged.
  static var mayLose: Bool { get }
  /// Whether the primary acts only while its lease lasts; otherwise the replicas' acknowledgements
  /// stand for it.
  static var needsLease: Bool { get }

  /// Who may be primary after one that has just begun.
  static func firstEligible(_ settings: CoreSettings) -> Set<Int>

  /// Who should be eligible now.
  static func wished(
    _ ship: Shipping, heard: (Int) -> Bool, now wished: Set<Int>
  ) -> Set<Int>

  /// The last entry that all of `needed` have durably.
  static func agreed(_ ship: Shipping, _ needed: Set<Int>) -> UInt64

  /// What was acknowledged and is lost with the primary, as a sentence; nil where nothing is.
  ///
  /// - Parameter isAlone: whether the record says that no other may be primary next.
  static func mayLose(_ ship: Shipping, isAlone: Bool) -> String?
}

/// Acknowledged once every replica that may be primary next has it.
enum SynchronousWay: PrimaryWay {
  static let mayLose = false
  static let needsLease = false

  static func firstEligible(_ settings: CoreSettings) -> Set<Int> { [settings.own] }

  /// A replica that is silent is to be left out; one that has caught up is to be taken in.
  static func wished(
    _ ship: Shipping, heard: (Int) -> Bool, now wished: Set<Int>
  ) -> Set<Int> {
    let fit = ship.settings.others.filter {
      heard($0) && (wished.contains($0) || ship.progress[$0].match >= ship.commit)
        && ship.progress[$0].match > 0
    }
    return Set(fit + [ship.settings.own])
  }

  static func agreed(_ ship: Shipping, _ needed: Set<Int>) -> UInt64 {
    needed.map { $0 == ship.settings.own ? ship.durable : ship.progress[$0].match }.min() ?? 0
  }

  static func mayLose(_ ship: Shipping, isAlone: Bool) -> String? {
    isAlone ? "everything, with this primary's disk: no replica may take over now" : nil
  }
}

/// Acknowledged once the primary has it: honest about what is lost with it.
enum AsynchronousWay: PrimaryWay {
  static let mayLose = true
  static let needsLease = true

  static func firstEligible(_ settings: CoreSettings) -> Set<Int> { Set(settings.replicas) }

  static func wished(
    _ ship: Shipping, heard: (Int) -> Bool, now wished: Set<Int>
  ) -> Set<Int> { Set(ship.settings.replicas) }

  static func agreed(_ ship: Shipping, _ needed: Set<Int>) -> UInt64 { ship.durable }

  static func mayLose(_ ship: Shipping, isAlone: Bool) -> String? {
    let kept = ship.settings.others.map { ship.progress[$0].match }.max() ?? 0
    if kept >= ship.commit {
      return "nothing now; whatever is acknowledged before a replica has it"
    }
    return "entries \(kept + 1) to \(ship.commit), which were acknowledged and no replica has yet"
  }
}
