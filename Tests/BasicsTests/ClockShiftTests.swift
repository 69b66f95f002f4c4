import Basics
import Testing

@Suite struct ClockShiftTests {
  @Test func aDriftGainsWithTrueTime() {
    let shift = ClockShift(offset: .seconds(1), rate: 100_000_000, since: 1_000)
    #expect(shift.ahead(at: 1_000) == .seconds(1))
    #expect(shift.ahead(at: 2_000_001_000) == .milliseconds(1_200))
  }

  /// Whatever is added up at whatever moment goes on as the parts would have.
  @Test func aSumGoesOnAsItsPartsDo() {
    var chance = Chance(seed: 7)
    for _ in 0..<500 {
      let shifts = (0..<3).map { _ in
        ClockShift(
          offset: .nanoseconds(Int64(chance.next() % 2_000_000_000) - 1_000_000_000),
          rate: Int64(chance.next() % 200_000_000) - 100_000_000,
          since: Int64(chance.next() % 1_000_000_000))
      }
      let moment = Int64(chance.next() % 10_000_000_000)
      let later = moment + Int64(chance.next() % 10_000_000_000)
      let sum = ClockShift.sum(of: shifts, at: moment)
      let parts = shifts.reduce(Duration.zero) { $0 + $1.ahead(at: later) }
      let off = sum.ahead(at: later) - parts
      #expect(off < .nanoseconds(10) && off > .nanoseconds(-10), "\(off)")
    }
  }

  @Test func aStrobeBeginsAheadAndTurns() {
    let strobe = ClockMovement.strobe(.seconds(5), every: .milliseconds(100))
    let ahead = [0, 99, 100, 199, 200].map { moment in
      strobe.shift(begun: 50, at: 50 + moment * 1_000_000).ahead(at: 50 + moment * 1_000_000)
    }
    #expect(ahead == [.seconds(5), .seconds(5), .zero, .zero, .seconds(5)])
    #expect(strobe.nextTurn(begun: 50, after: 50) == 100_000_050)
    #expect(strobe.turns(begun: 50, at: 50 + 250_000_000) == 2)
    #expect(ClockMovement.jump(.seconds(1)).nextTurn(begun: 0, after: 5) == nil)
  }
}
