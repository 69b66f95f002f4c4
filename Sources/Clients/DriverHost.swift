internal import Basics
public import Bindings
internal import Linux
internal import Synchronization
internal import Workloads

extension DriverBindings: Hosting {
  public func host(in ground: ClientGround) -> any ClientHost { DriverHost(self, in: ground) }
}

/// One program, and the clients in it.
private final class DriverHost: ClientHost {
  let bindings: DriverBindings
  let keeper: DriverKeeper
  private let numbers = Atomic(0)

  init(_ bindings: DriverBindings, in ground: ClientGround) {
    self.bindings = bindings
    keeper = DriverKeeper(bindings, in: ground)
    keeper.begin()
  }

  deinit { keeper.end() }

  /// Of clients and operations alike: unique in the host.
  func nextNumber() -> Int { numbers.add(1, ordering: .relaxed).newValue }

  func client(of url: String, timeout: Duration) -> any Client {
    DriverClient(self, url, timeout: timeout)
  }
}

/// One client in the program, opened anew in each life of the program and after each operation that was
/// not answered in time: its old self may still be busy with that.
private final class DriverClient: Client {
  /// How long an `open` may be unanswered until the program counts as hung.
  private static let patience: Int64 = 5_000_000_000

  private struct Seat {
    let session: DriverSession
    let number: Int
    let opened: Latch<DriverSession.Reply>
    let since: Int64
  }

  private let host: DriverHost
  private let url: String
  private let timeout: Duration
  private var seat: Seat?

  init(_ host: DriverHost, _ url: String, timeout: Duration) {
    self.host = host
    self.url = url
    self.timeout = timeout
  }

  deinit { leave() }

  func prepare() throws(ClientError) {
    let deadline = MonotonicClock.nanoseconds + timeout.nanoseconds
    let session = try host.keeper.session(until: deadline)
    guard let latch = session.expectPreparation() else {
      throw .definite("the driver is down: \(session.failure ?? "")")
    }
    try send(.setUp(url: url), to: session, until: deadline)
    switch latch.wait(until: deadline) {
    case .prepared(nil): return
    case .prepared(let failure?): throw failure.error
    case .lost(let reason): throw .indefinite("the driver \(reason)")
    default: throw .indefinite("the driver did not answer 'setup' in time")
    }
  }

  func invoke(_ invocation: Invocation) -> Completion {
    do throws(ClientError) {
      let outcome = try outcome(of: invocation)
      return host.bindings.completion(outcome, of: invocation)
    } catch {
      return invocation.completion(error)
    }
  }

  private func outcome(of invocation: Invocation) throws(ClientError) -> DriverOutcome {
    let deadline = MonotonicClock.nanoseconds + timeout.nanoseconds
    let seat = try seated(until: deadline)
    let id = host.nextNumber()
    guard let latch = seat.session.expectCompletion(of: id, by: seat.number) else {
      throw .definite("not sent: the driver \(seat.session.failure ?? "is down")")
    }
    let left = Duration.nanoseconds(max(1, deadline - MonotonicClock.nanoseconds))
    do throws(ClientError) {
      try send(
        .invoke(client: seat.number, id: id, invocation, deadline: left), to: seat.session,
        until: deadline)
    } catch {
      seat.session.forget(id)
      throw error
    }
    switch latch.wait(until: deadline) {
    case .completed(let outcome): return outcome
    case .lost(let reason): throw .indefinite("the driver \(reason)")
    default:
      seat.session.renounce(id)
      leave()
      throw .indefinite("no answer within \(timeout.text)")
    }
  }

  /// Nothing that could not be written whole was understood, but it is not known what the program made
  /// of a part; either way it gets no more lines.
  private func send(
    _ request: DriverRequest, to session: DriverSession, until deadline: Int64
  ) throws(ClientError) {
    switch session.program.write(request.line, until: deadline) {
    case .whole: return
    case .nothing(let reason):
      host.keeper.fail(session, "did not take a line: \(reason)")
      throw .definite("not sent: \(reason)")
    case .part(let reason):
      host.keeper.fail(session, "did not take a whole line: \(reason)")
      throw .indefinite("sent in part: \(reason)")
    }
  }

  /// An open client of the program that runs now.
  private func seated(until deadline: Int64) throws(ClientError) -> Seat {
    let session = try host.keeper.session(until: deadline)
    if seat?.session !== session { seat = try open(session, until: deadline) }
    guard let seat else { throw .definite("not sent: the driver is down") }
    switch seat.opened.wait(until: deadline) {
    case .opened: return seat
    case .lost(let reason): throw .definite("not sent: the driver \(reason)")
    default:
      if MonotonicClock.nanoseconds - seat.since > Self.patience {
        host.keeper.fail(session, "did not answer 'open'")
      }
      throw .definite("not sent: the driver has not answered 'open' yet")
    }
  }

  private func open(
    _ session: DriverSession, until deadline: Int64
  ) throws(ClientError) -> Seat {
    let number = host.nextNumber()
    guard let opened = session.expectOpening(of: number) else {
      throw .definite("not sent: the driver \(session.failure ?? "is down")")
    }
    try send(.open(client: number, url: url), to: session, until: deadline)
    return Seat(
      session: session, number: number, opened: opened, since: MonotonicClock.nanoseconds)
  }

  /// What is in flight is of no interest any more.
  private func leave() {
    guard let seat else { return }
    self.seat = nil
    guard seat.session.failure == nil else { return }
    let writing = seat.session.program.write(
      DriverRequest.close(client: seat.number).line,
      until: MonotonicClock.nanoseconds + 1_000_000_000)
    if writing != .whole { host.keeper.fail(seat.session, "did not take a line") }
  }
}
