/// Text that others wrote, made fit to be shown: it cannot move the cursor, hide what stands beside
/// it, or be longer than there is room for.
extension String {
  /// For a terminal or a page: every character that is not seen but does something is written as its
  /// number, `\u{1b}`; line breaks and tabs stay.
  ///
  /// These are the control characters (C0 but for line feed and tab, DEL, C1), the marks that turn
  /// the direction of text (Unicode Standard Annex 9, section 2), the separators of lines and
  /// paragraphs, invisible marks and tags, and the code points that are no characters.
  public var plain: String {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f || $0 == 0x0a || $0 == 0x09 }) { return self }
    var output = ""
    for scalar in unicodeScalars {
      if scalar.isActive {
        output += "\\u{" + String(scalar.value, radix: 16) + "}"
      } else {
        output.unicodeScalars.append(scalar)
      }
    }
    return output
  }

  /// With a capital letter at its beginning.
  public var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }

  /// `plain`, with line breaks written as numbers, too: it stays on one line.
  public var plainLine: String { plain.replacing("\n", with: "\\u{a}") }

  /// The text when it has at most so many bytes of UTF-8; else its beginning, an ellipsis, and how
  /// much is left out.
  public func cut(toBytes limit: Int) -> String {
    let count = utf8.count
    guard count > limit else { return self }
    return String(beginning(ofBytes: limit)) + "… (\(count) bytes, cut here)"
  }

  /// The longest beginning of at most so many bytes that ends with a whole character; a character
  /// here is a Unicode scalar, for a single letter may carry a million accents.
  public func beginning(ofBytes limit: Int) -> Substring {
    guard utf8.count > limit else { return self[...] }
    var end = utf8.index(startIndex, offsetBy: max(0, limit))
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil {
      end = utf8.index(before: end)
    }
    return Substring(unicodeScalars[..<end])
  }
}

extension Unicode.Scalar {
  /// Does something where it is shown, instead of being seen.
  var isActive: Bool {
    switch value {
    case 0x0a, 0x09: false
    case 0..<0x20, 0x7f...0x9f, 0xad, 0x61c, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028...0x202e,
      0x2060...0x206f, 0xfeff, 0xfff9...0xfffb, 0xfdd0...0xfdef, 0xe0000...0xe007f:
      true
    default: value & 0xfffe == 0xfffe
    }
  }
}
