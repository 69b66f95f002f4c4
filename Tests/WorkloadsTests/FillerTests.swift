import Basics
import Testing
import Workloads

@Suite struct FillerTests {
  @Test func sizesAreDrawnFromTheWholeRange() {
    var chance = Chance(seed: 3)
    let sizes = (0..<2000).map { _ in Filler(64...67).size(using: &chance) }
    #expect(Set(sizes) == [64, 65, 66, 67])
    #expect((0..<20).allSatisfy { _ in Filler(9...9).size(using: &chance) == 9 })
  }
}
