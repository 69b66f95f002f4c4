import Basics
import Experiments
import Faults
import Linux
import Synchronization

/// What a run by hand and the people who steer it tell each other: orders for the nemesis, that it is to
/// end, and what came of it. May be used from any thread.
final class LiveSession: Sendable {
  /// Told where it leaves everything, and where the time went, a line per step.
  typealias Ready = @Sendable (RunFolder, [String]) throws -> Void

  private let inbox = Mutex(Inbox())
  /// Set with every order, so that the nemesis wakes at once; a new one each time it has.
  private let bell = Mutex(Latch<Void>())
  private let refusals = Mutex<[Int: String]>([:])
  private let over = StopFlag()
  private let ready = Handover<Ready>()
  /// What came of it, once its reports are written.
  let closing = Latch<JSON>()
  /// Answers people; there once the stack is up.
  let control = Handover<ControlService>()

  /// Whether somebody asked it to end.
  var isOver: Bool { over.isRaised }

  /// Whether it was said to be ready; from then on an end is no interruption.
  var isReady: Bool { ready.value == nil }

  /// - Parameter onReady: called once.
  init(onReady: @escaping Ready) { ready.value = onReady }

  /// Says that people may begin.
  func begin(_ folder: RunFolder, _ steps: [String]) throws {
    let say = ready.value
    ready.value = nil
    try say?(folder, steps)
  }

  /// Asks for its end: everything is healed, judged where there is traffic, and reported.
  func end() {
    over.raise()
    ring()
  }

  /// Asks for a step; its id.
  func inject(_ step: Step) -> Int {
    defer { ring() }
    return inbox.withLock { $0.inject(step) }
  }

  /// The id that the next step gets.
  var nextID: Int { inbox.withLock { $0.nextID } }

  /// Asks for something else.
  func add(_ order: Inbox.Order) {
    inbox.withLock { $0.add(order) }
    ring()
  }

  /// For the nemesis: what was asked since it last looked.
  func take() -> [Inbox.Order] { inbox.withLock { $0.take() } }

  /// For the nemesis: a step that was not done, and why.
  func refuse(_ step: Step, _ error: FaultError) {
    refusals.withLock { $0[step.id] = error.reason }
  }

  /// Why a step was not done; nil where it was, or nobody knows yet.
  func refusal(of id: Int) -> String? { refusals.withLock { $0[id] } }

  /// For the nemesis: sleeps so long, or until somebody asks for something.
  func sleep(_ length: Duration) {
    let rings = bell.withLock { $0 }
    guard rings.wait(until: MonotonicClock.nanoseconds + length.nanoseconds) != nil else { return }
    bell.withLock { $0 = Latch() }
  }

  private func ring() { bell.withLock { $0 }.set(()) }
}
