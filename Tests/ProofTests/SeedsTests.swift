import Testing

@testable import TestGround

struct SeedsTests {
  @Test(arguments: [nil: nil, "": nil, "7": 7, "18446744073709551615": UInt64.max])
  func aSeedIsGivenBackByItsVariable(text: String?, seed: UInt64?) {
    var environment: [String: String] = [:]
    environment[Seeds.variable] = text
    #expect(Seeds.given(environment) == seed)
  }
}
