internal import Basics
internal import CLinux
internal import Linux
internal import Synchronization

/// The switch's own thread: it waits, reads, sends on, releases, and between two frames does what
/// other threads asked for. Nobody else touches the core while it runs.
final class SwitchLoop: @unchecked Sendable {
  typealias Command = @Sendable (inout SwitchCore) -> Void

  private struct Requests {
    var commands: [Command] = []
    var isStopping = false
  }

  let poller: Poller
  private var core: SwitchCore
  private let requests = Mutex(Requests())
  private let timing = Mutex(TimingState())

  /// Frames read from one port before another has its turn.
  private static let burst = 16

  init(core: consuming SwitchCore) throws(FabricError) {
    self.core = core
    poller = try Poller()
  }

  /// How the thread is scheduled, and what it was refused.
  struct TimingState {
    var isRealtime = false
    var isRealtimeRefused = false
    var note: String?
  }

  var timingState: TimingState { timing.withLock { $0 } }

  /// Asks the running loop to do something soon.
  func submit(_ command: @escaping Command) {
    requests.withLock { $0.commands.append(command) }
    poller.ring()
  }

  /// Does something at once; only while the loop does not run.
  func execute(_ command: Command) { command(&core) }

  /// Makes `run` return once it has done what was asked for before.
  func requestStop() {
    requests.withLock { $0.isStopping = true }
    poller.ring()
  }

  /// The body of the thread.
  func run() {
    note(cl_thread_sharpen_timers(), "timers are coarse")
    // A real network is not slower because the nodes are busy.
    note(cl_thread_favour(), "a busy machine slows the network down")
    var tokens = [UInt32](repeating: 0, count: 64)
    var isStopping = false
    adjustScheduling()
    while !isStopping {
      let count = poller.wait(&tokens, nanoseconds: core.nanosecondsUntilDue())
      core.release()
      for token in tokens[..<count] {
        if token == Poller.bell {
          isStopping = serveRequests()
        } else {
          serve(port: Int(token))
        }
      }
      core.flushCaptures()
    }
    if cl_thread_set_realtime(0) == 0 { timing.withLock { $0.isRealtime = false } }
  }

  private func serve(port: Int) {
    for _ in 0..<Self.burst {
      switch core.receive(from: port) {
      case .frame: core.release()
      case .nothing: return
      case .failed: return abandon(port)
      }
    }
  }

  /// A device that is gone would be reported ready for ever.
  private func abandon(_ number: Int) {
    guard let port = core.ports[number].port else { return }
    poller.remove(port.tap.descriptor)
    core.vanished.append(PortName(node: port.node, segment: port.segment))
    core.detach(number)
  }

  private func serveRequests() -> Bool {
    poller.clearBell()
    let (commands, isStopping) = requests.withLock { requests in
      defer { requests.commands = [] }
      return (requests.commands, requests.isStopping)
    }
    for command in commands { command(&core) }
    adjustScheduling()
    return isStopping
  }

  /// Real-time priority only while a delay is in use: it is what makes delays exact, and it costs
  /// an idle switch some 50 µs of round trip.
  private func adjustScheduling() {
    let wanted = core.isHolding
    let state = timingState
    guard wanted != state.isRealtime, !state.isRealtimeRefused else { return }
    let answer = cl_thread_set_realtime(wanted ? 1 : 0)
    note(answer, "no real-time priority, delayed frames may leave milliseconds late")
    timing.withLock { timing in
      if answer == 0 { timing.isRealtime = wanted } else { timing.isRealtimeRefused = true }
    }
  }

  private func note(_ answer: Int32, _ consequence: String) {
    guard answer < 0 else { return }
    let text = "\(consequence) (\(Errno(-answer, consequence).reason))"
    timing.withLock { $0.note = $0.note.map { "\($0); \(text)" } ?? text }
  }
}

extension SwitchCore {
  /// How long the thread may sleep; negative: until something happens.
  func nanosecondsUntilDue() -> Int64 {
    var due = queue.nextDue
    for capture in captures {
      if let flush = capture.nextDue { due = min(due ?? flush, flush) }
    }
    guard let due else { return -1 }
    return max(0, due.nanoseconds - clock.now.nanoseconds)
  }

  mutating func flushCaptures() {
    guard !captures.isEmpty else { return }
    let now = clock.now
    for index in captures.indices { captures[index].flush(at: now) }
  }
}
