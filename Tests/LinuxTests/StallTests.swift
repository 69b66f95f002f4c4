import Basics
import Synchronization
import Testing

@testable import Linux

@Suite struct StallTests {
  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func onlyAnOversleepPastTheThresholdIsAStall() {
    var heart = Heartbeat(period: .milliseconds(20), threshold: .milliseconds(100), from: at(0))
    #expect(heart.next == at(20))
    #expect(heart.beat(at: at(20)) == nil)
    #expect(heart.beat(at: at(139)) == nil, "99 ms late")
    #expect(heart.longestOversleep == .milliseconds(99))
    #expect(heart.beat(at: at(259)) == Stall(from: at(159), to: at(259)))
    #expect(heart.next == at(279) && heart.count == 3)
  }

  @Test func aLongStallIsOneHoweverManyBeatsItSwallowed() {
    var heart = Heartbeat(period: .milliseconds(20), threshold: .milliseconds(100), from: at(0))
    #expect(heart.beat(at: at(5020))?.length == .seconds(5))
    #expect(heart.beat(at: at(5040)) == nil)
    #expect(heart.longestOversleep == .seconds(5))
  }

  @Test func whatOthersWaitedIsThatOfTheStall() {
    var heart = Heartbeat(
      period: .milliseconds(20), threshold: .milliseconds(100), from: at(0),
      processorWait: .seconds(70))
    let stall = heart.beat(at: at(320), processorWait: .seconds(70) + .milliseconds(290))
    #expect(stall?.processorWait == .milliseconds(290))
    #expect(stall?.description == "stalled for 300ms, 290ms of it waiting for a processor")
    #expect(heart.beat(at: at(640), processorWait: nil)?.processorWait == nil)
  }

  @Test func theKernelsAccountIsRead() {
    let text = """
      some avg10=12.88 avg60=30.43 avg300=37.16 total=500585841
      full avg10=0.00 avg60=0.00 avg300=0.00 total=7
      """
    #expect(ProcessorPressure.total(in: text) == .microseconds(500_585_841))
    #expect(ProcessorPressure.total(in: "full total=7") == nil)
    #expect(ProcessorPressure.total(in: "some total=x") == nil)
  }

  /// With a threshold that every sleep passes, each beat is told, until the end and not after.
  @Test func itTellsUntilItIsEnded() throws {
    let stalls = Mutex<[Stall]>([])
    let enough = Latch<Bool>()
    let meter = try StallMeter(
      threshold: .zero, period: .milliseconds(1), clock: RunClock()
    ) { stall in
      if stalls.withLock({ stalls in
        stalls.append(stall)
        return stalls.count
      }) == 5 {
        enough.set(true)
      }
    }
    #expect(enough.wait())
    meter.end()
    let told = stalls.withLock { $0 }
    #expect(meter.beats == told.count && told.count >= 5)
    #expect(meter.longestOversleep == told.map(\.length).max())
    #expect(zip(told, told.dropFirst()).allSatisfy { $0.to < $1.from })
  }

  @Test func itRunsOnAThreadOfTheCallersToo() throws {
    let stop = StopFlag()
    let first = Latch<Stall>()
    let thread = try Thread(named: "elsewhere") {
      StallMeter.run(
        threshold: .zero, period: .milliseconds(1), clock: RunClock(), until: stop
      ) { first.set($0) }
    }
    #expect(first.wait().length >= .zero)
    stop.raise()
    thread.join()
  }
}
