import Basics
import Foundation
import Histories
import TestGround
import Testing

@testable import Archive

/// Histories as files come: compressed, in UTF-16, empty.
@Suite struct PackedHistoryTests {
  private static let text = "i 0 0 w 1 5\no 0\ni 1 1 r 1\no 1 5\n"
  /// The text as gzip -9 and zstd write it.
  private static let packed: [(name: String, bytes: [UInt8])] = [
    ("gzip", bytes("H4sIAAAAAAACA8tUMADCcgVDBVOufAUDrkwgy1ChSMEQyAOJAQDLxMH2IAAAAA==")),
    ("zstd", bytes("KLUv/SAgAQEAaSAwIDAgdyAxIDUKbyAwCmkgMSAxIHIgMQpvIDEgNQo=")),
  ]

  private static func bytes(_ base64: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: base64) ?? Data())
  }

  private func read(
    _ bytes: [UInt8], as name: String = "x", within budget: ReadingBudget = .unlimited
  ) throws -> History {
    let folder = try TemporaryFolder()
    try Data(bytes).write(to: URL(filePath: folder.file(name)))
    return try HistoryFile.read(folder.file(name), within: budget)
  }

  private func refusal(_ bytes: [UInt8], as name: String = "x") -> String {
    let error = #expect(throws: ArchiveError.self) { try read(bytes, as: name) }
    return error?.description ?? ""
  }

  @Test(arguments: packed.indices)
  func whatIsCompressedIsUnpackedWholeAndInParts(index: Int) throws {
    let (_, bytes) = Self.packed[index]
    #expect(try read(bytes).operations.count == 2)
    // One part after another is one text; here the second repeats the first.
    #expect(try read(bytes + bytes).operations.count == 4)
    for cut in 4..<bytes.count - 1 {
      #expect(refusal(Array(bytes[..<cut])).contains("cut off"), "\(cut) of \(bytes.count)")
    }
    #expect(refusal(bytes + [1, 2, 3, 4, 5, 6, 7, 8]).contains("damaged"))
  }

  @Test func zerosMayFillUpGzip() throws {
    #expect(try read(Self.packed[0].bytes + [0, 0, 0]).operations.count == 2)
  }

  @Test(arguments: packed.indices)
  func mutationsOfCompressedFilesHaveAnAnswer(index: Int) throws {
    let seed = Seeds.fresh("packed \(Self.packed[index].name) ")
    var chance = Chance(seed: seed)
    for _ in 0..<300 {
      var bytes = Self.packed[index].bytes
      for _ in 0...chance.next() % 3 {
        bytes[Int(chance.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: chance.next())
      }
      do { _ = try read(bytes) } catch { #expect(error is ArchiveError, "seed \(seed): \(error)") }
    }
  }

  /// A frame of zstd (RFC 8878) with nothing but repetitions of one byte: four bytes for 128 KiB.
  private static func bomb(of byte: UInt8, blocks: Int) -> [UInt8] {
    var frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
    for block in 1...blocks {
      let header = UInt32(128 << 10) << 3 | 1 << 1 | (block == blocks ? 1 : 0)
      frame += [UInt8(header & 0xff), UInt8(header >> 8 & 0xff), UInt8(header >> 16), byte]
    }
    return frame
  }

  @Test(arguments: [UInt8(ascii: "\n"), UInt8(ascii: "a")])
  func aBombEndsWithTheBudget(byte: UInt8) throws {
    // 125 GB, were it unpacked whole.
    let packed = Self.bomb(of: byte, blocks: 1_000_000)
    let looks = Looks()
    let budget = ReadingBudget(largestArchive: .max) { looks.next() > 4 ? .memory : nil }
    let folder = try TemporaryFolder()
    try Data(packed).write(to: URL(filePath: folder.file("x.hist")))
    let error = #expect(throws: ArchiveError.self) {
      try HistoryFile.read(folder.file("x.hist"), format: .hist, within: budget)
    }
    #expect(
      error?.description.contains("memory budget was spent") == true, "\(String(describing: error))"
    )
  }

  @Test func utf16AndMarksAreReadAndNotGuessed() throws {
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    #expect(try read(mark + Self.text.utf8).operations.count == 2)
    let units: [UInt8] = Self.text.utf8.flatMap { [$0, 0] }
    #expect(try read([0xff, 0xfe] + units).operations.count == 2)
    #expect(refusal(units).contains("byte order mark"))
  }

  @Test func otherCompressionsAreNamed() {
    #expect(refusal([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1, 2]).contains("xz"))
    #expect(refusal(Array("BZh91AY".utf8)).contains("bzip2"))
  }

  @Test(arguments: [
    ("", "x.edn", "empty"), ("; a comment\n", "x.edn", "not one event"),
    ("[]", "x", "not one event"), ("# c\n", "x.hist", "not one event"),
    ("{\"faultline\":\"history\",\"version\":1}\n", "x", "not one event"),
  ])
  func aFileWithoutAnEventIsNoHistory(text: String, name: String, message: String) {
    #expect(refusal(Array(text.utf8), as: name).contains(message))
  }

  @Test func theContentTellsBeforeTheName() throws {
    #expect(try read(Array(Self.text.utf8), as: "x.json").operations.count == 2)
    #expect(try read(Self.packed[0].bytes, as: "history.edn.gz").operations.count == 2)
  }
}

/// Counts.
private final class Looks: @unchecked Sendable {
  private var count = 0
  func next() -> Int {
    count += 1
    return count
  }
}
