public import Histories

/// One function that a workload invokes: what it carries, and whether it only reads.
///
/// Clients are bound to functions, not to workloads: whoever serves the functions serves the workload.
public struct WorkloadFunction: Hashable, Sendable {
  /// Its name and shapes, as checkers ask for them.
  public let signature: Signature
  /// Reads change nothing: whatever goes wrong, they certainly did not take effect.
  public let isRead: Bool
  /// It takes something out. One of unknown outcome may tell what it may have taken.
  public let takesOut: Bool
  /// The parts of its argument that a binding may name beside `value`: `old` and `new` of a `cas`.
  public let parts: [String]
  /// One sentence: what is asked, and what its argument and its result are.
  public let summary: String

  /// The function's name in the history: `add`, `read`.
  public var name: String { signature.function }

  /// - Parameter parts: names for what a list holds in this order, or the keys of a map.
  public init(
    _ name: String, argument: Signature.Shape = .nothing, result: Signature.Shape = .nothing,
    isRead: Bool = false, takesOut: Bool = false, parts: [String] = [], _ summary: String
  ) {
    signature = Signature(name, argument: argument, result: result)
    self.isRead = isRead
    self.takesOut = takesOut
    self.parts = parts
    self.summary = summary
  }
}
