import Testing

@testable import twosite_store

/// What the replicated machine does with commands, and when.
@Suite struct StoreMachineTests {
  private var machine = StoreMachine()

  private mutating func apply(
    _ command: StoreCommand, at time: UInt64 = 0, session: UInt64 = 0, number: UInt64 = 0,
    _ defects: [Defect] = []
  ) -> Answer? {
    let stamp = Stamp(session: session, number: number, time: time, defects: defects)
    return Answer(coded: machine.apply(StampedCommand(stamp: stamp, command: command).coded))
  }

  private func ask(_ query: StoreQuery) -> Datum? {
    guard case .done(let value) = Answer(coded: machine.answer(query.coded)) else { return nil }
    return value
  }

  @Test mutating func compareAndSetTellsWhetherTheOldValueWasThere() {
    _ = apply(.write(key: "k", .integer(1)))
    #expect(
      apply(.compareAndSet(key: "k", old: .integer(2), new: .integer(3)))
        == .declined("another value is there"))
    #expect(ask(.read(key: "k")) == .integer(1))
    #expect(
      apply(.compareAndSet(key: "k", old: .integer(1), new: .integer(3))) == .done(.nothing))
    #expect(ask(.read(key: "k")) == .integer(3))
  }

  @Test mutating func aTransactionIsAllOrNothing() {
    _ = apply(.write(key: "r", .integer(1)))
    let refused = apply(
      .transaction([
        .init(.append, "l", .integer(5)), .init(.write, "n", .integer(2)),
        .init(.append, "r", .integer(6)),
      ]))
    #expect(refused == .refused("something would be appended to what is not a list"))
    #expect(ask(.read(key: "l")) == .nothing)
    #expect(ask(.read(key: "n")) == .nothing)
    let done = apply(
      .transaction([
        .init(.read, "l"), .init(.append, "l", .integer(5)), .init(.read, "l"),
        .init(.read, "r"),
      ]))
    #expect(
      done == .done(.list([.nothing, .integer(5), .list([.integer(5)]), .integer(1)])))
  }

  @Test mutating func aCommandThatComesAgainIsAnsweredAndNotCarriedOut() {
    let first = apply(.increase(counter: "c", by: 5), session: 7, number: 1)
    #expect(apply(.increase(counter: "c", by: 5), session: 7, number: 1) == first)
    #expect(ask(.counter("c")) == .integer(5))
    _ = apply(.increase(counter: "c", by: 1), session: 7, number: 2)
    let late = apply(.increase(counter: "c", by: 5), session: 7, number: 1)
    #expect(late == .refused("this session has gone on to its command 2"))
    #expect(ask(.counter("c")) == .integer(6))
  }

  @Test mutating func sessionsAreForgottenTheEldestFirst() {
    for session in 1...UInt64(SessionTable.limit) + 1 {
      _ = apply(.increase(counter: "c", by: 1), session: session, number: 1)
    }
    _ = apply(.increase(counter: "c", by: 1), session: 2, number: 1)
    #expect(ask(.counter("c")) == .integer(Int64(SessionTable.limit) + 1))
    _ = apply(.increase(counter: "c", by: 1), session: 1, number: 1)
    #expect(ask(.counter("c")) == .integer(Int64(SessionTable.limit) + 2))
  }

  @Test mutating func moneyIsNeitherMadeNorLost() {
    _ = apply(.openBank("b", [10, 10]))
    _ = apply(.openBank("b", [99]))
    #expect(
      apply(.transfer(bank: "b", from: 0, to: 1, amount: 11))
        == .declined("the account 0 has 10 only"))
    #expect(apply(.transfer(bank: "b", from: 0, to: 1, amount: 4)) == .done(.nothing))
    #expect(
      ask(.balances(bank: "b"))
        == .list([.list([.integer(0), .integer(6)]), .list([.integer(1), .integer(14)])]))
    #expect(apply(.transfer(bank: "b", from: 0, to: 0, amount: 1))?.isRefused == true)
    #expect(apply(.transfer(bank: "b", from: 0, to: 9, amount: 1))?.isRefused == true)
  }

  @Test mutating func whatWasNotAcknowledgedComesAgainInItsPlace() {
    for element in 1...3 { _ = apply(.enqueue(queue: "q", .integer(Int64(element)))) }
    #expect(take(lease: 100, at: 0) == [.integer(1), .integer(1)])
    #expect(take(lease: 100, at: 10) == [.integer(2), .integer(2)])
    #expect(apply(.acknowledge(queue: "q", token: 2), at: 20) == .done(.nothing))
    #expect(take(lease: 0, at: 100) == [.integer(1), .integer(3)])
    #expect(apply(.acknowledge(queue: "q", token: 1), at: 100)?.isDeclined == true)
    #expect(take(lease: 50, at: 101) == [.integer(3), .integer(4)])
    #expect(apply(.take(queue: "q", lease: 0, inOrder: false), at: 102)?.isDeclined == true)
    #expect(apply(.acknowledge(queue: "q", token: 4), at: 150) == .done(.nothing))
    #expect(apply(.take(queue: "q", lease: 0, inOrder: false), at: 151) == .done(.nothing))
  }

  @Test mutating func inOrderNothingOvertakesWhatIsLent() {
    for element in 1...2 { _ = apply(.enqueue(queue: "q", .integer(Int64(element)))) }
    _ = apply(.take(queue: "q", lease: 100, inOrder: true))
    #expect(apply(.take(queue: "q", lease: 100, inOrder: true), at: 99)?.isDeclined == true)
    #expect(
      apply(.take(queue: "q", lease: 100, inOrder: true), at: 100)
        == .done(.list([.integer(1), .integer(2)])))
  }

  private mutating func take(
    lease: UInt64, at time: UInt64, _ defects: [Defect] = []
  ) -> [Datum]? {
    guard
      case .done(let answer) = apply(
        .take(queue: "q", lease: lease, inOrder: false), at: time, defects)
    else { return nil }
    return answer.elements
  }

  @Test mutating func aLockIsLentOnceAndItsTokensRise() {
    let acquire = StoreCommand.acquire(lock: "l", owner: .integer(1), lease: 100)
    #expect(apply(acquire) == .done(.integer(1)))
    #expect(apply(acquire, at: 99) == .declined("somebody has it"))
    #expect(apply(acquire, at: 100) == .done(.integer(2)))
    #expect(apply(.release(lock: "l", token: 1), at: 101)?.isDeclined == true)
    #expect(apply(.release(lock: "l", token: 2), at: 101) == .done(.nothing))
    #expect(apply(acquire, at: 102) == .done(.integer(3)))
    #expect(apply(.release(lock: "l", token: 3), at: 202)?.isDeclined == true)
  }

  @Test mutating func aTimerFiresOnceAndNotBeforeItsTime() {
    _ = apply(.setTimer(.integer(1), delay: 100, home: "a"), at: 5)
    #expect(apply(.setTimer(.integer(1), delay: 1, home: "a"), at: 5)?.isDeclined == true)
    _ = apply(.fire([.integer(1)]), at: 104)
    #expect(ask(.fired) == .list([]))
    #expect(ask(.agenda(time: 104)) == .list([.integer(104), .list([])]))
    #expect(
      ask(.agenda(time: 105))
        == .list([.integer(104), .list([.list([.integer(1), .text("a")])])]))
    for _ in 0..<2 { _ = apply(.fire([.integer(1)]), at: 105) }
    #expect(ask(.fired) == .list([.integer(1)]))
  }

  @Test mutating func timeNeverGoesBack() {
    let acquire = StoreCommand.acquire(lock: "l", owner: .integer(1), lease: 100)
    _ = apply(.increase(counter: "c", by: 1), at: 1000)
    _ = apply(acquire, at: 10)
    #expect(apply(acquire, at: 1099)?.isDeclined == true)
    #expect(apply(acquire, at: 1100) == .done(.integer(2)))
  }

  @Test mutating func numbersAreHandedOutOnce() {
    #expect(apply(.number(sequence: "s", count: 1)) == .done(.integer(1)))
    #expect(apply(.number(sequence: "s", count: 10)) == .done(.integer(2)))
    #expect(apply(.number(sequence: "s", count: 1)) == .done(.integer(12)))
    #expect(apply(.number(sequence: "s", count: 0))?.isRefused == true)
    #expect(apply(.number(sequence: "s", count: .max))?.isRefused == true)
  }

  @Test mutating func aSetKeepsAnElementOnce() {
    for element in [3, 1, 3] { _ = apply(.addElement(set: "s", .integer(Int64(element)))) }
    #expect(ask(.elements(set: "s")) == .list([.integer(3), .integer(1)]))
  }

  @Test(arguments: [false, true])
  mutating func aLargeValueIsCutOnlyByItsDefect(isOn: Bool) {
    let defects: [Defect] = isOn ? [.truncatesLargeValue] : []
    _ = apply(.write(key: "t", .text(String(repeating: "x", count: 1000))), defects)
    for number in 1...100 {
      _ = apply(.transaction([.init(.append, "l", .integer(Int64(number)))]), defects)
    }
    guard case .text(let text) = ask(.read(key: "t")) else { return #expect(Bool(false)) }
    #expect(text.count == (isOn ? 256 : 1000))
    #expect(ask(.read(key: "l"))?.elements?.count == (isOn ? 64 : 100))
  }

  @Test(arguments: [false, true])
  mutating func aMessageComesTwiceOnlyByItsDefect(isOn: Bool) {
    for element in 1...40 { _ = apply(.enqueue(queue: "q", .integer(Int64(element)))) }
    var taken: [Datum] = []
    for _ in 0..<40 {
      taken += take(lease: 0, at: 0, isOn ? [.duplicatesMessage] : [])?.prefix(1) ?? []
    }
    #expect(Set(taken).count == (isOn ? 39 : 40))
  }

  @Test(arguments: [false, true])
  mutating func anUnacknowledgedMessageIsLostOnlyByItsDefect(isOn: Bool) {
    let defects: [Defect] = isOn ? [.losesMessageOnLeaseExpiry] : []
    _ = apply(.enqueue(queue: "q", .integer(1)))
    _ = take(lease: 10, at: 0, defects)
    #expect(take(lease: 10, at: 10, defects)?.first == (isOn ? nil : .integer(1)))
  }

  @Test(arguments: [false, true])
  mutating func aMessageComesBackBehindOthersOnlyByItsDefect(isOn: Bool) {
    let defects: [Defect] = isOn ? [.redeliversOutOfOrder] : []
    for element in 1...2 { _ = apply(.enqueue(queue: "q", .integer(Int64(element)))) }
    _ = take(lease: 10, at: 0, defects)
    #expect(take(lease: 10, at: 10, defects)?.first == .integer(isOn ? 2 : 1))
  }

  @Test(arguments: [false, true])
  mutating func aTokenGoesDownOnlyByItsDefect(isOn: Bool) {
    let defects: [Defect] = isOn ? [.fencingTokenGoesDown] : []
    let acquire = StoreCommand.acquire(lock: "l", owner: .integer(1), lease: 100)
    _ = apply(acquire, at: 0, defects)
    #expect(apply(acquire, at: 100, defects) == .done(.integer(2)))
    _ = apply(.release(lock: "l", token: 2), at: 101, defects)
    #expect(apply(acquire, at: 102, defects) == .done(.integer(isOn ? 1 : 3)))
  }
}

extension Answer {
  var isDeclined: Bool { if case .declined = self { true } else { false } }
  var isRefused: Bool { if case .refused = self { true } else { false } }
}
