import Testing

@testable import orders_api

@Suite struct UUIDv7Tests {
  @Test func layoutIsRFC9562s() {
    let text = Array(UUIDv7(now: HandClock(0x0123_4567_89ab).now).next())
    #expect(text.count == 36)
    #expect(String(text[..<13]) == "01234567-89ab")
    #expect(text[14] == "7")
    #expect("89ab".contains(text[19]))
    #expect([8, 13, 18, 23].allSatisfy { text[$0] == "-" })
  }

  @Test func textHasLeadingZeros() {
    #expect(UUIDv7.text(high: 0x7000, low: 1 << 63) == "00000000-0000-7000-8000-000000000000")
  }

  @Test(arguments: [1000, 999, 1])
  func orderHoldsWhereTheClockDoesNot(later: UInt64) {
    let clock = HandClock(1000)
    let source = UUIDv7(now: clock.now)
    var ids = [source.next()]
    clock.set(later)
    for _ in 0..<10_000 { ids.append(source.next()) }
    #expect(zip(ids, ids.dropFirst()).allSatisfy(<))
  }

  @Test func threadsNeverShareAnID() async {
    let source = UUIDv7()
    let ids = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<4 { group.addTask { (0..<5000).map { _ in source.next() } } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(ids).count == 20_000)
  }
}
