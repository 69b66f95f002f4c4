/// Whose element a number is: every workload of a run that adds elements owns a range of numbers
/// of its own, so that workloads may share one store.
///
/// The mark is the number's high part. Workload w of a run, counted from 0, owns the numbers from
/// w·10⁸ + 1 up to, and without, (w + 1)·10⁸: whole numbers that any store keeps in 64 bits.
public struct ElementMark: Hashable, Sendable {
  /// How far apart the ranges of two workloads begin.
  public static let spacing: Int64 = 100_000_000

  /// The position of the workload in its experiment, from 0.
  public let workload: Int
  /// The positions of the other workloads of the run that add elements.
  public let others: Set<Int>

  /// The mark of a workload that has its stores to itself.
  public static let alone = ElementMark(workload: 0)

  /// The caller promises a position that is not negative.
  public init(workload: Int, others: Set<Int> = []) {
    precondition(workload >= 0)
    self.workload = workload
    self.others = others.subtracting([workload])
  }

  /// The element that the workload's request number `sequence` (from 0) adds.
  ///
  /// The caller promises fewer than 10⁸ requests, days of the fastest traffic that clients send.
  public func element(_ sequence: Int) -> Int64 {
    guard sequence >= 0, sequence < Self.spacing - 1 else {
      fatalError("a workload has no element for its request number \(sequence)")
    }
    return Int64(workload) * Self.spacing + Int64(sequence) + 1
  }

  /// Which workload's mark a number carries; nil for a number that is in nobody's range.
  public static func workload(of element: Int64) -> Int? {
    element > 0 && element % spacing != 0 ? Int(element / spacing) : nil
  }

  /// The number carries the mark of another workload of the same run. A number that no workload
  /// of the run can have added is nobody's, not another's.
  public func isAnothers(_ element: Int64) -> Bool {
    Self.workload(of: element).map { others.contains($0) } ?? false
  }
}
