public import Basics

/// A node on which no process can be started: its table of processes is full.
///
/// It is filled with idle processes up to the bound that the node has (`limits` of the stack). Confirmed by
/// a start on the node that the kernel refuses (EAGAIN), to the end.
public struct ProcessTableFull: ResourceFault {
  public static let name = "process-table-full"
  public static let summary =
    "Fills a node with idle processes up to its bound ('limits: {processes: N}'): none can be started."
  public static let schema = Schema.empty
  public static let aim = Aim.nodes
  public static let mustLast = true
  public static let meansBareNodes = true
  public static let confirmation =
    "By a process that is to be started on the node and that the kernel refuses (EAGAIN); it must still hold "
    + "when it is healed."

  public init(_ settings: Settings) throws(FaultSettingsError) {}

  /// Processes are started one by one until there is no room.
  public var leastLength: Duration { .seconds(3) }

  public var text: String { "fill the process table of" }

  var squeeze: Squeeze { .processes }

  func judge(_ reading: SqueezeReading, of subject: Squeezed) -> Confirmation {
    guard case .processes(let table) = reading else { return unfit(subject) }
    return table.isRefused
      ? .yes(
        "a start on \(subject) was refused: \(table.fillers) idle processes fill it up to \(table.limit)"
      )
      : .notYet("a process could be started on \(subject) beside \(table.fillers) idle ones")
  }
}
