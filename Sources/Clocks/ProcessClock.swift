public import Basics
internal import CLinux
internal import Glibc
internal import Linux

/// What was found in one process: how its clock is moved, or why it is not.
public struct ProcessClock: Hashable, Sendable {
  /// As the runner sees it.
  public let pid: Int32
  /// Its program's name, at most 15 bytes of it; empty once it is gone.
  public let name: String
  /// What the machine said, as a positive `errno`; nil where all is well.
  public let failure: Int32?
  /// Every function that tells the time is diverted.
  public let isMoved: Bool
  /// At least one is.
  public let isTouched: Bool
  /// Reading it takes no system call.
  public let isFast: Bool
  /// How many threads were stopped for it; 0 where it needed no stop.
  public let threads: Int
  /// For how long.
  public let stop: Duration
  /// What is in force there.
  public let shift: ClockShift

  /// It ended meanwhile.
  public var isGone: Bool { failure == ESRCH }

  /// It is about to execute a program, or something else that the next look will find done.
  var isBusy: Bool { failure == EAGAIN }

  init(_ answer: cl_clock_answer) {
    pid = answer.pid
    failure = answer.result < 0 ? -answer.result : nil
    isMoved = answer.is_moved != 0
    isTouched = answer.is_touched != 0
    isFast = answer.is_fast != 0
    threads = Int(answer.threads)
    stop = .microseconds(Int64(answer.stop_us))
    shift = ClockShift(answer.shift)
    let isWanted = answer.result < 0 || answer.is_moved == 0
    name = isWanted ? Self.name(of: answer.pid) : ""
  }

  private static func name(of pid: Int32) -> String {
    String(((try? Files.read("/proc/\(pid)/comm")) ?? "").prefix { $0 != "\n" })
  }

  private var reason: String {
    switch failure {
    case nil: isMoved ? "moved" : "not moved"
    case EPERM, EACCES: "it is traced by another program, or must not be traced"
    case ENOEXEC: "it is no 64-bit program of this kernel's kind"
    case ENOSPC: "there is no room behind its vDSO"
    case ETIMEDOUT: "it could not be stopped"
    case EEXIST: "another build of Faultline has changed it"
    case let code?: Errno(code, "").reason
    }
  }
}

extension ProcessClock: CustomStringConvertible {
  /// `process 12 (server): it could not be stopped`.
  public var description: String {
    "process \(pid)\(name.isEmpty ? "" : " (\(name))"): \(reason)"
  }
}

extension ClockShift {
  /// The kernel side counts a rate in parts of 2^32.
  private static let unit = 4_294_967_296.0

  init(_ shift: cl_clock_shift) {
    self.init(
      offset: .nanoseconds(shift.offset),
      rate: Int64((Double(shift.rate) / Self.unit * 1e9).rounded()), since: shift.base)
  }

  var parameters: cl_clock_shift {
    cl_clock_shift(
      offset: offset.nanoseconds, base: since,
      rate: Int64((Double(rate) / 1e9 * Self.unit).rounded()))
  }
}
