import Basics
import Testing

@testable import Histories

@Suite struct FaultReachTests {
  @Test(arguments: [
    FaultReach.away, .other, .ways([], .cut),
    .ways([.init(from: ["b", "a"], to: ["c"]), .init(from: ["c"], to: ["a", "b"])], .impaired),
  ])
  func whatFilesKeepIsReadBack(reach: FaultReach) {
    #expect(FaultReach(texts: reach.texts) == reach)
  }

  @Test(arguments: [[], ["kill"], ["away", "a"], ["cut", "a"], [""]])
  func whatNoFileHasIsNothing(texts: [String]) {
    #expect(FaultReach(texts: texts) == nil)
  }

  @Test func theOrderOfNodesIsTheirOwn() {
    #expect(FaultReach.Ways(from: ["b", "a"], to: ["c"]).from == ["a", "b"])
  }
}
