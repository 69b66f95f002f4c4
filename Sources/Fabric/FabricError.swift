internal import Glibc

/// What the machine refused the fabric.
public enum FabricError: Error, Hashable, Sendable {
  /// A system call failed: what was attempted, and its errno.
  case refused(attempt: String, errno: Int32)
  /// libpcap could not open or write a capture: the file, and its words.
  case capture(path: String, reason: String)
  /// The switch was told about a segment it was not made with.
  case unknownSegment(SegmentID)
  /// No port is attached for this node and segment (nil: any segment).
  case unknownPort(node: String, segment: SegmentID?)
}

extension FabricError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let attempt, let errno):
      "cannot \(attempt): \(Self.words(of: errno))"
    case .capture(let path, let reason): "cannot write the capture \(path): \(reason)"
    case .unknownSegment(let segment): "the fabric has no segment \(segment)"
    case .unknownPort(let node, let segment):
      "node \(node) has no port" + (segment.map { " in segment \($0)" } ?? "")
    }
  }
}

extension FabricError {
  /// What the system calls an errno.
  static func words(of errno: Int32) -> String { unsafe String(cString: strerror(errno)) }
}

/// The count or descriptor that a CLinux function answered, or what its negated errno means.
func checked(_ answer: some SignedInteger, _ attempt: @autoclosure () -> String)
  throws(FabricError) -> Int
{
  guard answer >= 0 else { throw .refused(attempt: attempt(), errno: Int32(-answer)) }
  return Int(answer)
}
