public import Basics
public import Linux

/// Why a clock could not be moved, or moved back.
public enum ClocksError: Error, Sendable {
  /// The machine said no.
  case system(Errno)
  /// These processes keep the clock they had.
  case unmoved(InstanceID, [ProcessClock])
  /// Another movement of that name is there already.
  case movedAlready(InstanceID, String)
}

extension ClocksError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .unmoved(let instance, let clocks):
      "\(clocks.count) processes of \(instance) keep their clocks: "
        + clocks.prefix(3).map(\.description).joined(separator: "; ")
    case .movedAlready(let instance, let name): "\(name) moves the clock of \(instance) already"
    }
  }
}
