public import Basics

/// How many bytes each operation carries besides its value, so that a store has something to do: `{filler}` in
/// a client's bindings.
///
/// Checkers judge values, which stay small whatever is written beside them.
public struct Filler: Hashable, Sendable {
  /// The largest that an operation may carry.
  public static let most = 1 << 20

  /// In bytes; each is as likely.
  public let sizes: ClosedRange<Int>

  /// The caller promises sizes from 0 to `most`.
  public init(_ sizes: ClosedRange<Int>) { self.sizes = sizes }

  /// The size for one operation.
  public func size(using chance: inout Chance) -> Int {
    sizes.lowerBound + chance.below(sizes.count)
  }

  /// So many letters, in an order that a compressing store cannot foresee; always the same.
  public static func text(_ bytes: Int) -> String {
    var rest = bytes
    var text = ""
    text.reserveCapacity(bytes)
    while rest > 0 {
      text += rest >= block.utf8.count ? block[...] : block.prefix(rest)
      rest -= block.utf8.count
    }
    return text
  }

  private static let block: String = {
    var chance = Chance(seed: 1)
    return String(decoding: (0..<4096).map { _ in UInt8(0x61 + chance.below(26)) }, as: UTF8.self)
  }()
}
