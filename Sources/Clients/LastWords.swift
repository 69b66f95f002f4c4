internal import Linux

/// The tail of what a program wrote to its standard error.
struct LastWords {
  private let longest: Int
  private var bytes: [UInt8] = []

  init(longest: Int) { self.longest = longest }

  /// Takes what is there; false at the end.
  mutating func take(_ errors: borrowing Descriptor) -> Bool {
    guard let new = try? errors.read(upTo: 65_536), !new.isEmpty else { return false }
    bytes = Array((bytes + new).suffix(longest))
    return true
  }

  /// Takes what a program that has ended left behind.
  mutating func drain(_ errors: borrowing Descriptor) {
    while let ready = try? Poll.wait([errors.raw], until: 0), ready[0], take(errors) {}
  }

  /// The last lines, as the end of a sentence.
  var quoted: String {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(6)
    return lines.isEmpty ? "" : "; its last words: " + lines.joined(separator: " | ")
  }
}
