import Basics
import Glibc
import Linux
import Testing

@testable import Clocks

/// Clocks that are kept moved.
@Suite(movesClocks, .serialized) struct KeeperTests {
  private let server = InstanceID(node: "n", component: "server")

  private func keeper(_ tellers: Teller...) -> ClockKeeper {
    let pids = tellers.map(\.pid)
    return ClockKeeper { _ in pids }
  }

  private func eventually(_ condition: () throws -> Bool) throws -> Bool {
    let end = MonotonicClock.nanoseconds + 5_000_000_000
    while MonotonicClock.nanoseconds < end {
      if try condition() { return true }
      MonotonicClock.sleep(nanoseconds: 2_000_000)
    }
    return false
  }

  @Test func whatIsExecutedIsCaught() throws {
    let teller = try Teller("1")
    let keeper = keeper(teller)
    try keeper.move(server, by: .jump(.seconds(60)), as: "a")
    for _ in 0..<10 {
      try teller.send("x")
      #expect(try eventually { try teller.tell().isAhead(by: .seconds(60)) })
    }
    #expect(try keeper.look(at: server).clocks.allSatisfy(\.isMoved))
    try keeper.restore(server, as: "a")
    #expect(try eventually { try keeper.look(at: server).clocks.allSatisfy { !$0.isTouched } })
    #expect(try teller.tell().isAhead(by: .zero))
  }

  @Test func movementsAddUpAndAreTakenBackByName() throws {
    let (one, other) = (try Teller(), try Teller())
    let keeper = keeper(one, other)
    try keeper.move(server, by: .jump(.seconds(60)), as: "a")
    try keeper.move(server, by: .jump(.seconds(-10)), as: "b")
    #expect(throws: ClocksError.self) {
      try keeper.move(server, by: .jump(.seconds(1)), as: "a")
    }
    for teller in [one, other] { #expect(try teller.tell().isAhead(by: .seconds(50))) }
    try keeper.restore(server, as: "a")
    for teller in [one, other] { #expect(try teller.tell().isAhead(by: .seconds(-10))) }
    let sight = try keeper.look(at: server)
    #expect(sight.wanted?.offset == .seconds(-10) && sight.clocks.count == 2)
    try keeper.restore(server, as: "b")
    try keeper.restore(server, as: "b")
    #expect(try eventually { try keeper.look(at: server).clocks.allSatisfy { !$0.isTouched } })
    for teller in [one, other] { #expect(try teller.tell().isAhead(by: .zero)) }
    #expect(try keeper.look(at: server).wanted == nil)
  }

  @Test func aStrobeTurns() throws {
    let teller = try Teller()
    let keeper = keeper(teller)
    try keeper.move(server, by: .strobe(.seconds(60), every: .milliseconds(30)), as: "a")
    var seen: Set<Bool> = []
    #expect(
      try eventually {
        let telling = try teller.tell()
        if telling.isAhead(by: .zero) { seen.insert(false) }
        if telling.isAhead(by: .seconds(60)) { seen.insert(true) }
        return seen.count == 2
      })
    #expect(try eventually { try keeper.look(at: server).turns > 4 })
    try keeper.restore(server, as: "a")
    #expect(try eventually { try keeper.look(at: server).clocks.allSatisfy { !$0.isTouched } })
    #expect(try teller.tell().isAhead(by: .zero))
  }

  @Test func whatCannotBeMovedIsSaidAtOnce() throws {
    let teller = try Teller("traced")
    #expect(try teller.line() == [1])
    let keeper = keeper(teller)
    #expect(throws: ClocksError.self) {
      try keeper.move(server, by: .jump(.seconds(60)), as: "a")
    }
    #expect(try keeper.look(at: server).clocks.allSatisfy { !$0.isMoved })
    try keeper.restore(server, as: "a")
  }
}
