public import Linux
internal import Synchronization
public import Workloads

/// The node that a host's clients live on, as far as a client has to know it.
public struct ClientGround: Sendable {
  /// The node's name.
  public let node: String
  /// Where a path of the project lies, on the node as on the machine.
  public let place: @Sendable (_ path: String) -> String
  /// Starts a program on the node. Call it from the thread that the host was made on, or one that this
  /// thread started: a client's own thread is inside the node's walls and cannot.
  public let spawn: @Sendable (_ command: [String]) throws(ClientError) -> ClientProgram
  /// Tells the report something.
  public let note: @Sendable (String) -> Void

  /// The closures may be called from any thread, but for what `spawn` says.
  public init(
    node: String, place: @escaping @Sendable (_ path: String) -> String,
    spawn: @escaping @Sendable (_ command: [String]) throws(ClientError) -> ClientProgram,
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.node = node
    self.place = place
    self.spawn = spawn
    self.note = note
  }

  /// Where no program can be started.
  public static let bare = ClientGround(
    node: "", place: { $0 },
    spawn: { (_: [String]) throws(ClientError) in
      throw ClientError.definite("no program can be started here")
    })
}

/// A program that was started for a client, and our ends of its pipes.
public final class ClientProgram: Sendable {
  private let input: Mutex<Descriptor?>
  private let outbox = Mutex(Outbox())
  let output: Descriptor
  let errors: Descriptor
  /// Kills what is left of the program, waits for that, and says how it ended.
  let end: @Sendable () -> String

  /// - Parameter end: kills what is left of it, waits for that, and says how it ended.
  public init(
    input: consuming Descriptor, output: consuming Descriptor, errors: consuming Descriptor,
    end: @escaping @Sendable () -> String
  ) {
    self.input = Mutex(consume input)
    self.output = output
    self.errors = errors
    self.end = end
  }

  /// What became of bytes that were to be written.
  enum Writing: Hashable {
    case whole
    /// Not one byte went out.
    case nothing(String)
    case part(String)
  }

  /// Writes all of it, until a moment of `MonotonicClock`, or leaves it to a thread that is writing now:
  /// so lines of many clients share a system call. The program sees no line inside another.
  ///
  /// The caller gives the program up where it was not taken whole, for lines of others may be lost with it.
  func write(_ text: String, until deadline: Int64) -> Writing {
    let mustWrite = outbox.withLock { outbox in
      outbox.bytes += text.utf8
      defer { outbox.isBusy = true }
      return !outbox.isBusy
    }
    guard mustWrite else { return .whole }
    while let batch = outbox.withLock({ $0.take() }) {
      let writing = write(batch, until: deadline)
      guard writing != .whole else { continue }
      outbox.withLock { $0 = Outbox() }
      if case .nothing(let reason) = writing, batch.count > text.utf8.count { return .part(reason) }
      return writing
    }
    return .whole
  }

  private func write(_ bytes: [UInt8], until deadline: Int64) -> Writing {
    input.withLock { input in
      guard input != nil else { return .nothing("its input was closed") }
      var done = 0
      do throws(Errno) {
        while done < bytes.count {
          // A pipe that is ready takes this much at once (pipe(7), PIPE_BUF).
          let end = min(done + 4096, bytes.count)
          guard try input!.isWritable(until: deadline) else {
            return done == 0 ? .nothing("it reads nothing") : .part("it reads nothing")
          }
          try input!.write(Array(bytes[done..<end]))
          done = end
        }
        return .whole
      } catch {
        return done == 0 ? .nothing(error.reason) : .part(error.reason)
      }
    }
  }

  /// The program reads the end of its input.
  func closeInput() { input.withLock { $0 = nil } }
}

/// Lines that wait for the thread that writes.
private struct Outbox {
  var bytes: [UInt8] = []
  /// A thread writes, and takes what is added meanwhile.
  var isBusy = false

  /// What there is; nil when there is nothing, and then nobody writes any more.
  mutating func take() -> [UInt8]? {
    guard !bytes.isEmpty else {
      isBusy = false
      return nil
    }
    defer { bytes = [] }
    return bytes
  }
}

extension Descriptor {
  fileprivate func isWritable(until deadline: Int64) throws(Errno) -> Bool {
    try Poll.wait([raw], for: .writable, until: deadline)[0]
  }
}
