import Checking
import Basics
import Histories

/// The versions that registers had: one for each key and value, with what is known of its writes.
///
/// Which of two versions is newer is only said where it is certain. In real-time order a version is
/// older than another when all its writes were acknowledged before the first write of the other
/// began; by value, when it is the smaller number. What a register held before the first write is
/// older than everything.
struct Versions {
  enum Order: String, CaseIterable {
    case realTime = "real-time"
    case values

    static let key = Schema.Key(
      "versions", .choice(allCases.map(\.rawValue)),
      "How versions of a key are ordered: as their writes were in real time, or by their values.",
      default: Order.realTime.rawValue)

    init(_ settings: Settings) {
      self = settings.text("versions").flatMap(Order.init(rawValue:)) ?? .realTime
    }
  }

  struct Version {
    let key: Int32
    let value: Value
    /// The first event of a write of it; -1 for what was there before the first write.
    var begun: Int32
    /// When all its writes were acknowledged; `.max` when one is of unknown outcome.
    var acknowledged: Int32
    /// The position of its first write; -1 for none.
    var writer: Int32
    /// The process of its first write.
    var process: Int32
    var writeCount: Int32
    var isInitial: Bool { writeCount == 0 }
  }

  let history: History
  let order: Order
  private(set) var all: [Version] = []
  /// By operation: its version; -1 for none.
  private(set) var ofOperation: [Int32]
  /// By operation: the number of its key.
  private(set) var keyOfOperation: [Int32]
  /// Reads of a value that nobody wrote and that is not what was there at first.
  private(set) var foreign: [Int32] = []
  private(set) var readCount = 0
  private(set) var keyCount = 0
  private let writeFunction: FunctionID?
  private let readFunction: FunctionID?

  /// - Parameter initial: what registers hold before the first write, apart from nil and 0.
  init(_ history: History, order: Order, initial: String?) {
    self.history = history
    self.order = order
    writeFunction = history.function("write")
    readFunction = history.function("read")
    ofOperation = Array(repeating: -1, count: history.operations.count)
    keyOfOperation = ofOperation
    var numbers = Numbers()
    let writers = ["write", "cas", "delete"].compactMap { history.function($0) }
    for (position, operation) in history.operations.enumerated() {
      guard writers.contains(operation.function), operation.outcome != .fail else { continue }
      let version = number(written(by: operation), operation, position, &numbers)
      note(operation, at: position, version)
    }
    for (position, operation) in history.operations.enumerated() {
      guard isRead(operation), operation.outcome == .ok else { continue }
      readCount += 1
      let version = number(operation.result, operation, position, &numbers)
      ofOperation[position] = Int32(version)
      let isStart = isStart(operation.result, initial)
      if all[version].isInitial && !isStart { foreign.append(Int32(position)) }
      // Nobody's value, or what may have been there at first and was written later: nothing
      // follows from it.
      if all[version].isInitial != isStart { ofOperation[position] = -1 }
    }
    keyCount = numbers.keys.count
  }

  private struct Numbers {
    var keys = Elements()
    var values = Elements()
    var versions = Numbering()
  }

  /// Whether a value may have been there before anything was written.
  private func isStart(_ value: Value, _ initial: String?) -> Bool {
    if value.isNone || value.smallInteger == 0 { return true }
    guard let initial else { return false }
    return initial == (history.values.text(value) ?? history.values.describe(value))
  }

  /// What an operation leaves in the register: the new value of a `[old new]`, nil of a deletion.
  private func written(by operation: Operation) -> Value {
    if isWrite(operation) { return operation.argument }
    return history.values.elements(operation.argument)?.last ?? .none
  }

  func isWrite(_ operation: Operation) -> Bool { operation.function == writeFunction }
  func isRead(_ operation: Operation) -> Bool { operation.function == readFunction }

  private mutating func number(
    _ value: Value, _ operation: Operation, _ position: Int, _ numbers: inout Numbers
  ) -> Int {
    let key = numbers.keys.number(operation.key, history)
    keyOfOperation[position] = Int32(key)
    let pair = UInt64(key) << 32 | UInt64(numbers.values.number(value, history))
    let version = numbers.versions.number(pair)
    guard version == all.count else { return version }
    all.append(
      Version(
        key: Int32(key), value: value, begun: -1, acknowledged: -1, writer: -1, process: -1,
        writeCount: 0))
    return version
  }

  private mutating func note(_ write: Operation, at position: Int, _ version: Int) {
    ofOperation[position] = Int32(version)
    if all[version].writeCount == 0 {
      all[version].begun = write.invocationIndex
      all[version].writer = Int32(position)
      all[version].process = write.process
    }
    all[version].writeCount += 1
    all[version].acknowledged = max(all[version].acknowledged, write.deadlineIndex)
  }

  /// Whether the first version is certainly older than the second.
  func isOlder(_ first: Int32, than second: Int32) -> Bool {
    let (a, b) = (all[Int(first)], all[Int(second)])
    if first == second || b.isInitial { return false }
    if a.isInitial { return true }
    switch order {
    case .realTime: return a.acknowledged < b.begun
    case .values:
      guard let left = history.values.integer(a.value), let right = history.values.integer(b.value)
      else { return false }
      return left < right
    }
  }

  /// The one of two versions that demands more of a read: a version is certainly older than it
  /// whenever it is older than the other.
  func stricter(_ first: Int32, _ second: Int32) -> Int32 {
    let (a, b) = (all[Int(first)], all[Int(second)])
    if a.isInitial { return second }
    if b.isInitial { return first }
    switch order {
    case .realTime: return b.begun > a.begun ? second : first
    case .values: return isOlder(first, than: second) ? second : first
    }
  }

  func describe(_ version: Int32) -> String { history.values.describe(all[Int(version)].value) }

  /// ` of key 7`, or nothing for a history without keys.
  func suffix(_ operation: Operation) -> String {
    operation.key.isNone ? "" : " of key \(history.values.describe(operation.key))"
  }

  /// Whether one version is known by only one write, so that seeing it again is going back to it.
  func isUnique(_ version: Int32) -> Bool { all[Int(version)].writeCount == 1 }

  /// The settings that every checker of versions shares.
  static let schema = Schema([
    ServiceFrame.workload, Order.key,
    .init("initial", .text, "What a register holds before it is written, apart from nil and 0."),
  ])

  func doubtForeign(_ judgement: inout Judgement) {
    guard !foreign.isEmpty else { return }
    let values = foreign.prefix(5).map {
      history.values.describe(history.operations[Int($0)].result)
    }
    judgement.doubt(
      "\(Wording.count(foreign.count, "read")) returned what nobody is known to have written "
        + "(\(values.joined(separator: ", "))); if it was there before, say so with `initial`.")
  }
}
