internal import CLinux
internal import Glibc

/// A terminal that a person sits at, and what a program must do to it to get every key.
public struct Terminal: Sendable {
  private let raw: Int32

  /// - Returns: nil when the descriptor is no terminal.
  public init?(_ raw: Int32) {
    guard isatty(raw) == 1 else { return nil }
    self.raw = raw
  }

  /// Passes every key on as it is, until `restore`.
  public func makeRaw() throws(Errno) -> Saved {
    var bytes = [UInt8](repeating: 0, count: Int(CL_TERMINAL_STATE_BYTES))
    try Errno.check(
      unsafe cl_terminal_make_raw(raw, &bytes), "take the terminal's keys as they are")
    return Saved(bytes: bytes)
  }

  /// Puts the terminal back as `makeRaw` found it, once all output is out (tcsetattr(3),
  /// `TCSADRAIN`).
  public func restore(_ saved: Saved) throws(Errno) {
    try Errno.check(
      unsafe cl_terminal_restore(raw, saved.bytes), "give the terminal back as it was")
  }

  /// Gives another terminal the size of this one's window.
  public func copySize(to other: Int32) throws(Errno) {
    try Errno.check(cl_terminal_copy_size(raw, other), "pass the window's size on")
  }

  /// What a terminal was like.
  public struct Saved: Sendable {
    fileprivate let bytes: [UInt8]
  }
}

/// A terminal of our making: what is written to one end a program reads from the other as typed
/// (pty(7)).
public struct PseudoTerminal: ~Copyable, Sendable {
  /// Our end. Reading fails with EIO once nobody has the other end open any more.
  public let ours: Descriptor
  /// The end of the program that is to think it sits at a terminal.
  public let theirs: Descriptor

  /// Opens both ends, close-on-exec; neither becomes this process's own terminal.
  public init() throws(Errno) {
    var ends: [Int32] = [-1, -1]
    try Errno.check(unsafe cl_terminal_open(&ends), "make a terminal")
    ours = Descriptor(owning: ends[0])
    theirs = Descriptor(owning: ends[1])
  }

  /// Takes over what `release` gave away.
  public init(ours: Int32, theirs: Int32) {
    self.ours = Descriptor(owning: ours)
    self.theirs = Descriptor(owning: theirs)
  }

  /// Lets a user open the end of the program anew, as programs do by its name.
  public borrowing func give(to account: Account) throws(Errno) {
    let raw = theirs.raw
    try Errno.retrying("give a terminal to \(account.name)") {
      fchown(raw, account.user, account.group)
    }
  }

  /// Gives the numbers of both ends away: who takes them closes them.
  public consuming func release() -> (ours: Int32, theirs: Int32) {
    (ours.release(), theirs.release())
  }
}
