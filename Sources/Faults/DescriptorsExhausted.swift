public import Basics

/// A server whose processes have no file descriptor left: no file can be opened, no connection taken
/// (EMFILE). What they close they may open again.
///
/// Confirmed by the limit that the kernel shows for each process, and by the numbers of its open files.
public struct DescriptorsExhausted: ResourceFault {
  public static let name = "descriptors-exhausted"
  public static let showsOnDemand = true
  public static let summary =
    "Lowers the limit on open files of each process of a component to what it has open."
  public static let schema = Schema.empty
  public static let aim = Aim.nodesOrInstances
  public static let confirmation =
    "By the limit that the kernel shows for each process, and each having been seen with no number left."

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  public var text: String { "take the free descriptors of" }

  var squeeze: Squeeze { .descriptors }

  func judge(_ reading: SqueezeReading, of subject: Squeezed) -> Confirmation {
    guard case .descriptors(let processes) = reading else { return unfit(subject) }
    guard !processes.isEmpty else { return .notYet("\(subject) has no process") }
    for process in processes {
      let who = "process \(process.process) of \(subject)"
      guard process.limit == process.intended else {
        return .notYet("\(who) may open \(process.limit) files, not \(process.intended)")
      }
      guard process.wasFull else { return .notYet("\(who) still has a descriptor left") }
    }
    let open = processes.map(\.open)
    return .yes(
      "\(subject) has no descriptor left: \(processes.count) processes, \(open.min() ?? 0) to "
        + "\(open.max() ?? 0) open")
  }
}
