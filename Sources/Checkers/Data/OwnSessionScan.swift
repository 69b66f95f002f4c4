import Basics
import Histories

/// What a session's own earlier operations demand of its reads.
struct OwnSessionScan {
  let history: History
  let versions: Versions
  let demands: SessionDemand
  private var judged = 0
  private var broken = 0
  /// By process and key: the strictest demand, and the operation that made it.
  private var strictest: [UInt64: Demand] = [:]
  /// By process and key: the version last read.
  private var current: [UInt64: Int32] = [:]
  /// By process and version: the read by which the version was left.
  private var left: [UInt64: Int32] = [:]

  struct Demand {
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
        judgement.doubt("The budget was spent after \(position) operations.")
        break
      }
      let version = versions.ofOperation[position]
      guard operation.outcome == .ok, version >= 0 else { continue }
      let place = pack(operation.process, versions.keyOfOperation[position])
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

  private mutating func demand(_ version: Int32, _ position: Int, _ place: UInt64) {
    let stricter = versions.stricter(strictest[place]?.version, version)
    guard stricter == version, strictest[place]?.version != version else { return }
    strictest[place] = Demand(version: version, position: Int32(position))
  }

  private mutating func judge(
    _ read: Operation, _ version: Int32, _ position: Int, _ place: UInt64, _ kind: String,
    _ words: String, _ judgement: inout Judgement
  ) {
    let demanded = strictest[place]
    if let demanded {
      judged += 1
      if versions.isOlder(version, than: demanded.version) {
        report(read, version, demanded, position, kind, words, &judgement)
      } else if demands == .reads, let leaving = left[pack(read.process, version)],
        versions.isUnique(version)
      {
        let other = Demand(version: versions.ofOperation[Int(leaving)], position: leaving)
        report(read, version, other, position, kind, words, &judgement)
      }
    }
    guard demands == .reads else { return }
    if let before = current[place], before != version {
      left[pack(read.process, before)] = Int32(position)
    }
    current[place] = version
    demand(version, position, place)
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
