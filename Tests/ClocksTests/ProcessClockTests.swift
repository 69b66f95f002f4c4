import Basics
import Glibc
import Linux
import TestGround
import Testing

@testable import Clocks

/// Clocks of real processes.
@Suite(movesClocks, .serialized) struct ProcessClockTests {
  private let maker: Clockmaker
  private let hour = ClockShift(offset: .seconds(3600), since: 0)

  init() throws { maker = try Clockmaker() }

  private func one(_ clocks: [ProcessClock]) throws -> ProcessClock {
    try #require(clocks.count == 1)
    #expect(clocks[0].failure == nil, "\(clocks[0])")
    return clocks[0]
  }

  @Test(arguments: [.seconds(3600), .seconds(-86_400), .milliseconds(1_500)] as [Duration])
  func everyFunctionOfAProcessTellsTheMovedTime(offset: Duration) throws {
    let teller = try Teller("2")
    #expect(try teller.tell().isAhead(by: .zero))
    let clock = try one(maker.set([teller.pid], to: ClockShift(offset: offset, since: 0)))
    #expect(clock.isMoved && clock.shift.offset == offset && clock.threads == 3)
    let moved = try teller.tell()
    #expect(moved.isAhead(by: offset), "\(moved)")
    #expect(!(try one(maker.restore([teller.pid])).isTouched))
    let right = try teller.tell()
    #expect(right.isAhead(by: .zero), "\(right)")
  }

  @Test func aSecondShiftStopsNothing() throws {
    let teller = try Teller()
    #expect(try one(maker.set([teller.pid], to: hour)).isMoved)
    let again = try one(maker.set([teller.pid], to: ClockShift(offset: .seconds(5), since: 0)))
    #expect(again.threads == 0 && again.shift.offset == .seconds(5))
    #expect(try teller.tell().isAhead(by: .seconds(5)))
    let sight = try one(maker.read([teller.pid]))
    #expect(sight.isMoved && sight.shift.offset == .seconds(5))
  }

  @Test func aDriftGains() throws {
    let teller = try Teller()
    let shift = ClockShift(offset: .zero, rate: 100_000_000, since: WallClock.nanoseconds)
    _ = try maker.set([teller.pid], to: shift)
    let (first, began) = (try teller.tell(), WallClock.nanoseconds)
    MonotonicClock.sleep(nanoseconds: 400_000_000)
    let (last, ended) = (try teller.tell(), WallClock.nanoseconds)
    let gained = (last.ahead[0] - first.ahead[0]).seconds / Duration.nanoseconds(ended - began).seconds
    // However long the two answers took, a tenth is gained each second.
    let doubt = (first.took.seconds + last.took.seconds + 0.002) / 0.4
    #expect(abs(gained - 0.1) < doubt, "\(gained)")
    #expect(gained > 0.05 || doubt > 0.05)
  }

  @Test func whatIsLeftOfAMovementLiesWhereNobodyComes() throws {
    let teller = try Teller()
    #expect(try teller.tell().isAhead(by: .zero))
    let before = try image(of: teller.pid)
    _ = try maker.set([teller.pid], to: hour)
    let moved = try image(of: teller.pid)
    #expect(moved != before)
    _ = try maker.restore([teller.pid])
    let after = try image(of: teller.pid)
    let used = (before.lastIndex { $0 != 0 } ?? 0) + 1
    #expect(Array(after[..<used]) == Array(before[..<used]))
  }

  /// The whole vDSO of a process, byte by byte.
  private func image(of pid: Int32) throws -> [UInt8] {
    let line = try Files.read("/proc/\(pid)/maps").split(separator: "\n")
      .first { $0.hasSuffix("[vdso]") }
    let ends = try #require(line).split(separator: " ")[0].split(separator: "-")
      .compactMap { Int($0, radix: 16) }
    let memory = try Descriptor.open("/proc/\(pid)/mem", .read)
    var bytes = [UInt8](repeating: 0, count: ends[1] - ends[0])
    let count = pread(memory.raw, &bytes, bytes.count, ends[0])
    #expect(count == bytes.count)
    return bytes
  }

  @Test func twoHundredCyclesLeaveABusyProcessWorking() throws {
    let teller = try Teller("6")
    let before = try teller.tell().readings
    for round in 0..<200 {
      let clock = try one(maker.set([teller.pid], to: hour))
      #expect(clock.isMoved, "round \(round)")
      #expect(!(try one(maker.restore([teller.pid])).isTouched), "round \(round)")
    }
    #expect(try teller.isSoonLeftAlone())
    let after = try teller.tell()
    #expect(after.nonsense == 0 && after.readings > before, "\(after)")
    #expect(after.isAhead(by: .zero))
  }

  /// Whenever the clockmaker dies, no thread is left stopped, and the process goes on working.
  @Test func aClockmakerThatIsKilledLetsGo() throws {
    var chance = Chance(seed: Seeds.fresh())
    let teller = try Teller("6")
    var ends = 0
    for _ in 0..<60 {
      let doomed = try Clockmaker()
      let wait = Int64(chance.next() % 4_000_000)
      let victim = doomed.pid
      let killer = try Thread(named: "killer") {
        MonotonicClock.sleep(nanoseconds: wait)
        kill(victim, SIGKILL)
      }
      do {
        for _ in 0..<1_000 {
          _ = try doomed.set([teller.pid], to: hour)
          _ = try doomed.restore([teller.pid])
        }
      } catch { ends += 1 }
      killer.join()
      let states = try teller.states()
      #expect(try teller.isSoonLeftAlone(), "\(states)")
    }
    #expect(ends == 60)
    #expect(try teller.tell().nonsense == 0)
    _ = try maker.restore([teller.pid])
    #expect(try teller.tell().isAhead(by: .zero))
  }

  @Test func aProcessThatIsGoneIsNoFailure() throws {
    let pid = try { () throws -> Int32 in try Teller().pid }()
    #expect(try maker.set([pid], to: hour)[0].isGone)
    #expect(try maker.read([pid])[0].isGone)
  }

  @Test func aTracedProcessIsRefusedAndLeftAsItWas() throws {
    let teller = try Teller("traced")
    #expect(try teller.line() == [1])
    let clock = try maker.set([teller.pid], to: hour)[0]
    #expect(clock.failure == EPERM && !clock.isMoved, "\(clock)")
    #expect(clock.description.contains("(clock-teller): it is traced by another program"))
    #expect(try teller.tell().isAhead(by: .zero))
  }

  @Test(.enabled(if: isRoot, "needs root")) func anotherUsersProcessWithoutPrivilegesIsMoved()
    throws
  {
    let teller = try Teller(command: [
      "/usr/bin/setpriv", "--reuid", "65534", "--no-new-privs", "--clear-groups", Teller.path,
    ])
    #expect(try teller.tell().isAhead(by: .zero))
    _ = try one(maker.set([teller.pid], to: hour))
    #expect(try teller.tell().isAhead(by: .seconds(3600)))
  }

  /// The first reading of a program is a moved one, each time.
  @Test func whatStartsAtAGateNeverSeesTheTrueTime() throws {
    for _ in 0..<20 {
      let early = (WallClock.nanoseconds, MonotonicClock.nanoseconds)
      let (teller, clock) = try maker.start(movedBy: hour) { gate in
        Handed(try Teller(command: [Teller.path, "gate"], gate: gate))
      }
      #expect(clock.failure == nil && clock.isMoved && clock.pid == teller.teller.pid, "\(clock)")
      let first = try teller.teller.tell(asked: true, since: early)
      #expect(first.isAhead(by: .seconds(3600)), "\(first)")
      #expect(try teller.teller.isSoonLeftAlone())
    }
  }

  @Test func aStartThatFailsLeavesTheGateOpen() throws {
    #expect(throws: Errno.self) {
      try maker.start(movedBy: hour) { _ -> Int in throw Errno(ENOENT, "start nothing") }
    }
    let teller = try Teller()
    #expect(try one(maker.set([teller.pid], to: hour)).isMoved)
  }

  @Test func anInterpreterIsMovedToo() throws {
    let script =
      "import sys, time\nwhile sys.stdin.read(1):\n  print(time.time_ns(), flush=True)"
    let python = try Teller(command: ["/usr/bin/python3", "-u", "-c", script])
    func ahead() throws -> Duration {
      try python.send(".")
      return .nanoseconds(try python.line()[0] - WallClock.nanoseconds)
    }
    #expect(try ahead() < .seconds(1))
    _ = try one(maker.set([python.pid], to: hour))
    #expect(try ahead() > .seconds(3590))
    _ = try one(maker.restore([python.pid]))
    #expect(try ahead() < .seconds(1))
  }

  @Test func theMachineSaysWhetherItCan() { #expect(Clockmaker.rehearse() == nil) }
}
