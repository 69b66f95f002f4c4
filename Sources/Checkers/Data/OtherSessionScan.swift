import Checking
import Basics
import Histories

/// What other sessions' earlier operations demand of a read, once a later write of theirs was seen.
///
/// An observer that has read a write of a session at a node must afterwards find there everything
/// the write depends on: what the session had written, or read, before it. For a key on which the
/// session did several such things the last one stands for all.
struct OtherSessionScan {
  let history: History
  let versions: Versions
  let demands: SessionDemand
  private var judged = 0
  private var broken = 0
  /// By session and key: what the session did there that a later write depends on, in order.
  private var logs: [[Entry]] = []
  private var places = Numbering()
  /// By observer: the sessions it saw writes of.
  private var seen: [Int32: [Sighting]] = [:]

  struct Entry {
    let position: Int32
    let version: Int32
  }

  /// The latest write of a session that an observer read at a node.
  struct Sighting {
    let session: Int32
    let node: LabelID
    var write: Int32
    var key: Int32
    var read: Int32
  }

  init(_ history: History, _ settings: Settings, demands: SessionDemand) {
    self.history = history
    self.demands = demands
    versions = Versions(
      history, order: Versions.Order(settings), initial: settings.text("initial"))
    for (position, operation) in history.operations.enumerated() {
      let version = versions.ofOperation[position]
      guard operation.outcome == .ok, version >= 0,
        demands == .writes ? versions.isWrite(operation) : versions.isRead(operation)
      else { continue }
      let place = places.number(pack(operation.process, versions.keyOfOperation[position]))
      if place == logs.count { logs.append([]) }
      logs[place].append(Entry(position: Int32(position), version: version))
    }
  }

  private func pack(_ process: Int32, _ key: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: process)) << 32 | UInt64(UInt32(bitPattern: key))
  }

  mutating func finding<C: Checker>(
    of checker: C.Type, _ budget: Budget, kind: String, _ verb: () -> String
  ) -> Finding {
    var judgement = Judgement()
    let words = verb()
    for (position, operation) in history.operations.enumerated() {
      if position & 0xfff == 0xfff && budget.isSpent() {
        judgement.doubt("the time budget was spent after \(position) operations.")
        break
      }
      guard operation.outcome == .ok, versions.isRead(operation),
        versions.ofOperation[position] >= 0
      else { continue }
      judge(operation, at: Int32(position), kind, words, &judgement)
      see(operation, at: Int32(position))
    }
    versions.doubtForeign(&judgement)
    guard judged > 0 || !judgement.doubts.isEmpty else {
      return C.nothingToJudge(
        versions.readCount == 0
          ? "No read succeeded." : "No read came after one that showed a write with a history.",
        operations: versions.readCount)
    }
    return judgement.finding(
      of: C.self, held: "\(Wording.count(judged, "read")) showed all that they had to",
      operations: versions.readCount,
      figures: [
        .init("reads", .integer(versions.readCount)), .init("judged", .integer(judged)),
        .init("broken", .integer(broken)), .init("versions", .string(versions.order.rawValue)),
      ])
  }

  private mutating func see(_ read: Operation, at position: Int32) {
    let version = versions.all[Int(versions.ofOperation[Int(position)])]
    guard version.writeCount == 1 else { return }
    let key = versions.keyOfOperation[Int(position)]
    let new = Sighting(
      session: version.process, node: read.node, write: version.writer, key: key, read: position)
    let known = seen[read.process]?.firstIndex {
      $0.session == version.process && $0.node == read.node
    }
    guard let known else {
      seen[read.process, default: []].append(new)
      return
    }
    if seen[read.process]![known].write < version.writer { seen[read.process]![known] = new }
  }

  private mutating func judge(
    _ read: Operation, at position: Int32, _ kind: String, _ words: String,
    _ judgement: inout Judgement
  ) {
    guard let sightings = seen[read.process] else { return }
    let key = versions.keyOfOperation[Int(position)]
    let found = versions.ofOperation[Int(position)]
    for sighting in sightings where sighting.node == read.node {
      guard let place = places.known(pack(sighting.session, key)),
        let entry = last(logs[place], before: sighting.write)
      else { continue }
      judged += 1
      // What the write depends on was seen, but on the very key that the write replaced.
      let isReplaced =
        sighting.key == key && found == entry.version && versions.isUnique(found)
        && found != versions.ofOperation[Int(sighting.write)]
      guard isReplaced || versions.isOlder(found, than: entry.version) else { continue }
      report(read, at: position, found, entry, sighting, kind, words, &judgement)
      return
    }
  }

  /// The last entry of a log that comes before an operation.
  private func last(_ log: [Entry], before position: Int32) -> Entry? {
    var low = 0
    var high = log.count
    while low < high {
      let middle = (low + high) / 2
      if log[middle].position < position { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : log[low - 1]
  }

  private mutating func report(
    _ read: Operation, at position: Int32, _ found: Int32, _ entry: Entry, _ sighting: Sighting,
    _ kind: String, _ words: String, _ judgement: inout Judgement
  ) {
    broken += 1
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    let write = versions.describe(versions.ofOperation[Int(sighting.write)])
    judgement.violated(
      kind,
      "process \(read.process) read \(versions.describe(found))\(versions.suffix(read)) after it "
        + "had read \(write), before whose write process \(sighting.session) \(words) "
        + "\(versions.describe(entry.version))",
      Array(Set([entry.position, sighting.write, sighting.read, position].map { Int($0) })).sorted()
    )
  }
}
