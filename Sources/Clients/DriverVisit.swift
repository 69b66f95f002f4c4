internal import Basics
internal import Bindings
internal import Linux
internal import Workloads

/// A driver's program that is spoken to line by line, from one thread.
final class DriverVisit {
  private let program: ClientProgram
  private var lines = DriverLines()
  /// Answers that came and were not waited for yet.
  private var answers: [DriverAnswer] = []
  private var words = LastWords(longest: 2048)
  /// What went wrong first; what is said where an answer is missing.
  private(set) var trouble = "no answer"
  private var isOver = false

  init(_ declaration: DriverDeclaration, in ground: ClientGround) throws(ClientError) {
    program = try ground.spawn(declaration.command(in: ground.place(declaration.folder)))
  }

  /// What it says to its first line, within 10 s.
  func greet(serving functions: [WorkloadFunction]) -> DriverAnswer? {
    send(.initialize(node: "local", options: .object([]), functions: functions))
    return answer({ if case .initialized = $0 { true } else { false } }, milliseconds: 10_000)
  }

  func send(_ request: DriverRequest) { write(request.line) }

  func write(_ text: String) {
    _ = program.write(text, until: MonotonicClock.nanoseconds + 1_000_000_000)
  }

  /// The first answer that fits; nil when none came in time, or the driver broke the protocol.
  func answer(_ fits: (DriverAnswer) -> Bool, milliseconds: Int64) -> DriverAnswer? {
    let deadline = MonotonicClock.nanoseconds + milliseconds * 1_000_000
    while true {
      if let place = answers.firstIndex(where: fits) { return answers.remove(at: place) }
      if isOver || MonotonicClock.nanoseconds >= deadline { return nil }
      listen(until: deadline)
    }
  }

  /// Whether it ends in time once its input has.
  func leave(milliseconds: Int64) -> Bool {
    program.closeInput()
    let deadline = MonotonicClock.nanoseconds + milliseconds * 1_000_000
    while !isOver, MonotonicClock.nanoseconds < deadline { listen(until: deadline) }
    return isOver
  }

  func end() { _ = program.end() }

  private func listen(until deadline: Int64) {
    guard let ready = try? Poll.wait([program.output.raw], until: deadline), ready[0] else {
      return
    }
    let bytes = (try? program.output.read(upTo: 65_536)) ?? []
    if bytes.isEmpty {
      words.drain(program.errors)
      return stop("it ended" + words.quoted)
    }
    for line in lines.take(bytes) {
      do throws(DriverGarbage) { answers.append(try DriverAnswer(reading: line)) } catch {
        return stop("it \(error.message)")
      }
    }
    if lines.isTooLong { stop("it wrote an endless line") }
  }

  private func stop(_ reason: String) {
    isOver = true
    trouble = reason
  }
}
