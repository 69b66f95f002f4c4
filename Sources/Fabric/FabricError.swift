public import Linux
public import Links

/// What the machine refused the fabric.
public enum FabricError: Error, Hashable, Sendable {
  /// A system call failed.
  case refused(Errno)
  /// A capture could not be opened or written: the file, and the machine's words.
  case capture(path: String, reason: String)
  /// The switch was told about a segment it was not made with.
  case unknownSegment(SegmentID)
  /// No port is attached for this node and segment (nil: any segment).
  case unknownPort(node: String, segment: SegmentID?)
}

extension FabricError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let error): "cannot \(error)"
    case .capture(let path, let reason): "cannot write the capture \(path): \(reason)"
    case .unknownSegment(let segment): "the fabric has no segment \(segment)"
    case .unknownPort(let node, let segment):
      "node \(node) has no port" + (segment.map { " in segment \($0)" } ?? "")
    }
  }
}

/// The count or descriptor that a CLinux function answered, or what its negated errno means.
func checked(_ answer: some SignedInteger, _ attempt: @autoclosure () -> String)
  throws(FabricError) -> Int
{
  try refusing { () throws(Errno) in Int(try Errno.check(answer, attempt())) }
}

/// Runs a call of the `Linux` module and wraps its error.
func refusing<Result>(_ body: () throws(Errno) -> Result) throws(FabricError) -> Result {
  do throws(Errno) { return try body() } catch { throw .refused(error) }
}
