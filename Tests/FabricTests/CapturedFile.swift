import CPcap
import Foundation
import Testing

/// A capture as an independent reader sees it: libpcap.
struct CapturedFile {
  struct Packet {
    /// Nanoseconds since 1970.
    let stamp: Int64
    let keptBytes: Int
    let originalBytes: Int
    let bytes: [UInt8]
  }

  private(set) var packets: [Packet] = []
  /// Why libpcap stopped before the end; nil when it read all of it.
  private(set) var complaint: String?

  private static func words(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  init(_ path: String) throws {
    var text = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    let precision = UInt32(PCAP_TSTAMP_PRECISION_NANO)
    let opened = pcap_open_offline_with_tstamp_precision(path, precision, &text)
    let handle = try #require(opened, "\(path): \(Self.words(text))")
    defer { pcap_close(handle) }
    #expect(pcap_datalink(handle) == DLT_EN10MB)
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    while true {
      let answer = pcap_next_ex(handle, &header, &data)
      guard answer == 1, let header, let data else {
        if answer != PCAP_ERROR_BREAK { complaint = String(cString: pcap_geterr(handle)) }
        return
      }
      let kept = Int(header.pointee.caplen)
      packets.append(
        Packet(
          stamp: Int64(header.pointee.ts.tv_sec) * 1_000_000_000 + Int64(header.pointee.ts.tv_usec),
          keptBytes: kept, originalBytes: Int(header.pointee.len),
          bytes: Array(UnsafeBufferPointer(start: data, count: kept))))
    }
  }
}

/// A pcapng file block by block, for what libpcap does not tell: comments, and who lost what.
struct PcapngFile {
  struct Block {
    let type: UInt32
    let body: ArraySlice<UInt8>
    let comments: [String]
  }

  let blocks: [Block]

  var packets: [Block] { blocks.filter { $0.type == 6 } }
  var interfaces: [String] {
    blocks.filter { $0.type == 1 }.map {
      String(decoding: Self.options($0.body.dropFirst(8))[2]?.first ?? [], as: UTF8.self)
    }
  }
  /// What the statistics at the end say is missing, by interface.
  var lost: [UInt64] {
    blocks.filter { $0.type == 5 }.map {
      Self.options($0.body.dropFirst(12))[5]?.first?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        ?? .max
    }
  }

  init(_ path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var blocks: [Block] = []
    var offset = 0
    while offset < bytes.count {
      let type = Self.number(bytes[offset..<offset + 4])
      let length = Int(Self.number(bytes[offset + 4..<offset + 8]))
      try #require(length % 4 == 0 && length >= 12 && offset + length <= bytes.count)
      let end = offset + length
      #expect(Int(Self.number(bytes[end - 4..<end])) == length, "the length stands at both ends")
      let body = bytes[offset + 8..<end - 4]
      blocks.append(Block(type: type, body: body, comments: Self.comments(type, body)))
      offset = end
    }
    self.blocks = blocks
  }

  private static func comments(_ type: UInt32, _ body: ArraySlice<UInt8>) -> [String] {
    var rest = body
    switch type {
    case 6:
      let kept = Int(number(body.dropFirst(12).prefix(4)))
      rest = body.dropFirst(20 + (kept + 3) / 4 * 4)
    case 5: rest = body.dropFirst(12)
    default: return []
    }
    return (options(rest)[1] ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func options(_ bytes: ArraySlice<UInt8>) -> [UInt16: [ArraySlice<UInt8>]] {
    var options: [UInt16: [ArraySlice<UInt8>]] = [:]
    var rest = bytes
    while rest.count >= 4 {
      let head = number(rest.prefix(4))
      let (code, length) = (UInt16(head & 0xffff), Int(head >> 16))
      if code == 0 { break }
      options[code, default: []].append(rest.dropFirst(4).prefix(length))
      rest = rest.dropFirst(4 + (length + 3) / 4 * 4)
    }
    return options
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
