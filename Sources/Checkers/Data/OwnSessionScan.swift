import Checking
import Basics
import Histories

/// What a session's own earlier operations demand of its reads.
struct OwnSessionScan {
  let history: History
  let versions: Versions
  let demands: SessionDemand
  private var judged = 0
  private var broken = 0
  /// Each process and key, and each process and version that it left.
  private var places = Numbering()
  private var departures = Numbering()
  /// By process and key: the strictest demand, and the operation that made it.
  private var strictest: [Demand] = []
  /// By process and key: the version last read; -1 for none.
  private var current: [Int32] = []
  /// By process and version left: the read by which it was left.
  private var left: [Int32] = []

  struct Demand {
    /// -1 while nothing is demanded.
    let version: Int32
    let position: Int32
  }

  init(_ history: History, _ settings: Settings, demands: SessionDemand) {
    self.history = history
    self.demands = demands
    versions = Versions(
      history, order: Versions.Order(settings), initial: settings.text("initial"))
  }

  mutating func finding<C: Checker>(
    of checker: C.Type, _ budget: Budget, kind: String, _ verb: () -> String
  ) -> Finding {
    var judgement = Judgement()
    let words = verb()
    for (position, operation) in history.operations.enumerated() {
      if position & 0xffff == 0xffff && budget.isSpent() {
        judgement.doubt("the time budget was spent after \(position) operations.")
        break
      }
      let version = versions.ofOperation[position]
      guard operation.outcome == .ok, version >= 0 else { continue }
      let place = places.number(pack(operation.process, versions.keyOfOperation[position]))
      if place == strictest.count {
        strictest.append(Demand(version: -1, position: -1))
        current.append(-1)
      }
      if versions.isRead(operation) {
        judge(operation, version, position, place, kind, words, &judgement)
      } else if demands == .writes {
        demand(version, position, place)
      }
    }
    versions.doubtForeign(&judgement)
    guard judged > 0 || !judgement.doubts.isEmpty else {
      return C.nothingToJudge(
        versions.readCount == 0
          ? "No read succeeded."
          : "No process read a key after it had \(demands == .writes ? "written" : "read") it.",
        operations: versions.readCount)
    }
    return judgement.finding(
      of: C.self, held: "\(Wording.count(judged, "read")) returned nothing older than \(words)",
      operations: versions.readCount,
      figures: [
        .init("reads", .integer(versions.readCount)), .init("judged", .integer(judged)),
        .init("broken", .integer(broken)), .init("versions", .string(versions.order.rawValue)),
      ])
  }

  private func pack(_ process: Int32, _ other: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: process)) << 32 | UInt64(UInt32(bitPattern: other))
  }

  private mutating func demand(_ version: Int32, _ position: Int, _ place: Int) {
    let known = strictest[place].version
    guard known != version, known < 0 || versions.stricter(known, version) == version else {
      return
    }
    strictest[place] = Demand(version: version, position: Int32(position))
  }

  private mutating func judge(
    _ read: Operation, _ version: Int32, _ position: Int, _ place: Int, _ kind: String,
    _ words: String, _ judgement: inout Judgement
  ) {
    let demanded = strictest[place]
    if demanded.version >= 0 {
      judged += 1
      if versions.isOlder(version, than: demanded.version) {
        report(read, version, demanded, position, kind, words, &judgement)
      } else if demands == .reads, versions.isUnique(version),
        let departure = departures.known(pack(read.process, version))
      {
        let leaving = left[departure]
        let other = Demand(version: versions.ofOperation[Int(leaving)], position: leaving)
        report(read, version, other, position, kind, words, &judgement)
      }
    }
    guard demands == .reads else { return }
    leave(current[place], for: version, read.process, by: position)
    current[place] = version
    demand(version, position, place)
  }

  private mutating func leave(
    _ before: Int32, for version: Int32, _ process: Int32, by position: Int
  ) {
    guard before >= 0, before != version else { return }
    let departure = departures.number(pack(process, before))
    if departure == left.count {
      left.append(Int32(position))
    } else {
      left[departure] = Int32(position)
    }
  }

  private mutating func report(
    _ read: Operation, _ version: Int32, _ demanded: Demand, _ position: Int, _ kind: String,
    _ words: String, _ judgement: inout Judgement
  ) {
    broken += 1
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    let shown = [Int(versions.all[Int(version)].writer), Int(demanded.position), position]
    judgement.violated(
      kind,
      "process \(read.process) read \(versions.describe(version))\(versions.suffix(read)) after "
        + "\(words) \(versions.describe(demanded.version)), which is newer",
      Array(Set(shown.filter { $0 >= 0 })).sorted())
  }
}
