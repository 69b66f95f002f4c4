import Basics
import Clients
import Testing
import Workloads

@Suite struct TrafficMeterTests {
  private func moment(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func goodnessIsCountedFromTheLastBadOperation() {
    let meter = TrafficMeter(timeout: .seconds(1))
    for milliseconds in stride(from: Int64(0), to: 100, by: 10) {
      let isGood = milliseconds != 40
      meter.count(
        isGood ? .ok() : .info("HTTP 503"), of: "read", scheduled: moment(milliseconds - 3),
        completed: moment(milliseconds))
    }
    let since = meter.goodSince(.start)
    #expect(since == moment(40))
    #expect(meter.goodCount(since: since) == 5)
    let totals = meter.totals
    #expect(totals.good == 9 && totals.bad == 1 && totals.lastError == "HTTP 503")
  }

  @Test func whatIsInFlightIsNotKnownYet() {
    let meter = TrafficMeter(timeout: .seconds(1))
    #expect(meter.known(at: moment(50)) == moment(50))
    meter.begins(0, scheduled: moment(10))
    meter.begins(1, scheduled: moment(30))
    #expect(meter.known(at: moment(50)) == moment(10))
    meter.rests(0)
    #expect(meter.known(at: moment(50)) == moment(30))
    meter.begins(1, scheduled: moment(60))
    #expect(meter.known(at: moment(50)) == moment(50))
  }

  @Test func anAnswerLaterThanTheTimeoutIsBadHoweverGoodItIs() {
    let meter = TrafficMeter(timeout: .milliseconds(500))
    meter.count(.ok(), of: "read", scheduled: moment(0), completed: moment(500))
    #expect(meter.totals.good == 1 && meter.totals.bad == 0)
    // It was asked late, for the one before it took so long, and answered at once.
    meter.count(.ok(), of: "read", scheduled: moment(10), completed: moment(1510))
    #expect(meter.totals.bad == 1 && meter.goodSince(.start) == moment(1510))
    #expect(
      meter.totals.lastError
        == "answered late: 1.5s after its intended start, beyond the timeout of 500ms")
  }

  @Test func recentLatenciesCountFromTheIntendedStart() {
    let meter = TrafficMeter(timeout: .seconds(1))
    for number in Int64(1)...5 {
      meter.count(.ok(), of: "read", scheduled: moment(100), completed: moment(100 + number))
    }
    #expect(meter.latencies(since: moment(102)) == [5, 4, 3].map { .milliseconds($0) })
    #expect(meter.latencies(since: moment(105)).isEmpty)
  }

  @Test func eachFunctionIsCountedWhereItWasGood() {
    let meter = TrafficMeter(timeout: .seconds(1))
    for number in Int64(1)...6 {
      meter.count(.ok(), of: "read", scheduled: moment(number), completed: moment(number))
      let answer: Completion = number == 3 ? .ok() : .fail("read only")
      meter.count(answer, of: "write", scheduled: moment(number), completed: moment(number))
    }
    #expect(meter.functions(since: .start) == ["read": 6, "write": 1])
    #expect(meter.functions(since: moment(3)) == ["read": 3])
  }

  @Test func itRemembersAsManyAsItPromises() {
    let meter = TrafficMeter(timeout: .seconds(1))
    for number in 0..<Int64(20_000) {
      let time = Instant(nanoseconds: number + 1)
      meter.count(.ok(), of: "read", scheduled: time, completed: time)
      let expected = min(Int(number) + 1, TrafficMeter.memory)
      if number % 997 == 0 { #expect(meter.goodCount(since: .start) >= expected) }
    }
  }

  @Test func whoLooksAgainSeesWhatIsNewAndWhoseItWas() {
    let meter = TrafficMeter(timeout: .seconds(1))
    func count(_ completion: Completion, by client: Int, _ milliseconds: Int64) {
      meter.count(
        completion, of: "read", by: client, scheduled: moment(0), completed: moment(milliseconds))
    }
    count(.ok(), by: 0, 5)
    count(.ok(), by: 1, 7)
    let first = meter.look(after: 0)
    #expect(first.latencies == [.milliseconds(5), .milliseconds(7)])
    count(.info("HTTP 503"), by: 1, 9)
    count(.ok(), by: 1, 2_000)
    count(.ok(), by: 0, 11)
    let second = meter.look(after: first.totals.good)
    #expect(second.latencies == [.milliseconds(11)] && second.totals.good == 3)
    #expect(second.clients[0]?.good == 2 && second.clients[1]?.bad == 2)
    #expect(meter.look(after: 3).latencies.isEmpty)
    for _ in 0..<(3 * TrafficMeter.memory) { count(.ok(), by: 0, 1) }
    let late = meter.look(after: 3)
    #expect(late.totals.good == 3 + 3 * TrafficMeter.memory)
    #expect((TrafficMeter.memory...2 * TrafficMeter.memory).contains(late.latencies.count))
  }
}
