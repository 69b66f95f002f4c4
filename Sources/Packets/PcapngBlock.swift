/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), in the machine's own byte order, as the
/// format allows. Stamps are nanoseconds since 1970.
///
/// An enhanced packet block is written around a frame that is in memory already, so that a capture
/// need not copy it: `packetHeaderBytes` before the frame, then what `closePacket` puts behind it.
public enum PcapngBlock {
  /// Bytes of an enhanced packet block before the frame in it.
  public static let packetHeaderBytes = 28
  /// The most that padding, comments and the block's end take behind a frame.
  public static let packetTrailerBytes = 3 + commentBytes + 8
  /// The most that the comments of one packet take; what is too long is cut.
  static let commentBytes = 8192
  /// Readers ask how much of a frame is kept at most, and refuse interfaces that differ in it.
  static let snapBytes: UInt32 = 262_144

  /// The section header that every file begins with: who wrote it.
  public static func section(of application: String) -> [UInt8] {
    var block = BlockBytes(type: 0x0a0d_0d0a)
    block.append(UInt32(0x1a2b_3c4d))
    // Version 1.0, and a section whose length is not told.
    block.append(UInt32(1).littleEndian == 1 ? UInt32(1) : UInt32(1) << 16)
    block.append(UInt64.max)
    block.append(option: 4, Array(application.utf8))
    return block.finished
  }

  /// An interface: Ethernet, stamped in nanoseconds. They are numbered from 0 as they are described.
  public static func interface(_ name: String) -> [UInt8] {
    var block = BlockBytes(type: 1)
    // The link type, LINKTYPE_ETHERNET, and two bytes of nothing.
    block.append(UInt32(1).littleEndian == 1 ? UInt32(1) : UInt32(1) << 16)
    block.append(snapBytes)
    block.append(option: 2, Array(name.utf8))
    block.append(option: 9, [9])
    return block.finished
  }

  /// What is known of an interface at the end of a file: how many frames the file lacks, and what
  /// else is to be said.
  public static func statistics(
    of interface: Int, at stamp: Int64, lost: UInt64, comments: [String] = []
  ) -> [UInt8] {
    var block = BlockBytes(type: 5)
    block.append(UInt32(interface))
    block.append(stamp: stamp)
    for comment in comments { block.append(comment: comment) }
    block.append(option: 5, unsafe withUnsafeBytes(of: lost) { unsafe Array($0) })
    return block.finished
  }

  /// Writes the block around a frame that lies at `packetHeaderBytes`, and answers its length.
  ///
  /// `packetTrailerBytes` must be left behind the frame.
  public static func closePacket(
    in block: inout MutableRawSpan, interface: Int, at stamp: Int64, keptBytes: Int,
    originalBytes: Int, comments: [String] = []
  ) -> Int {
    var end = packetHeaderBytes + keptBytes
    while end % 4 != 0 {
      block.storeBytes(of: 0, toByteOffset: end, as: UInt8.self)
      end += 1
    }
    if !comments.isEmpty {
      for byte in options(comments) {
        block.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
        end += 1
      }
    }
    let length = UInt32(end + 4)
    let stamp = UInt64(bitPattern: stamp)
    let words =
      [
        6, length, UInt32(interface), UInt32(stamp >> 32), UInt32(truncatingIfNeeded: stamp),
        UInt32(keptBytes), UInt32(originalBytes),
      ] as InlineArray<7, UInt32>
    for index in words.indices {
      block.storeBytes(of: words[index], toByteOffset: index * 4, as: UInt32.self)
    }
    block.storeBytes(of: length, toByteOffset: end, as: UInt32.self)
    return end + 4
  }

  /// How many of the comments, from the first on, one packet can carry; never none of some.
  public static func packetCapacity(for comments: [String]) -> Int {
    var bytes = 4
    let fitting = comments.prefix { comment in
      bytes += BlockBytes.commentBytes(comment)
      return bytes <= commentBytes
    }
    return fitting.count
  }

  private static func options(_ comments: [String]) -> [UInt8] {
    var bytes = BlockBytes()
    for comment in comments { bytes.append(comment: comment) }
    bytes.endOptions()
    return bytes.bytes
  }
}

/// A block, or the options of one, under construction.
private struct BlockBytes {
  private(set) var bytes: [UInt8] = []

  /// The most of one comment that is kept.
  static let mostOfAComment = 2000

  init() {}

  /// A block of a type; its length is written once it is known.
  init(type: UInt32) {
    append(type)
    append(UInt32(0))
  }

  static func commentBytes(_ comment: String) -> Int {
    4 + (min(comment.utf8.count, mostOfAComment) + 3) / 4 * 4
  }

  mutating func append(_ number: some FixedWidthInteger) {
    unsafe withUnsafeBytes(of: number) { unsafe bytes.append(contentsOf: $0) }
  }

  mutating func append(stamp: Int64) {
    let stamp = UInt64(bitPattern: stamp)
    append(UInt32(stamp >> 32))
    append(UInt32(truncatingIfNeeded: stamp))
  }

  mutating func append(option code: UInt16, _ value: [UInt8]) {
    append(code)
    append(UInt16(value.count))
    bytes += value
    while bytes.count % 4 != 0 { bytes.append(0) }
  }

  mutating func append(comment: String) {
    append(option: 1, Array(comment.utf8.prefix(Self.mostOfAComment)))
  }

  mutating func endOptions() { append(UInt32(0)) }

  /// The whole block, its options ended and its length at both ends.
  var finished: [UInt8] {
    var block = self
    block.endOptions()
    let length = UInt32(block.bytes.count + 4)
    block.append(length)
    unsafe withUnsafeBytes(of: length) { unsafe block.bytes.replaceSubrange(4..<8, with: $0) }
    return block.bytes
  }
}
