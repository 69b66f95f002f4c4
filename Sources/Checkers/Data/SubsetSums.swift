/// Whether some of the given amounts add up to a sum.
enum SubsetSums {
  /// Sums are looked for one by one up to this distance from the least.
  private static let farthest = 1 << 16
  /// No more amounts than this are looked at.
  private static let most = 4096
  /// So many amounts are few: however large they are, their choices can be tried.
  private static let few = 24

  /// Whether some choice of the amounts adds up to it; nil where looking costs too much.
  static func canMake(_ sum: Int64, of amounts: [Int64]) -> Bool? {
    let isFew = amounts.count <= few
    guard amounts.count <= most, amounts.allSatisfy({ $0.magnitude < 1 << (isFew ? 56 : 40) })
    else { return nil }
    // Leaving out a negative amount is adding its opposite to the least sum.
    let least = amounts.reduce(0) { $0 + min($1, 0) }
    let coins = amounts.map { Int($0.magnitude) }.filter { $0 > 0 }.sorted()
    let target = sum.subtractingReportingOverflow(least)
    let total = coins.reduce(0, +)
    guard !target.overflow, 0...Int64(total) ~= target.partialValue else { return false }
    return canPay(Int(target.partialValue), coins, total)
  }

  /// - Parameter coins: Positive, smallest first.
  private static func canPay(_ target: Int, _ coins: [Int], _ total: Int) -> Bool? {
    let unit = coins.reduce(0, greatestCommonDivisor)
    guard unit > 0 else { return target == 0 }
    guard target.isMultiple(of: unit) else { return false }
    let wanted = target / unit
    var reach = 0
    for coin in coins where coin / unit <= reach + 1 { reach += coin / unit }
    // Every sum up to `reach` can be paid, and by taking the rest of all, as much from the top.
    if reach == total / unit || wanted <= reach { return true }
    if total / unit <= farthest {
      return isPayable(wanted, coins.map { $0 / unit }, total / unit)
    }
    return coins.count <= few ? isPayable(target, byHalvesOf: coins) : nil
  }

  /// Whether a sum of some of one half and a sum of some of the other make it.
  private static func isPayable(_ wanted: Int, byHalvesOf coins: [Int]) -> Bool {
    func sums(_ coins: ArraySlice<Int>) -> [Int] {
      coins.reduce(into: [0]) { sums, coin in sums += sums.map { $0 + coin } }
    }
    let half = coins.count / 2
    let others = Set(sums(coins[half...]))
    return sums(coins[..<half]).contains { others.contains(wanted - $0) }
  }

  /// Marks every sum that can be paid, coin by coin.
  private static func isPayable(_ wanted: Int, _ coins: [Int], _ total: Int) -> Bool {
    var marks = [UInt64](repeating: 0, count: total / 64 + 1)
    marks[0] = 1
    for coin in coins {
      let (words, bits) = (coin / 64, UInt64(coin % 64))
      for word in stride(from: marks.count - 1, through: words, by: -1) {
        var shifted = marks[word - words] << bits
        if bits > 0, word > words { shifted |= marks[word - words - 1] >> (64 - bits) }
        marks[word] |= shifted
      }
    }
    return marks[wanted / 64] >> UInt64(wanted % 64) & 1 == 1
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
