/// Reads what `PcapngBlock` writes, as it comes: a stream that is cut anywhere. Only what a machine of the same byte
/// order has written.
public struct PcapngReader: Sendable {
  private var pending: [UInt8] = []
  /// In the order in which they were described.
  private var interfaces: [String] = []

  /// What a stream tells.
  public enum Item: Hashable, Sendable {
    /// A frame with what was said at it.
    case packet(Packet)
    /// The end of the file, and what was said that no packet came to carry.
    case end(lost: UInt64, comments: [String])
  }

  /// A frame that was kept.
  public struct Packet: Hashable, Sendable {
    /// The interface that it came from: `node@segment`.
    public let interface: String
    /// Nanoseconds since 1970.
    public let stamp: Int64
    /// What was kept of it, from the Ethernet header on.
    public let frame: [UInt8]
    /// How many bytes it had on the wire.
    public let originalBytes: Int
    /// What was said since the packet before it.
    public let comments: [String]
  }

  /// Nothing has been read yet.
  public init() {}

  /// What has become whole with these bytes; nil once the stream is none of ours.
  public mutating func take(_ bytes: [UInt8]) -> [Item]? {
    pending += bytes
    var items: [Item] = []
    var start = 0
    while pending.count - start >= 12 {
      let length = Int(pending.word(at: start + 4))
      guard length >= 12, length % 4 == 0, length <= Self.mostBytes else { return nil }
      guard pending.count - start >= length else { break }
      guard let item = read(pending[start..<start + length]) else { return nil }
      if case .some(let item) = item { items.append(item) }
      start += length
    }
    pending.removeFirst(start)
    return items
  }

  /// No block of ours is longer.
  private static let mostBytes = 1 << 20

  /// Nil where it cannot be read; nothing within where it tells nothing by itself.
  private mutating func read(_ block: ArraySlice<UInt8>) -> Item?? {
    let at = block.startIndex
    switch block.word(at: at) {
    case 0x0a0d_0d0a:
      guard block.word(at: at + 8) == 0x1a2b_3c4d else { return nil }
      interfaces = []
      return .some(nil)
    case 1:
      let names = Self.options(block, from: at + 16).filter { $0.code == 2 }
      interfaces.append(names.first.map { String(decoding: $0.value, as: UTF8.self) } ?? "?")
      return .some(nil)
    case 5: return statistics(block)
    case 6: return packet(block)
    default: return .some(nil)
    }
  }

  private func packet(_ block: ArraySlice<UInt8>) -> Item?? {
    let at = block.startIndex
    guard block.count >= 32 else { return nil }
    let kept = Int(block.word(at: at + 20))
    let interface = Int(block.word(at: at + 8))
    guard kept <= block.count - 32, interfaces.indices.contains(interface) else { return nil }
    let start = at + PcapngBlock.packetHeaderBytes
    let options = Self.options(block, from: start + (kept + 3) / 4 * 4)
    let stamp = UInt64(block.word(at: at + 12)) << 32 | UInt64(block.word(at: at + 16))
    return .packet(
      Packet(
        interface: interfaces[interface], stamp: Int64(truncatingIfNeeded: stamp),
        frame: Array(block[start..<start + kept]), originalBytes: Int(block.word(at: at + 24)),
        comments: Self.comments(options)))
  }

  private func statistics(_ block: ArraySlice<UInt8>) -> Item?? {
    guard block.count >= 24 else { return nil }
    let options = Self.options(block, from: block.startIndex + 20)
    let lost = options.first { $0.code == 5 && $0.value.count == 8 }.map { option in
      let first = option.value.startIndex
      return UInt64(option.value.word(at: first)) | UInt64(option.value.word(at: first + 4)) << 32
    }
    return .end(lost: lost ?? 0, comments: Self.comments(options))
  }

  private static func comments(_ options: [(code: UInt16, value: ArraySlice<UInt8>)]) -> [String] {
    options.filter { $0.code == 1 }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// Those before the block's last length.
  private static func options(
    _ block: ArraySlice<UInt8>, from start: Int
  ) -> [(code: UInt16, value: ArraySlice<UInt8>)] {
    var found: [(code: UInt16, value: ArraySlice<UInt8>)] = []
    var at = start
    while at + 4 <= block.endIndex - 4 {
      let head = block.word(at: at)
      let (code, count) = (UInt16(truncatingIfNeeded: head), Int(head >> 16))
      guard code != 0, at + 4 + count <= block.endIndex - 4 else { break }
      found.append((code, block[at + 4..<at + 4 + count]))
      at += 4 + (count + 3) / 4 * 4
    }
    return found
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// Four bytes, the low one first, as machines that run this write them.
  fileprivate func word(at index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(self[index + $1]) << UInt32($1 * 8) }
  }
}
