internal import Glibc
internal import Histories
internal import Linux

/// The text of a history's file as plain UTF-8, in pieces: unpacked where it is compressed, decoded
/// where it is UTF-16. Its errors name it.
struct HistoryInput: ~Copyable {
  static let pieceBytes = 1 << 20
  /// What must be there to tell what a file is, unless the file is shorter.
  private static let tellingBytes = 1 << 16
  /// How often the budget is looked at while nothing arrives.
  private static let waitNanoseconds: Int64 = 100_000_000

  /// How its errors call it.
  let name: String
  /// Whether the file is compressed.
  var isPacked: Bool { unpacker != nil }
  private let file: Descriptor
  private let budget: ReadingBudget
  private var unpacker: (any Unpacker)?
  private var decoder = TextDecoder()
  private var packed: ArraySlice<UInt8> = []
  /// No byte follows what was read from the file.
  private var isRead = false
  private var isDecoded = false

  /// Opens a file; `-` is standard input.
  init(_ path: String, within budget: ReadingBudget) throws(ArchiveError) {
    name = path == "-" ? "standard input" : path
    self.budget = budget
    do throws(Errno) {
      file = try path == "-" ? Descriptor(owning: dup(STDIN_FILENO)) : Descriptor.open(path, .read)
    } catch {
      throw .file(path: name, Errno(error.code, "open"))
    }
  }

  /// The first text, to be asked for once and before all other: enough to tell a format by, or all
  /// there is.
  mutating func beginning() throws(ArchiveError) -> [UInt8] {
    while packed.count < 8, !isRead { packed += try readFile() }
    do throws(UnpackingError) {
      unpacker = try Compression(of: Array(packed.prefix(8)))?.unpacker()
    } catch {
      throw .unrecognised(path: name, error.message)
    }
    var beginning: [UInt8] = []
    while beginning.count < Self.tellingBytes {
      let piece = try next()
      if piece.isEmpty { break }
      beginning += piece
    }
    return beginning
  }

  /// The next text; empty at the end.
  mutating func next() throws(ArchiveError) -> [UInt8] {
    while !isDecoded {
      let bytes = try nextBytes()
      isDecoded = bytes.isEmpty
      let text = try decode(bytes)
      if !text.isEmpty { return text }
    }
    return []
  }

  private mutating func decode(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
    do throws(FormatError) {
      return bytes.isEmpty ? try decoder.finish() : try decoder.decode(bytes)
    } catch {
      throw .format(path: name, error)
    }
  }

  /// The next bytes as they were before they were compressed; empty at the end.
  private mutating func nextBytes() throws(ArchiveError) -> [UInt8] {
    guard let unpacker else {
      defer { packed = [] }
      return packed.isEmpty ? try readFile() : Array(packed)
    }
    while true {
      let bytes = try unpack(unpacker)
      if !bytes.isEmpty { return bytes }
      if isRead { return [] }
      packed = try readFile()[...]
    }
  }

  private mutating func unpack(_ unpacker: any Unpacker) throws(ArchiveError) -> [UInt8] {
    do throws(UnpackingError) {
      let bytes = try unpacker.unpack(&packed, atMost: Self.pieceBytes)
      guard !bytes.isEmpty || !isRead || unpacker.isComplete else {
        throw UnpackingError(message: "its compressed data end too early: the file is cut off")
      }
      return bytes
    } catch {
      throw .unrecognised(path: name, error.message)
    }
  }

  /// The next bytes of the file, waited for as long as the budget lasts; empty at its end.
  private mutating func readFile() throws(ArchiveError) -> [UInt8] {
    while !isRead {
      if let part = budget.spent { throw .spent(path: name, part) }
      do throws(Errno) {
        let deadline = MonotonicClock.nanoseconds + Self.waitNanoseconds
        guard try Poll.wait([file.raw], until: deadline)[0] else { continue }
        let bytes = try file.read(upTo: Self.pieceBytes)
        isRead = bytes.isEmpty
        return bytes
      } catch {
        throw .file(path: name, error)
      }
    }
    return []
  }
}
