import Basics

/// How a mode decides, as a pure state machine: no clock, no disk, no network, no chance but its
/// seed's. A shell feeds it and does what it says, in the order in which it says it.
protocol ReplicationCore: Sendable {
  /// One that starts with what was durable.
  init(_ settings: CoreSettings, _ recovered: Recovered, now: Duration)

  /// Takes everything that happened since the last step, at the time `now` since some fixed moment.
  mutating func step(_ inputs: [CoreInput], now: Duration) -> [CoreOutput]

  var status: ReplicaStatus { get }
}

/// What a core must know; members are places in the list that all of them were told.
struct CoreSettings: Sendable {
  var own: Int
  var names: [String]
  /// The places of those that keep data.
  var replicas: [Int]
  var witness: Int?
  var timings = Timings()
  var defects: Set<Defect> = []
  var seed: UInt64
  /// How much one message may hold, and after how many entries the log is replaced by a snapshot.
  var entriesPerMessage = 512
  var entriesBetweenSnapshots: UInt64 = 20_000

  func has(_ defect: Defect) -> Bool { defects.contains(defect) }

  /// The other members that keep data.
  var others: [Int] { replicas.filter { $0 != own } }

  /// How many of the replicas are more than half of them.
  var majority: Int { replicas.count / 2 + 1 }

  /// How long one waits to hear of a leader before it claims its place: up to twice the election's time, drawn
  /// anew each time (Ongaro 2014, 3.4).
  func patience(_ chance: inout Chance) -> Duration {
    let least = timings.election * (has(.failoverFiveTimesSlower) ? 5 : 1)
    return least + least * chance.below(1000) / 1000
  }
}

/// What happened.
enum CoreInput: Sendable {
  /// Nothing but that time has passed.
  case tick
  case received(from: Int, PeerMessage)
  /// A client's command, under a number that the shell chose.
  case submitted(UInt64, [UInt8])
  /// A client's question that must be answered as if asked after everything acknowledged.
  case asked(UInt64)
  /// Everything up to this ticket is durable.
  case persisted(UInt64)
  /// The snapshot that `takeSnapshot` asked for.
  case snapshotTaken(Snapshot)
}

/// What is to be done.
enum CoreOutput: Sendable, Equatable {
  case send(to: Int, PeerMessage)
  /// To be made durable, in the order of tickets; said to be so by `CoreInput.persisted`.
  case persist(ticket: UInt64, DiskWrite)
  /// To be carried out by the machine; the answer goes to the submission, where it was made here.
  case apply(LogEntry, for: UInt64?)
  /// The machine becomes this snapshot.
  case restore(Snapshot)
  /// The machine becomes this snapshot with these entries behind it: what came after was lost with
  /// another primary.
  case rollBack(Snapshot, [LogEntry])
  /// A snapshot of the machine as it is now, which is after the entry at this point.
  case takeSnapshot(LogPoint)
  /// The question may be answered by the machine as it is now.
  case answer(UInt64)
  /// The submission or question was certainly not carried out, and never will be.
  case refuse(UInt64, String)
  /// The submission may or may not be carried out.
  case unknown(UInt64, String)
}
