import Basics
import Linux
import Testing

@testable import Fabric

struct HeldTooLongTests {
  private func at(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func onlyWhatIsLateByAThresholdIsAStall() {
    var late = HeldTooLong()
    late.note(due: at(0), left: at(99))
    #expect(late.take().isEmpty)
    late.note(due: at(0), left: at(100))
    #expect(late.take() == [Stall(from: at(0), to: at(100))])
    #expect(late.take().isEmpty)
  }

  @Test func framesHeldUpTogetherAreOneStall() {
    var late = HeldTooLong()
    for due in stride(from: Int64(0), to: 300, by: 10) { late.note(due: at(due), left: at(450)) }
    late.note(due: at(1000), left: at(1200))
    #expect(
      late.take() == [Stall(from: at(0), to: at(450)), Stall(from: at(1000), to: at(1200))])
  }

  @Test func howeverManyItKeepsThatTheyWere() {
    var late = HeldTooLong()
    for number in Int64(0)..<2000 {
      late.note(due: at(number * 1000), left: at(number * 1000 + 200))
    }
    let stalls = late.take()
    #expect(stalls.count == 1000)
    #expect(stalls.last?.to == at(1_999_200))
  }
}
