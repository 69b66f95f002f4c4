import Basics
import TestGround
import Testing

@testable import Shrinking

@Suite struct DeltaDebuggingTests {
  /// The example of Zeller and Hildebrandt: 1, 7 and 8 of eight must come together.
  @Test func theExampleOfThePaper() {
    #expect(
      DeltaDebugging.minimise(Array(1...8)) { Set($0).isSuperset(of: [1, 7, 8]) } == [1, 7, 8])
  }

  @Test func nothingIsTheSmallest() {
    #expect(DeltaDebugging.minimise([1, 2, 3]) { _ in true }.isEmpty)
    #expect(DeltaDebugging.minimise([Int]()) { _ in true }.isEmpty)
    #expect(DeltaDebugging.minimise([1]) { !$0.isEmpty } == [1])
  }

  /// Whatever fails: the result fails, and does not without any single item.
  @Test func theResultIsOneMinimal() {
    var chance = Chance(seed: Seeds.fresh())
    for _ in 0..<2000 {
      let items = Array(0..<(1 + chance.below(12)))
      // Some sets of items that must each be there whole, and some that must not.
      let causes = (0..<(1 + chance.below(3))).map { _ in
        Set(items.filter { _ in chance.below(3) == 0 })
      }
      let spoiled = Set(items.filter { _ in chance.below(6) == 0 })
      func fails(_ part: [Int]) -> Bool {
        part.count == items.count
          || causes.contains {
            Set(part).isSuperset(of: $0) && Set(part).isDisjoint(with: spoiled.subtracting($0))
          }
      }
      var asked = 0
      let least = DeltaDebugging.minimise(items) {
        asked += 1
        return fails($0)
      }
      #expect(fails(least) && least == least.sorted())
      for left in least {
        #expect(!fails(least.filter { $0 != left }) || least.count == items.count)
      }
      // Their bound: n² + 3n questions.
      #expect(asked <= items.count * items.count + 3 * items.count + 1)
    }
  }
}
