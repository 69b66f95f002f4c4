internal import Basics
internal import Linux

extension Node {
  /// A process that was started on the node outside the supervisor: it ends with the run at
  /// the latest.
  public struct Tool: Sendable {
    let child: Child
    let room: ToolRooms.Room
    let rooms: ToolRooms

    /// Its number as the runner sees it, not as the node does.
    public var pid: Int32 { child.pid }

    /// Waits for its end; nil when it had not ended at that moment of `MonotonicClock`.
    public func wait(until deadline: Int64) -> Exit? { child.ended.wait(until: deadline) }
    /// Waits for its end, however long that takes.
    public func wait() -> Exit { child.ended.wait() }

    /// Kills it and all it started, and waits until they are gone. Also call it after its end,
    /// for what it may have left.
    public func end() throws(NodesError) {
      try rooms.leave(room, until: Supervisor.deadline)
    }

    /// Sends a signal to the process itself.
    public func send(_ signal: Int32) throws(NodesError) {
      try system { () throws(Errno) in try child.send(signal) }
    }
  }

  /// Starts a command on the node with the given input and output, and returns at once. The
  /// caller ends it with `Tool.end`.
  public func start(_ command: Command) throws(NodesError) -> Tool {
    try requireWhole()
    let room = try system { () throws(Errno) in try tools.take() }
    do throws(NodesError) {
      let child = try space.reaper.start { () throws(NodesError) in
        try room.containment.spawn(command, in: place)
      }
      return Tool(child: child, room: room, rooms: tools)
    } catch {
      try tools.leave(room, until: Supervisor.deadline)
      throw error
    }
  }

  /// Runs a command to its end on the node and returns what it wrote. What it leaves behind is
  /// killed; so is all of it when the time is up. Safe from several threads at once.
  ///
  /// - Parameter limit: bytes kept of each of its two outputs.
  public func run(
    _ command: Command, timeout: Duration, limit: Int = 1 << 20
  ) throws(NodesError) -> Completed {
    let deadline = MonotonicClock.nanoseconds + timeout.nanoseconds
    let output = try system { () throws(Errno) in try Descriptor.pipe() }
    let errors = try system { () throws(Errno) in try Descriptor.pipe() }
    var piped = command
    piped.output = .descriptor(output.writing.raw)
    piped.errors = .descriptor(errors.writing.raw)
    let tool = try start(piped)
    var listener = Listener(output.keepReading(), errors.keepReading(), limit: limit)
    let heard = Result { () throws(NodesError) in
      try system { () throws(Errno) in try listener.listen(to: tool.child, until: deadline) }
    }
    try tool.end()
    let isTimedOut = try !heard.get()
    return Completed(
      exit: tool.wait(), output: listener.output, errors: listener.errors,
      isTimedOut: isTimedOut, isTruncated: listener.isTruncated)
  }
}

/// Collects the two outputs of a child until it ends.
private struct Listener: ~Copyable {
  private let outputEnd: Descriptor
  private let errorEnd: Descriptor
  private let limit: Int
  private(set) var output: [UInt8] = []
  private(set) var errors: [UInt8] = []
  private(set) var isTruncated = false
  private var isOpen = [true, true]

  init(_ output: consuming Descriptor, _ errors: consuming Descriptor, limit: Int) {
    outputEnd = output
    errorEnd = errors
    self.limit = limit
  }

  /// True when the child ended by itself; a daemon it left that still holds its output is
  /// not waited for. False when the deadline passed first.
  mutating func listen(to child: Child, until deadline: Int64) throws(Errno) -> Bool {
    while true {
      let fds = [isOpen[0] ? outputEnd.raw : -1, isOpen[1] ? errorEnd.raw : -1, child.pidfd.raw]
      let ready = try Poll.wait(fds, until: deadline)
      guard ready.contains(true) else { return false }
      if ready[0] { try takeOutput() }
      if ready[1] { try takeErrors() }
      // Its last words may have come between the two looks: the pipes are read first.
      if ready[2] && !ready[0] && !ready[1] { return true }
      if MonotonicClock.nanoseconds >= deadline && !ready[2] { return false }
    }
  }

  private mutating func takeOutput() throws(Errno) {
    let bytes = try outputEnd.read(upTo: 65_536)
    if bytes.isEmpty { isOpen[0] = false }
    isTruncated = isTruncated || output.count + bytes.count > limit
    output += bytes.prefix(max(0, limit - output.count))
  }

  private mutating func takeErrors() throws(Errno) {
    let bytes = try errorEnd.read(upTo: 65_536)
    if bytes.isEmpty { isOpen[1] = false }
    isTruncated = isTruncated || errors.count + bytes.count > limit
    errors += bytes.prefix(max(0, limit - errors.count))
  }
}
