/// Carries out what a core says about the machine.
struct Applier<Machine: Replicated>: Sendable {
  /// What came of it: an answer for a submission, or a snapshot for the core.
  enum Outcome: Sendable, Equatable {
    case nothing
    case answered(UInt64, [UInt8])
    case snapshot(Snapshot)
  }

  private(set) var machine = Machine()
  /// The index of the last entry that was carried out.
  private(set) var applied: UInt64 = 0
  private let dropsKey: Bool
  private var before = Machine()

  /// - Parameter defects: `snapshot-drops-a-key` writes a snapshot without the newest command of
  ///   those it claims.
  init(defects: Set<Defect>) { dropsKey = defects.contains(.snapshotDropsKey) }

  mutating func take(_ output: CoreOutput) -> Outcome {
    switch output {
    case .apply(let entry, let id):
      let answer = apply(entry)
      return id.map { .answered($0, answer) } ?? .nothing
    case .restore(let snapshot):
      restore(snapshot)
    case .rollBack(let snapshot, let entries):
      restore(snapshot)
      for entry in entries { _ = apply(entry) }
    case .takeSnapshot(let point):
      return .snapshot(Snapshot(point, (dropsKey ? before : machine).snapshot()))
    case .send, .persist, .answer, .refuse, .unknown:
      break
    }
    return .nothing
  }

  private mutating func apply(_ entry: LogEntry) -> [UInt8] {
    applied = entry.index
    guard entry.kind == .command else { return [] }
    if dropsKey { before = machine }
    return machine.apply(entry.command)
  }

  private mutating func restore(_ snapshot: Snapshot) {
    applied = snapshot.point.index
    if snapshot.point == .start {
      machine = Machine()
    } else if let restored = Machine(snapshot: snapshot.state) {
      machine = restored
    } else {
      fatalError("the machine does not know its own snapshot at entry \(applied)")
    }
  }
}
