/// What the operations of one function carry: what workloads offer and checkers ask for, so that
/// neither needs to know the other.
public struct Signature: Hashable, Sendable {
  /// What a value is, as far as a checker must tell.
  public enum Shape: Hashable, Sendable {
    /// No value at all.
    case nothing
    /// One number or text.
    case scalar
    /// A list of scalars.
    case list
    /// A map from keys to values.
    case map
    /// A list of micro-operations.
    case transaction
    /// Whatever it is; only for what is asked.
    case any
  }

  /// The function's name in the history: `add`, `read`.
  public let function: String
  /// What it is invoked with.
  public let argument: Shape
  /// What it completes with.
  public let result: Shape

  /// The operations of one function, which carry whatever they do where no shape is given.
  public init(_ function: String, argument: Shape = .any, result: Shape = .any) {
    self.function = function
    self.argument = argument
    self.result = result
  }

  /// Whether an operation of this signature is what another asks for.
  public func serves(_ wanted: Signature) -> Bool {
    func fits(_ offered: Shape, _ asked: Shape) -> Bool {
      asked == .any || offered == .any || offered == asked
    }
    return function == wanted.function && fits(argument, wanted.argument)
      && fits(result, wanted.result)
  }
}
