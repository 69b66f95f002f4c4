/// Makes archives in the tar format (POSIX.1-1988, ustar): a header of 512 bytes for each file, and its bytes padded to
/// whole blocks.
struct TarArchive {
  private static let block = 512
  private(set) var bytes: [UInt8] = []

  /// The caller promises a path of at most 100 bytes.
  mutating func add(_ path: String, _ content: [UInt8]) {
    precondition(path.utf8.count <= 100, "the path is too long for ustar")
    var header = [UInt8](repeating: 0, count: Self.block)
    func put(_ text: String, at place: Int) {
      header.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
    }
    put(path, at: 0)
    put("0000644", at: 100)
    put("0000000", at: 108)
    put("0000000", at: 116)
    put(Self.octal(content.count), at: 124)
    put(Self.octal(0), at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar", at: 257)
    put("00", at: 263)
    // The sum is taken with blanks in its own place.
    let sum = header.reduce(0) { $0 + Int($1) }
    put(String(Self.octal(sum).suffix(6)), at: 148)
    header[154] = 0
    bytes += header + content
    bytes += [UInt8](repeating: 0, count: (Self.block - content.count % Self.block) % Self.block)
  }

  /// Two empty blocks end it.
  var ended: [UInt8] { bytes + [UInt8](repeating: 0, count: 2 * Self.block) }

  /// In eleven digits.
  private static func octal(_ number: Int) -> String {
    let digits = String(number, radix: 8)
    return String(repeating: "0", count: 11 - digits.count) + digits
  }
}
