/// Undoes a compression piece by piece, so that nobody holds more than a piece of what comes out.
protocol Unpacker: AnyObject {
  /// Unpacks from the front of the input, which it takes from, up to a number of bytes; nothing when
  /// it needs more input.
  func unpack(_ input: inout ArraySlice<UInt8>, atMost count: Int) throws(UnpackingError) -> [UInt8]

  /// Whether what was unpacked could end here.
  var isComplete: Bool { get }
}

/// What packed bytes are not: a sentence.
struct UnpackingError: Error {
  let message: String
}

/// How a file is compressed, by its first bytes.
enum Compression {
  case gzip, zstd
  /// Recognised, so that the refusal can name it.
  case foreign(String)

  /// Nil for what is not compressed.
  init?(of prefix: [UInt8]) {
    let magic: [([UInt8], Compression)] = [
      ([0x1f, 0x8b], .gzip), ([0x28, 0xb5, 0x2f, 0xfd], .zstd),
      ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], .foreign("xz")), (Array("BZh".utf8), .foreign("bzip2")),
      ([0x50, 0x4b, 3, 4], .foreign("zip")), ([4, 0x22, 0x4d, 0x18], .foreign("lz4")),
    ]
    guard let found = magic.first(where: { prefix.starts(with: $0.0) }) else { return nil }
    self = found.1
  }

  func unpacker() throws(UnpackingError) -> any Unpacker {
    switch self {
    case .gzip: return try Gunzip()
    case .zstd: return try Unzstd()
    case .foreign(let name):
      throw UnpackingError(
        message: "it is compressed with \(name), which is not read; unpack it, or use gzip or zstd")
    }
  }
}
