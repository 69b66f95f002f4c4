/// Who may be primary next, as a primary knows it: what the witness has on record, or any of the
/// wishes that may still get there.
struct Eligible: Sendable {
  private(set) var version: UInt64 = 0
  private(set) var recorded: Set<Int>
  /// What was wished since the record was heard, the newest last.
  private var wishes: [(version: UInt64, members: Set<Int>)] = []

  init(_ first: Set<Int> = []) { recorded = first }

  /// What is wished now.
  var wished: Set<Int> { wishes.last?.members ?? recorded }

  /// All who may be it.
  var all: Set<Int> { wishes.reduce(recorded) { $0.union($1.members) } }

  mutating func wish(_ members: Set<Int>) {
    if members == wished { return }
    version += 1
    wishes.append((version, members))
  }

  /// The record says so, and no older wish can change it any more.
  mutating func record(_ members: Set<Int>, _ version: UInt64) {
    guard version >= recordedVersion else { return }
    recordedVersion = version
    recorded = members
    wishes.removeAll { $0.version <= version }
  }

  private var recordedVersion: UInt64 = 0
}
