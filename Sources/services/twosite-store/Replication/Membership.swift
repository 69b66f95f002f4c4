/// Who replicates with whom, where, how fast and under which secret: all that replication needs to
/// know of the command line. The same members, in the same order, are told to every replica; they
/// never change.
struct Membership: Sendable {
  /// The name of this replica, one of `members`.
  var name: String
  /// Every replica and the witness, this one among them.
  var members: [Member]
  /// The member that keeps no data and only says who may be primary; the modes with a primary need
  /// one.
  var witness: String?
  /// The folder of this replica's files; made where it is not there.
  var folder: String
  var timings = Timings()
  /// After how many entries the log is replaced by a snapshot.
  var entriesBetweenSnapshots: UInt64 = 20_000
  /// What every member knows and nobody else does; peers prove it to each other.
  var secret: [UInt8]
  var defects: Set<Defect> = []

  /// Whether the store was told to lie in this way.
  func has(_ defect: Defect) -> Bool { defects.contains(defect) }

  /// This replica among the members; the caller promises that it is one of them (`problem` says
  /// so).
  var own: Member { members.first { $0.name == name }! }

  /// The others.
  var others: [Member] { members.filter { $0.name != name } }

  /// Those that keep data: all but the witness.
  var replicas: [Member] { members.filter { $0.name != witness } }

  /// Whether the two are of different sites, so that what they say to each other is encrypted.
  func isBetweenSites(_ other: Member) -> Bool { other.site != own.site }
}

/// One member: its name, its site, and where the others reach it.
struct Member: Sendable, Equatable {
  var name: String
  var site: String
  /// An address or a name that resolves to one; the member listens at it.
  var host: String
  var port: UInt16
}

/// How fast replication notices and how long it waits.
struct Timings: Sendable, Equatable {
  /// How often a leader speaks to the others.
  var heartbeat = Duration.milliseconds(100)
  /// How long a replica hears nothing from its leader before it stands for election, at least; at
  /// most twice that.
  var election = Duration.milliseconds(1000)
  /// For how long a primary may act on one word of the witness.
  var lease = Duration.milliseconds(1500)
}

extension Membership {
  /// Why no store can run with this, as a sentence; nil where one can.
  func problem(in mode: Mode) -> String? {
    let names = members.map(\.name)
    if !names.contains(name) { return "\(name) is not one of the members \(names)" }
    if Set(names).count != names.count { return "two members have the same name: \(names)" }
    if secret.count < 16 { return "the secret has fewer than 16 bytes" }
    if timings.heartbeat <= .zero || timings.election < timings.heartbeat * 2 {
      return "the election's time must be at least twice the heartbeat's"
    }
    if let witness, !names.contains(witness) { return "the witness \(witness) is not a member" }
    return problemOfCount(in: mode)
  }

  private func problemOfCount(in mode: Mode) -> String? {
    let count = replicas.count
    switch mode {
    case .raft, .leaderless:
      if witness != nil { return "\(mode.rawValue) has no witness" }
      return (1...7).contains(count) ? nil : "\(count) replicas; 1 to 7 are possible"
    case .synchronous, .asynchronous:
      if witness == nil { return "\(mode.rawValue) needs a witness" }
      if timings.lease < timings.heartbeat * 3 { return "a lease is at least three heartbeats" }
      let possible = mode == .synchronous ? 2...2 : 2...6
      return possible.contains(count) ? nil : "\(count) replicas and a witness; not possible"
    }
  }
}
