/// Looks for the smallest part of a list that still fails: `ddmin` of A. Zeller and R. Hildebrandt ("Simplifying and
/// isolating failure-inducing input", IEEE Transactions on Software Engineering 28, 2002).
public enum DeltaDebugging {
  /// A part of `items`, in their order, that fails, and of which no single item can be left out so that it still
  /// does: it is 1-minimal, as far as the same question always gets the same answer.
  ///
  /// - Parameter fails: whether a part fails; the caller promises that the whole does.
  public static func minimise<Item>(
    _ items: [Item], _ fails: ([Item]) throws -> Bool
  ) rethrows -> [Item] {
    if try items.isEmpty || fails([]) { return [] }
    var (items, pieces) = (items, 2)
    while items.count > 1 {
      let chunks = split(items, into: pieces)
      if let smaller = try chunks.first(where: { try fails($0) }) {
        (items, pieces) = (smaller, 2)
      } else if pieces > 2,
        let smaller = try complements(of: chunks).first(where: { try fails($0) })
      {
        (items, pieces) = (smaller, max(pieces - 1, 2))
      } else if pieces < items.count {
        pieces = min(items.count, pieces * 2)
      } else {
        break
      }
    }
    return items
  }

  /// As many pieces as asked for, of nearly the same length; none empty.
  private static func split<Item>(_ items: [Item], into count: Int) -> [[Item]] {
    (0..<count).map { place in
      Array(items[(items.count * place / count)..<(items.count * (place + 1) / count)])
    }.filter { !$0.isEmpty }
  }

  /// All pieces but one; of two pieces that would be the other one again.
  private static func complements<Item>(of chunks: [[Item]]) -> [[Item]] {
    chunks.indices.map { left in
      chunks.indices.filter { $0 != left }.flatMap { chunks[$0] }
    }
  }
}
