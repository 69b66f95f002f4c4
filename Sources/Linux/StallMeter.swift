internal import Basics
internal import Synchronization

/// Tells when threads of this process that should run do not: because the machine is crowded, or
/// the process was stopped. A thread of its own with ordinary priority, as the clients have, sleeps
/// again and again and looks how late it wakes.
public final class StallMeter: Sendable {
  /// How often it looks unless it is said.
  public static let period = Duration.milliseconds(20)
  /// The least oversleep that is told unless it is said.
  public static let threshold = Duration.milliseconds(100)

  private let core: Core
  private let thread: Mutex<Thread?>

  /// Starts to measure.
  ///
  /// - Parameters:
  ///   - threshold: the least oversleep that is told.
  ///   - onStall: called on the meter's thread as soon as that runs again; it must return quickly.
  public init(
    threshold: Duration = StallMeter.threshold, period: Duration = StallMeter.period,
    clock: RunClock, onStall: @escaping @Sendable (Stall) -> Void
  ) throws(Errno) {
    let core = Core(threshold, period, clock, onStall)
    self.core = core
    thread = Mutex(try Thread(named: "heartbeat") { core.run() })
  }

  deinit { end() }

  /// Ends the measuring; no stall is told after it returns. A second call does nothing.
  public func end() {
    core.stop.raise()
    thread.withLock { $0.take() }?.join()
  }

  /// The longest oversleep so far, stall or not: no moment that a thread like this one noted is
  /// known more exactly than that.
  public var longestOversleep: Duration { core.heartbeat.withLock { $0.longestOversleep } }

  /// How often it has looked.
  public var beats: Int { core.heartbeat.withLock { $0.count } }

  /// Measures on the calling thread until the flag is raised: for a thread that lives somewhere
  /// else, such as in a node.
  public static func run(
    threshold: Duration = StallMeter.threshold, period: Duration = StallMeter.period,
    clock: RunClock, until stop: StopFlag, onStall: @escaping @Sendable (Stall) -> Void
  ) {
    Core(threshold, period, clock, onStall, stop: stop).run()
  }
}

private final class Core: Sendable {
  let stop: StopFlag
  let heartbeat: Mutex<Heartbeat>
  private let clock: RunClock
  private let onStall: @Sendable (Stall) -> Void
  private let pressure = ProcessorPressure()

  init(
    _ threshold: Duration, _ period: Duration, _ clock: RunClock,
    _ onStall: @escaping @Sendable (Stall) -> Void, stop: StopFlag = StopFlag()
  ) {
    self.stop = stop
    self.clock = clock
    self.onStall = onStall
    heartbeat = Mutex(
      Heartbeat(
        period: period, threshold: threshold, from: clock.now, processorWait: pressure?.total))
  }

  /// That the thread itself begins late is a stall like any other.
  func run() {
    while !stop.isRaised {
      clock.sleep(until: heartbeat.withLock { $0.next })
      let now = clock.now
      let total = pressure?.total
      if let stall = heartbeat.withLock({ $0.beat(at: now, processorWait: total) }) {
        onStall(stall)
      }
    }
  }
}
