import Basics
import Histories
import Testing

@testable import Linearizability

struct ClusterTableTests {
  /// Small tables have few places of each kind, which must not run out.
  @Test(arguments: [1, 8, 64, 1 << 20])
  func everyValueIsFoundWhateverItsPlace(factor: Int64) {
    for count in 1...200 {
      var table = ClusterTable(expected: 0)
      var isNew = true
      for value in 0..<Int64(count) {
        isNew = isNew && table.write(.small(value * factor)!, key: 0, from: 0, to: 1)
      }
      let isAgain = !table.write(.small(0)!, key: 0, from: 2, to: 3)
      let isOther = table.write(.small(0)!, key: 1, from: 2, to: 3)
      #expect(isNew && isAgain && isOther, "\(count) values")
      #expect(table.clusters.count == count + 1)
      #expect(table.find(.small(Int64(count) * factor)!, key: 0) == nil)
    }
  }
}
