/// Which operation each process has in flight: an array for the small process numbers that
/// nearly every history uses, a dictionary for the rest.
package struct PendingOperations: Sendable {
  private static let smallLimit: Int32 = 1 << 16
  /// By process; zero for none, else the operation's position plus one.
  private var small: [UInt32] = []
  private var large: [Int32: Int] = [:]

  /// No process has an operation in flight.
  package init() {}

  /// False when the process has an operation in flight already.
  package mutating func begin(_ operation: Int, on process: Int32) -> Bool {
    guard process >= 0, process < PendingOperations.smallLimit else {
      guard large[process] == nil else { return false }
      large[process] = operation
      return true
    }
    let slot = Int(process)
    if slot >= small.count {
      small.append(contentsOf: repeatElement(0, count: slot + 1 - small.count))
    }
    guard small[slot] == 0 else { return false }
    small[slot] = UInt32(operation + 1)
    return true
  }

  /// The operation that was in flight; nil when there was none.
  package mutating func end(on process: Int32) -> Int? {
    guard process >= 0, process < PendingOperations.smallLimit else {
      return large.removeValue(forKey: process)
    }
    guard let operation = operation(of: process) else { return nil }
    small[Int(process)] = 0
    return operation
  }

  func operation(of process: Int32) -> Int? {
    guard process >= 0, process < PendingOperations.smallLimit else { return large[process] }
    guard Int(process) < small.count, small[Int(process)] != 0 else { return nil }
    return Int(small[Int(process)]) - 1
  }
}
