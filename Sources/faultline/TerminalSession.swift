import Glibc
import Harness
import Linux
import Nodes
import YAML

/// A command in a node that has a terminal of its own, shown at the user's: keys go there as they
/// are, so Ctrl-C interrupts the command and not us.
///
/// The terminal is made here and its other end handed to the stack; should the stack die, this end
/// sees it and gives the user's terminal back as it was.
enum TerminalSession {
  private static let passed = [SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT]
  /// How long what a command wrote last may take from its terminal to ours.
  private static let lastWords: Int64 = 2_000_000_000

  /// Runs a command to its end.
  ///
  /// - Parameter user: nil for root.
  /// - Returns: its exit code.
  /// - Throws: `UsageError` when the stack refused; whatever happens, the terminal is as it was.
  static func run(
    _ command: [String], on node: String, as user: String?, _ live: borrowing LiveConnection
  ) throws -> Int32 {
    Signals.block(passed)
    let own = Terminal(STDIN_FILENO)
    let ours = try begin(command, on: node, as: user, own, live)
    let saved = try own?.makeRaw()
    let bytes: [UInt8]
    do { bytes = try pump(ours.raw, own, saved, live) } catch {
      if let own, let saved { try own.restore(saved) }
      throw error
    }
    if let own, let saved { try own.restore(saved) }
    return try LiveConnection.read(bytes)["code"]?.text.flatMap { Int32($0) } ?? 3
  }

  /// Has the node make a terminal.
  ///
  /// - Returns: our end of it, of the size of our own terminal.
  private static func begin(
    _ command: [String], on node: String, as user: String?, _ own: Terminal?,
    _ live: borrowing LiveConnection
  ) throws -> Descriptor {
    let kind = getenv("TERM").map { String(cString: $0) } ?? "xterm-256color"
    let socket = try Descriptor.releasingPair()
    let one = Descriptor(owning: socket.one)
    do {
      let other = Descriptor(owning: socket.other)
      try live.begin(
        .exec(.init(command, on: node, as: user, terminal: kind)), files: [other.raw])
    }
    guard let ours = try Descriptor.receive(over: one.raw) else {
      // It was refused, and the answer says why.
      _ = try LiveConnection.read(try live.answer())
      throw UsageError("the stack made no terminal on \(node)")
    }
    if let own { try own.copySize(to: ours.raw) }
    try one.write([1])
    return ours
  }

  /// Passes bytes both ways until the stack answers that the command has ended.
  private static func pump(
    _ ours: Int32, _ own: Terminal?, _ saved: Terminal.Saved?, _ live: borrowing LiveConnection
  ) throws -> [UInt8] {
    _ = try Thread(named: "keys") { passKeys(to: ours) }
    _ = try Thread(named: "signals") { obey(ours, own, saved) }
    var isOpen = true
    while true {
      let ready = try Poll.wait([live.descriptor, isOpen ? ours : -1])
      if ready[1] { isOpen = try show(ours) }
      if ready[0] { break }
    }
    let answer = try live.answer()
    let deadline = MonotonicClock.nanoseconds + lastWords
    while isOpen, try Poll.wait([ours], until: deadline)[0] { isOpen = try show(ours) }
    return answer
  }

  /// False once nobody has the other end any more.
  private static func show(_ ours: Int32) throws -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count: Int
    do throws(Errno) {
      count = try Errno.retrying("read a terminal") { read(ours, &bytes, bytes.count) }
    } catch {
      if error.code == EIO { return false }
      throw error
    }
    try write(bytes[..<count], to: STDOUT_FILENO)
    return count > 0
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(Errno) {
    var rest = bytes
    while !rest.isEmpty {
      let done = try Errno.retrying("write to a terminal") {
        rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(done)
    }
  }

  /// What is typed, or piped in; the end of a pipe is the key that ends input.
  private static func passKeys(to ours: Int32) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      if count < 0, errno == EINTR { continue }
      let passed = count > 0 ? bytes[..<count] : [4]
      guard (try? write(passed, to: ours)) != nil, count > 0 else { return }
    }
  }

  /// The window's size follows; whoever ends us gets the terminal back first.
  private static func obey(_ ours: Int32, _ own: Terminal?, _ saved: Terminal.Saved?) {
    while true {
      let signal = Signals.wait(for: passed)
      if signal == SIGWINCH {
        // A window that is just going away has no size to pass on.
        try? own?.copySize(to: ours)
      } else {
        if let own, let saved { try? own.restore(saved) }
        _exit(128 + signal)
      }
    }
  }
}
