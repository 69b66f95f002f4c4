import Packets

// A span cannot pass through the testing macros; an array can.

extension EthernetHeader {
  init?(_ frame: [UInt8]) { self.init(reading: frame.span.bytes) }
}

extension ARPPacket {
  init?(_ frame: [UInt8]) { self.init(readingFrame: frame.span.bytes) }
}

extension NDPPacket {
  init?(_ frame: [UInt8]) { self.init(readingFrame: frame.span.bytes) }

  static func mayBe(_ frame: [UInt8]) -> Bool { mayBe(frame.span.bytes) }
}

extension ProbeFrame {
  init?(_ frame: [UInt8]) { self.init(reading: frame.span.bytes) }

  static func isProbe(_ frame: [UInt8]) -> Bool { isProbe(frame.span.bytes) }
}

extension IPv4Header {
  init?(_ frame: [UInt8]) { self.init(reading: frame.span.bytes) }
}

extension Ports {
  init?(_ frame: [UInt8], _ header: IPv4Header) { self.init(reading: frame.span.bytes, of: header) }
}

extension SuperPacket {
  init?(_ frame: [UInt8], _ offload: OffloadHeader) {
    self.init(reading: frame.span.bytes, offload: offload)
  }
}

/// Bytes of a frame that a capture of headers keeps.
func headerExtent(_ frame: [UInt8]) -> Int { HeaderExtent.byteCount(of: frame.span.bytes) }

func uint16(_ bytes: [UInt8], at offset: Int) -> UInt16 { bytes.span.bytes.uint16(at: offset) }
func uint32(_ bytes: [UInt8], at offset: Int) -> UInt32 { bytes.span.bytes.uint32(at: offset) }

extension IPv6Header {
  init?(reading frame: [UInt8]) { self.init(reading: frame.span.bytes) }
}

extension IPv4Header {
  init?(reading frame: [UInt8]) { self.init(reading: frame.span.bytes) }
}

extension ProbeTrailer {
  init?(endOf frame: [UInt8]) { self.init(endOf: frame.span.bytes) }
  static func ends(_ frame: [UInt8]) -> Bool { ends(frame.span.bytes) }
}

extension TCPReset {
  init?(answering frame: [UInt8]) { self.init(answering: frame.span.bytes) }
}

extension TransportFrame {
  init?(reading frame: [UInt8]) { self.init(reading: frame.span.bytes) }

  static func isReset(_ frame: [UInt8]) -> Bool { isReset(frame.span.bytes) }
}
