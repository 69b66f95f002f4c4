internal import CLinux
internal import Glibc

/// The machine said no: the error code and what was attempted, for a sentence a person can act on.
public struct Errno: Error, Hashable, Sendable {
  /// The number, positive as in `errno.h`.
  public let code: Int32
  /// What was attempted, with its object: `open /dev/net/tun`.
  public let attempt: String

  /// An error with a positive code, of what was attempted.
  public init(_ code: Int32, _ attempt: String) {
    self.code = code
    self.attempt = attempt
  }

  /// The error of the C call that just failed on this thread.
  public static func last(_ attempt: String) -> Errno { Errno(cl_errno(), attempt) }

  /// Passes a result of the `-errno` convention on, or throws it.
  @discardableResult
  public static func check<I: SignedInteger>(
    _ result: I, _ attempt: @autoclosure () -> String
  ) throws(Errno) -> I {
    guard result < 0 else { return result }
    throw Errno(Int32(-result), attempt())
  }

  /// Passes a result of the `-1 and errno` convention on, or throws `errno`; an interrupted
  /// call is repeated.
  @discardableResult
  public static func retrying<I: SignedInteger>(
    _ attempt: @autoclosure () -> String, _ call: () -> I
  ) throws(Errno) -> I {
    while true {
      let result = call()
      if result >= 0 { return result }
      let code = cl_errno()
      if code != EINTR { throw Errno(code, attempt()) }
    }
  }

  /// That the kernel knows no IPv6, where something needs it.
  public static func noIPv6(_ attempt: String) -> Errno { Errno(EAFNOSUPPORT, attempt) }

  /// The thing is not there (any more).
  public var isGone: Bool { [ENOENT, ENODEV, EADDRNOTAVAIL, ESRCH].contains(code) }
  /// The thing is there already.
  public var isThere: Bool { code == EEXIST }
  /// There is no room left where the file lies.
  public var isDiskFull: Bool { code == ENOSPC }
  /// The kernel does not know the call or what was asked of it.
  public var isUnsupported: Bool { [ENOSYS, EINVAL].contains(code) }
  /// A network that cannot be reached now.
  public var isUnreachable: Bool { [ENETDOWN, ENETUNREACH, EHOSTUNREACH].contains(code) }

  /// The system's own sentence for the code.
  public var reason: String {
    var text = [CChar](repeating: 0, count: 128)
    guard unsafe strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
    return unsafe text.withUnsafeBufferPointer { text in
      unsafe text.baseAddress.map { unsafe String(cString: $0) } ?? ""
    }
  }
}

extension Errno: CustomStringConvertible {
  public var description: String { "\(attempt): \(reason)" }
}
