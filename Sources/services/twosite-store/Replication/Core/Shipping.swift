import Basics

/// What every mode with a leader does alike: the log, its way to the disk and to the others, and
/// the machine's orders. Who leads and what counts as committed is the mode's.
struct Shipping: Sendable {
  let settings: CoreSettings
  private(set) var ballot: Ballot
  private(set) var log: ReplicatedLog
  private(set) var snapshot: Snapshot
  private(set) var commit: UInt64
  /// The last entry that is durable here.
  private(set) var durable: UInt64
  var progress: [FollowerProgress]
  /// Whether a new leader may lack what another acknowledged, so that committed entries may be cut.
  let mayRollBack: Bool

  private var outputs: [CoreOutput] = []
  private var said: [Said] = []
  private var held: [(ticket: UInt64, said: Said)] = []
  private var unwritten = DiskWrite()
  private var issued: UInt64 = 0
  private var finished: UInt64 = 0
  private var inFlight: [(ticket: UInt64, last: UInt64)] = []
  private var submissions: [UInt64: (id: UInt64, term: UInt64)] = [:]
  private var isSnapshotAsked = false

  private struct Said: Sendable {
    var to: Int
    var message: PeerMessage
  }

  init(_ settings: CoreSettings, _ recovered: Recovered, now: Duration, mayRollBack: Bool) {
    self.settings = settings
    self.mayRollBack = mayRollBack
    ballot = recovered.ballot
    snapshot = recovered.snapshot
    log = ReplicatedLog(base: snapshot.point, entries: recovered.entries)
    commit = snapshot.point.index
    durable = log.last.index
    if !settings.has(.voteNotPersisted) { ballot.term = max(ballot.term, log.last.term) }
    progress = settings.names.map { _ in FollowerProgress(next: 1, heardAt: now) }
    if snapshot.point != .start { outputs.append(.restore(snapshot)) }
  }

  var term: UInt64 { ballot.term }

  // The order of what is done: everything that was said waits for everything that is to be durable.

  mutating func emit(_ output: CoreOutput) { outputs.append(output) }

  /// Tells one that leads no more, or never did, that its word is not followed.
  mutating func deny(_ place: Int) {
    let answer = Appended(term: term, outcome: .differs, index: 0, previous: 0, round: 0)
    say(.appended(answer), to: place)
  }

  /// Sends the message once everything is durable that was decided before the end of this step.
  mutating func say(_ message: PeerMessage, to place: Int) {
    said.append(Said(to: place, message: message))
  }

  mutating func set(_ new: Ballot) {
    ballot = new
    unwritten.ballot = new
  }

  /// What is to be done for all the inputs of a step.
  mutating func finishStep() -> [CoreOutput] {
    if unwritten != DiskWrite() {
      issued += 1
      outputs.append(.persist(ticket: issued, unwritten))
      inFlight.append((issued, log.last.index))
      unwritten = DiskWrite()
    }
    held += said.map { (issued, $0) }
    said = []
    release()
    defer { outputs = [] }
    return outputs
  }

  mutating func persisted(_ ticket: UInt64) {
    finished = max(finished, ticket)
    for write in inFlight where write.ticket <= finished { durable = max(durable, write.last) }
    inFlight.removeAll { $0.ticket <= finished }
  }

  private mutating func release() {
    for (_, said) in held.prefix(while: { $0.ticket <= finished }) {
      outputs.append(.send(to: said.to, said.message))
    }
    held.removeAll { $0.ticket <= finished }
  }

  // The log.

  @discardableResult
  mutating func append(_ kind: LogEntry.Kind, _ command: [UInt8], for id: UInt64? = nil) -> UInt64 {
    let index = log.last.index + 1
    append(LogEntry(index: index, term: term, kind: kind, command: command))
    if let id { submissions[index] = (id, term) }
    return index
  }

  private mutating func append(_ entry: LogEntry) {
    log.append(entry)
    unwritten.entries.append(entry)
  }

  /// Everything up to `index` is kept as the mode promises: the machine carries it out.
  mutating func commit(upTo index: UInt64) {
    while commit < index, let entry = log[commit + 1] {
      commit += 1
      let submitted = submissions.removeValue(forKey: commit)
      if let submitted, submitted.term != entry.term {
        outputs.append(.unknown(submitted.id, "another leader's command took its place"))
      }
      outputs.append(.apply(entry, for: submitted?.term == entry.term ? submitted?.id : nil))
    }
    if commit - log.base.index >= settings.entriesBetweenSnapshots { askSnapshot() }
  }

  private mutating func askSnapshot() {
    if isSnapshotAsked { return }
    isSnapshotAsked = true
    outputs.append(.takeSnapshot(LogPoint(term: log.term(at: commit)!, index: commit)))
  }

  mutating func take(_ new: Snapshot) {
    isSnapshotAsked = false
    guard new.point.index > log.base.index, log.term(at: new.point.index) == new.point.term else {
      return
    }
    begin(at: new)
  }

  private mutating func begin(at new: Snapshot) {
    snapshot = new
    log.begin(at: new.point)
    unwritten.snapshot = new
    unwritten.entries = log.entries
  }

  private mutating func cut(after index: UInt64) {
    for place in submissions.keys.sorted() where place > index {
      let id = submissions.removeValue(forKey: place)!.id
      outputs.append(.unknown(id, "another leader's log has no such command"))
    }
    log.cut(after: index)
    durable = min(durable, index)
    for place in inFlight.indices { inFlight[place].last = min(inFlight[place].last, index) }
    if index >= commit { return }
    precondition(mayRollBack, "a committed entry is never cut")
    commit = index
    outputs.append(.rollBack(snapshot, log.entries))
  }
}

// What a follower does.
extension Shipping {
  /// Makes the log the leader's, and says how far it is.
  mutating func follow(_ append: Append, from place: Int) {
    let (outcome, index) = match(append)
    if outcome == .matches { commit(upTo: min(append.commit, index)) }
    say(
      .appended(
        Appended(
          term: term, outcome: outcome, index: index, previous: append.previous.index,
          round: append.round)), to: place)
  }

  private mutating func match(_ append: Append) -> (Appended.Outcome, UInt64) {
    let previous = append.previous
    if previous.index >= log.base.index, log.term(at: previous.index) != previous.term {
      if previous.index == log.base.index { return (.needsSnapshot, 0) }
      return (.differs, lastPossible(before: previous))
    }
    for entry in append.entries where entry.index >= log.base.index {
      guard log.term(at: entry.index) != entry.term else { continue }
      if entry.index == log.base.index { return (.needsSnapshot, 0) }
      if entry.index <= log.last.index { cut(after: entry.index - 1) }
      self.append(entry)
    }
    return (.matches, previous.index + UInt64(append.entries.count))
  }

  /// Where the logs may agree: a whole term of ours is left out at a time (Ongaro 2014, section
  /// 3.5).
  private func lastPossible(before previous: LogPoint) -> UInt64 {
    if log.last.index < previous.index { return log.last.index }
    var index = previous.index
    let term = log.term(at: index)
    while index > log.base.index, log.term(at: index) == term { index -= 1 }
    return index
  }

  mutating func follow(_ install: Install, from place: Int) {
    let point = install.snapshot.point
    let isKnown = mayRollBack ? log.term(at: point.index) == point.term : point.index <= commit
    if !isKnown || point.index > commit { replaceAll(with: install.snapshot) }
    say(
      .appended(
        Appended(
          term: term, outcome: .matches, index: point.index, previous: point.index,
          round: install.round)), to: place)
  }

  private mutating func replaceAll(with new: Snapshot) {
    begin(at: new)
    commit = new.point.index
    durable = 0
    for place in inFlight.indices { inFlight[place].last = 0 }
    for (_, submitted) in submissions.sorted(by: { $0.key < $1.key }) {
      outputs.append(.unknown(submitted.id, "another leader's snapshot may hold it"))
    }
    submissions = [:]
    outputs.append(.restore(new))
  }
}

// What a leader does.
extension Shipping {
  mutating func beginLeading(now: Duration) {
    for place in progress.indices {
      progress[place] = FollowerProgress(next: log.last.index + 1, heardAt: now)
    }
  }

  /// Sends every other replica what it lacks, and a heartbeat where it is due.
  /// - Parameter upTo: the last entry that goes out.
  mutating func ship(now: Duration, round: UInt64, upTo: UInt64 = .max) {
    let end = min(log.last.index, upTo)
    for place in settings.others {
      let known = progress[place]
      if now - known.heardAt > settings.timings.election, !known.isProbing {
        progress[place].isProbing = true
        progress[place].next = known.match + 1
      }
      let isDue =
        known.sentAt.map { now - $0 >= settings.timings.heartbeat } ?? true
        || round > known.sentRound
      let mayTarry = settings.has(.acknowledgesBeforeReplicating)
      let hasNews = !known.isProbing && known.next <= end && !mayTarry
      if isDue || hasNews { send(to: place, now: now, round: round, upTo: end) }
    }
  }

  private mutating func send(to place: Int, now: Duration, round: UInt64, upTo end: UInt64) {
    progress[place].sentAt = now
    progress[place].sentRound = round
    if progress[place].next <= log.base.index { sendSnapshot(to: place, now: now, round: round) }
    repeat {
      let known = progress[place]
      let first = max(known.next, log.base.index + 1)
      let entries = log.entries(from: first, atMost: settings.entriesPerMessage)
        .filter { $0.index <= end }
      let previous = LogPoint(term: log.term(at: first - 1)!, index: first - 1)
      let append = Append(
        term: term, previous: previous, entries: known.next < first ? [] : entries, commit: commit,
        round: round)
      outputs.append(.send(to: place, .append(append)))
      if known.isProbing { return }
      progress[place].next += UInt64(entries.count)
    } while progress[place].next <= end
  }

  private mutating func sendSnapshot(to place: Int, now: Duration, round: UInt64) {
    progress[place].isProbing = true
    if snapshot.point == .start { return askSnapshot() }
    if let sent = progress[place].snapshotSentAt, now - sent < settings.timings.election { return }
    progress[place].snapshotSentAt = now
    let install = Install(term: term, snapshot: snapshot, round: round)
    outputs.append(.send(to: place, .install(install)))
  }
}
