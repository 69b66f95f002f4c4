import Basics
import Testing

@testable import Fabric

extension OnTheMachine {
  @Suite struct EavesdropperTests {
    @Test func whatPassesInClearIsHeardOnItsPortOnly() throws {
      try Lab.with { lab in
        lab.fabric.listen(for: [
          HeardWord([7, 7, 7, 7, 7, 7], port: 7000), HeardWord(Array("secret".utf8), port: 7000),
          HeardWord([7, 7, 7, 7, 7, 7], port: 7001),
        ])
        let arrived = lab.exchangeDatagrams(10, from: 0, to: 1)
        let heard = lab.fabric.heardWords
        #expect(arrived.count == 10)
        #expect(heard.map(\.times) == [10, 0, 0] && heard.map(\.packets) == [10, 10, 0])
        #expect(
          heard[0].first?.source == "a" && heard[0].first?.target == IPAddress(text: "10.0.0.2"))
        #expect(heard[1].first == nil)
      }
    }
  }
}
