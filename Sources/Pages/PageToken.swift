internal import Glibc

/// What whoever may see the page knows and nobody can guess: 160 bits from the kernel, in hexadecimal digits.
public struct PageToken: Sendable {
  /// As it stands in the page's URL.
  public let text: String

  /// A new one from `getrandom`, getentropy(3).
  public init() {
    var bytes = [UInt8](repeating: 0, count: Self.bytes)
    guard unsafe getentropy(&bytes, bytes.count) == 0 else {
      fatalError("the kernel gives no random bytes")
    }
    self.init(bytes: bytes)
  }

  init(bytes: [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    text = String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static let bytes = 20

  /// Whether it is this one; takes as long for one that differs in its first digit as for one that differs
  /// in its last.
  public func isSame(as other: some StringProtocol) -> Bool {
    let own = Array(text.utf8)
    let given = Array(other.utf8)
    var difference = own.count ^ given.count
    for (place, byte) in own.enumerated() {
      difference |= Int(byte ^ (place < given.count ? given[place] : 0))
    }
    return difference == 0
  }
}
