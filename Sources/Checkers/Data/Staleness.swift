public import Checking
public import Basics
public import Histories

/// No read is older than a bound.
///
/// A read of a register (`write`, `read`) is as old as the earliest acknowledgement of a write that
/// is certainly newer than what it returned: one that began after the returned value's own write
/// had been acknowledged. A read of a set (`add`, `read` of a list) is as old as the earliest
/// acknowledgement of an element that it lacks. The age is taken at the beginning of the read.
public struct Staleness: Checker {
  public static let name = "staleness"
  public static let summary = "No read is older than a bound."
  public static let schema = Schema([
    ServiceFrame.workload,
    .init("bound", .duration, "How old a read may be.", isRequired: true),
    .init("initial", .text, "What a register holds before it is written, apart from nil and 0."),
  ])

  let bound: Duration
  let initial: String?

  /// How old an answer may be is a bound.
  public var isExcusedByFaults: Bool { true }

  public var feed: Feed { .functions([[.init("read")]]) }
  public var judgesRecency: Bool { true }

  public init(_ settings: Settings) throws(SettingsError) {
    guard let bound = settings.duration("bound") else {
      throw SettingsError("bound", "say how old a read may be, for instance 500ms")
    }
    self.bound = bound
    initial = settings.text("initial")
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    if let spent = Self.spent(budget, on: history) { return spent }
    guard history.hasTimes else {
      return Self.nothingToJudge("The history records an order but no times.")
    }
    var judgement = Judgement()
    var ages = Ages(bound: bound.nanoseconds)
    let sets = setGroups(history)
    for group in sets where !judgement.isSpent(budget) {
      SetAges(history, group).judge(&ages, budget, &judgement)
    }
    let registers = history.without(sets)
    let versions = Versions(registers, order: .realTime, initial: initial)
    RegisterAges(versions).judge(&ages, &judgement)
    versions.doubtForeign(&judgement)
    guard ages.count > 0 else {
      return Self.nothingToJudge(
        "No read came after an acknowledged write.", operations: ages.count)
    }
    let oldest = Duration.nanoseconds(ages.oldest)
    return judgement.finding(
      of: Self.self,
      held: "the oldest of \(Wording.count(ages.count, "read")) was "
        + "\(Wording.milliseconds(oldest)) behind, \(Wording.milliseconds(bound)) are allowed",
      operations: ages.count,
      figures: [
        .init("reads", .integer(ages.count)), .init("stale", .integer(ages.stale)),
        .init("tooOld", .integer(ages.tooOld)), .init("oldest", .milliseconds(oldest)),
        .init("bound", .milliseconds(bound)),
      ])
  }
}

extension Staleness {
  /// The keys whose object is a set: something was added to it.
  private func setGroups(_ history: History) -> [KeyGroup] {
    guard let add = history.function("add") else { return [] }
    return history.byKey(["add", "read"]).filter { group in
      group.positions.contains { history.operations[Int($0)].function == add }
    }
  }
}

extension History {
  /// The same history, positions and all, in which the operations of some keys say nothing.
  fileprivate func without(_ groups: [KeyGroup]) -> History {
    guard !groups.isEmpty else { return self }
    var operations = operations
    for group in groups {
      for position in group.positions { operations[Int(position)].outcome = .fail }
    }
    return History(
      values: values, functions: functions, labels: labels, operations: operations,
      faults: faults, observations: observations, hasTimes: hasTimes,
      hasRealTimeOrder: hasRealTimeOrder)
  }
}

/// The ages of all reads.
struct Ages {
  let bound: Int64
  var count = 0
  /// Reads that were behind at all, and by more than the bound.
  var stale = 0
  var tooOld = 0
  var oldest: Int64 = 0

  init(bound: Int64) { self.bound = bound }

  /// Takes the age of a read, zero for a fresh one; true when it is too old.
  mutating func take(_ age: Int64) -> Bool {
    count += 1
    guard age > 0 else { return false }
    stale += 1
    oldest = max(oldest, age)
    guard age > bound else { return false }
    tooOld += 1
    return true
  }
}

/// How old the reads of registers are.
private struct RegisterAges {
  let versions: Versions

  init(_ versions: Versions) { self.versions = versions }

  /// The acknowledged writes of one key, in invocation order, with the earliest completion from
  /// each on.
  private struct Writes {
    var positions: [Int32] = []
    /// By place: the place of the write from there on that was acknowledged first.
    var earliest: [Int32] = []
  }

  func judge(_ ages: inout Ages, _ judgement: inout Judgement) {
    let history = versions.history
    var writes = [Writes](repeating: Writes(), count: versions.keyCount)
    for (position, operation) in history.operations.enumerated()
    where operation.outcome == .ok && versions.isWrite(operation) {
      writes[Int(versions.keyOfOperation[position])].positions.append(Int32(position))
    }
    for key in writes.indices { writes[key].earliest = earliest(writes[key].positions) }
    for (position, operation) in history.operations.enumerated()
    where operation.outcome == .ok && versions.isRead(operation) {
      let version = versions.ofOperation[position]
      let key = writes[Int(versions.keyOfOperation[position])]
      guard version >= 0, !key.positions.isEmpty else { continue }
      let newer = firstNewer(than: versions.all[Int(version)], in: key)
      let age = newer.map { self.age(of: operation, since: $0) } ?? 0
      guard ages.take(age), let newer else { continue }
      report(operation, version, at: position, newer: newer, age, &judgement)
    }
  }

  private func age(of read: Operation, since write: Int32) -> Int64 {
    let acknowledged = versions.history.operations[Int(write)].completed ?? .never
    return acknowledged < read.invoked
      ? acknowledged.duration(to: read.invoked).nanoseconds : 0
  }

  private func earliest(_ positions: [Int32]) -> [Int32] {
    var result = [Int32](repeating: 0, count: positions.count)
    var best = -1
    for place in positions.indices.reversed() {
      if best < 0 || completion(positions[place]) <= completion(positions[best]) { best = place }
      result[place] = Int32(best)
    }
    return result
  }

  private func completion(_ position: Int32) -> Int32 {
    versions.history.operations[Int(position)].completionIndex
  }

  /// The write acknowledged first among those that are certainly newer than a version.
  private func firstNewer(than version: Versions.Version, in writes: Writes) -> Int32? {
    guard version.acknowledged != .max else { return nil }
    var low = 0
    var high = writes.positions.count
    while low < high {
      let middle = (low + high) / 2
      let begun =
        versions.history.operations[Int(writes.positions[middle])].invocationIndex
      if begun <= version.acknowledged { low = middle + 1 } else { high = middle }
    }
    guard low < writes.positions.count else { return nil }
    return writes.positions[Int(writes.earliest[low])]
  }

  private func report(
    _ read: Operation, _ version: Int32, at position: Int, newer: Int32, _ age: Int64,
    _ judgement: inout Judgement
  ) {
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    let value = versions.history.values.describe(
      versions.history.operations[Int(newer)].argument)
    let shown = [versions.all[Int(version)].writer, newer, Int32(position)]
    judgement.violated(
      "stale",
      "a read\(versions.suffix(read)) returned \(versions.describe(version)) "
        + "\(Wording.milliseconds(age)) after \(value) had been acknowledged",
      shown.filter { $0 >= 0 }.map { Int($0) }.sorted())
  }
}

/// How old the reads of one set are.
private struct SetAges {
  let history: History
  private let additions: Additions

  init(_ history: History, _ group: KeyGroup) {
    self.history = history
    additions = Additions(history, group)
  }

  func judge(_ ages: inout Ages, _ budget: Budget, _ judgement: inout Judgement) {
    var additions = additions
    // Elements in the order of their acknowledgement: a read is as old as the first it lacks.
    let order = additions.acknowledged.indices.filter { additions.acknowledged[$0] != .max }
      .sorted { additions.acknowledged[$0] < additions.acknowledged[$1] }
    var stamp = [Int32](repeating: -1, count: additions.elements.count)
    for read in additions.reads where !judgement.isSpent(budget) {
      let operation = history.operations[Int(read)]
      for value in history.values.elements(operation.result) ?? [] {
        let element = additions.number(value, history)
        if element == stamp.count { stamp.append(-1) }
        stamp[element] = read
      }
      guard let oldest = order.first,
        additions.acknowledged[oldest] < operation.invocationIndex
      else { continue }
      let missing = order.first { stamp[$0] != read }.flatMap { element in
        additions.acknowledged[element] < operation.invocationIndex ? element : nil
      }
      let age = missing.map { self.age(of: operation, lacking: $0, additions) } ?? 0
      guard ages.take(age), let missing else { continue }
      report(read, lacking: missing, age, additions, &judgement)
    }
  }

  private func age(of read: Operation, lacking element: Int, _ additions: Additions) -> Int64 {
    let write = history.operations[Int(additions.position[element])]
    return (write.completed ?? read.invoked).duration(to: read.invoked).nanoseconds
  }

  private func report(
    _ read: Int32, lacking element: Int, _ age: Int64, _ additions: Additions,
    _ judgement: inout Judgement
  ) {
    guard judgement.evidence.count < Judgement.mostEvidence else { return }
    let value = history.values.describe(additions.elements.values[element])
    judgement.violated(
      "stale",
      "a read lacked \(value) \(Wording.milliseconds(age)) after it had been acknowledged",
      [Int(additions.position[element]), Int(read)].sorted())
  }
}
