import Histories

/// Decides registers whose written values are all different, in time linear in the history.
///
/// All operations on one value form a cluster: its write and the reads that saw it. Its zone runs
/// from the earliest completion `low` to the latest invocation `high`: the value was certainly
/// there in between. When `low < high` the zone is forward, else backward (from `high` to `low`:
/// the value fits in a single moment of it). A history of complete operations is linearizable
/// exactly when no read completes before its write begins or lacks a write, no two forward zones
/// overlap, and no backward zone lies inside a forward zone (Gibbons and Korach 1997).
///
/// A write of unknown outcome that no read saw is left out: it need never happen. One that was
/// seen has no completion of its own, so the reads alone bound its zone. The initial value's
/// write completed before everything. Event positions are dense whole numbers, so an array over
/// positions takes the place of sorting, for all keys at once.
struct Zones {
  private var table: ClusterTable
  private var keyTable = KeyTable()
  /// By key: something other than reads and writes of different values.
  private(set) var isUnsuitable: [Bool] = []
  /// Whether any read was judged.
  private(set) var isConstrained = false
  private var lastPosition: Int32 = 0
  /// By key: how many operations were taken into account.
  private(set) var operationCounts: [Int] = []

  /// Reads a history.
  init(_ history: History, _ context: inout ModelContext, keyed: Bool) {
    table = ClusterTable(expected: history.operations.count / 2)
    for position in history.operations.indices {
      take(history.operations[position], &context, keyed: keyed)
    }
  }

  private mutating func take(
    _ operation: Operation, _ context: inout ModelContext, keyed: Bool
  ) {
    lastPosition = max(lastPosition, operation.invocationIndex)
    guard context.counts(operation) else { return }
    switch context.role(of: operation) {
    case .read:
      guard operation.outcome == .ok else { return }
      let target = keyed ? context.target(of: operation) : operation.target
      guard let value = context.observed(target.result) else { return }
      let key = number(of: target.key)
      isConstrained = true
      operationCounts[Int(key)] += 1
      lastPosition = max(lastPosition, operation.completionIndex)
      table.read(value, key: key, from: operation.invocationIndex, to: operation.completionIndex)
    case .write:
      let target = keyed ? context.target(of: operation) : operation.target
      let key = number(of: target.key)
      operationCounts[Int(key)] += 1
      if operation.outcome == .ok { lastPosition = max(lastPosition, operation.completionIndex) }
      let isFirst = table.write(
        context.canonical(target.argument), key: key, from: operation.invocationIndex,
        to: operation.deadlineIndex)
      if !isFirst { isUnsuitable[Int(key)] = true }
    default:
      isUnsuitable[Int(number(of: operation.key))] = true
    }
  }

  var keys: [Value] { keyTable.keys }

  private mutating func number(of key: Value) -> Int32 {
    let number = keyTable.number(of: key)
    if Int(number) == isUnsuitable.count {
      isUnsuitable.append(false)
      operationCounts.append(0)
    }
    return number
  }
}

extension Operation {
  fileprivate var target: (key: Value, argument: Value, result: Value) {
    (key, argument, result)
  }
}

extension Zones {
  /// The first thing wrong with each key that has something wrong, in the order of keys.
  mutating func conflicts(initial: Value) -> [ZoneConflict] {
    var found: [Int32: ZoneConflict] = [:]
    func note(_ key: Int32, _ conflict: ZoneConflict.Kind) {
      if found[key] == nil { found[key] = ZoneConflict(key: keys[Int(key)], kind: conflict) }
    }
    var last = [Zone](repeating: .none, count: keys.count)
    markInitial(initial, &last)
    var zoneAt = ContiguousArray<Int32>(repeating: 0, count: Int(lastPosition) + 2)
    for (index, cluster) in table.clusters.enumerated() {
      if isUnsuitable[Int(cluster.key)] || cluster.isNeverSeen { continue }
      if cluster.value == initial, cluster.isRead, !cluster.isWritten { continue }
      if !cluster.isWritten {
        note(cluster.key, .unwritten(cluster))
      } else if cluster.low < cluster.written {
        note(cluster.key, .early(cluster))
      } else {
        zoneAt[Int(min(cluster.low, cluster.high))] = Int32(index + 1)
      }
    }
    for mark in zoneAt where mark != 0 {
      let cluster = table.clusters[Int(mark - 1)]
      let previous = last[Int(cluster.key)]
      if cluster.isForward {
        if previous.high > cluster.low {
          note(cluster.key, .overlap(table.clusters[Int(previous.cluster)], cluster))
        }
        if previous.high < cluster.high {
          last[Int(cluster.key)] = Zone(cluster: mark - 1, high: cluster.high)
        }
      } else if previous.high > cluster.low {
        note(cluster.key, .inside(table.clusters[Int(previous.cluster)], cluster))
      }
    }
    return keys.indices.compactMap { found[Int32($0)] }
  }

  /// The forward zone of a key that began last: its cluster and its end.
  private struct Zone {
    var cluster: Int32
    var high: Int32

    static let none = Zone(cluster: -1, high: -1)
  }

  /// The initial value's zone begins before everything; writing that value again is a second
  /// write of it, which this check cannot judge once somebody read it.
  private mutating func markInitial(_ initial: Value, _ last: inout [Zone]) {
    for key in keys.indices {
      guard let index = table.find(initial, key: Int32(key)) else { continue }
      let cluster = table.clusters[index]
      guard cluster.isRead else { continue }
      if cluster.isWritten {
        isUnsuitable[key] = true
      } else {
        last[key] = Zone(cluster: Int32(index), high: cluster.high)
      }
    }
  }
}
