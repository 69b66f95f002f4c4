import Basics
import Packets
import Testing

struct ChecksumTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func theSumIsThatOfTheBook(seed: UInt64) {
    var chance = Chance(seed: seed)
    for count in 0..<300 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) }
      var checksum = InternetChecksum()
      checksum.add(bytes.span.bytes)
      let expected = FrameBuilder.sum(bytes)
      // Zero has two forms in ones' complement; both stand for the same sum.
      let sum = UInt16(bigEndian: checksum.partial)
      #expect(sum % 0xffff == expected % 0xffff, "seed \(seed), \(count) bytes")
    }
  }

  @Test func aSumInPiecesIsTheSum() {
    let bytes = (0..<100).map { UInt8($0) }
    var whole = InternetChecksum()
    whole.add(bytes.span.bytes)
    var pieces = InternetChecksum()
    pieces.add(Array(bytes[..<40]).span.bytes)
    pieces.add(Array(bytes[40...]).span.bytes)
    #expect(pieces.complete == whole.complete)
  }

  @Test(arguments: [0, 1, 2, 7, 1000, 1460])
  func anOpenChecksumIsFinished(payloadBytes: Int) {
    let payload = (0..<payloadBytes).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for (frame, offset) in [
      (FrameBuilder.tcp(payload: payload), 16),
      (FrameBuilder.tcp(isIPv6: true, payload: payload), 16),
      (FrameBuilder.udp(payload: payload), 6),
    ] {
      let start = FrameBuilder.transportOffset(frame)
      var open = FrameBuilder.openChecksum(frame, field: start + offset)
      #expect(payload.isEmpty || !FrameBuilder.hasRightChecksum(open))
      var offload = OffloadHeader(
        isChecksumOpen: true, segmentation: .none, headerBytes: 0, segmentBytes: 0,
        checksumStart: UInt16(start), checksumOffset: UInt16(offset))
      finish(&open, &offload)
      #expect(!offload.isChecksumOpen)
      #expect(FrameBuilder.hasRightChecksum(open))
    }
  }

  @Test func offsetsOutsideTheFrameAreLeftAlone() {
    var frame = FrameBuilder.udp(payload: [1])
    let before = frame
    var offload = OffloadHeader(
      isChecksumOpen: true, segmentation: .none, headerBytes: 0, segmentBytes: 0,
      checksumStart: 60000, checksumOffset: 60000)
    finish(&frame, &offload)
    #expect(frame == before && offload.isChecksumOpen)
  }

  @Test func anOffloadHeaderIsWrittenAsItWasRead() {
    let bytes: [UInt8] = [1, 1, 66, 0, 0xb4, 5, 34, 0, 16, 0]
    let header = OffloadHeader(reading: bytes.span.bytes)
    #expect(header.isChecksumOpen && header.segmentation == .tcpV4)
    #expect(header.segmentBytes == 1460 && header.checksumStart == 34)
    var copy = [UInt8](repeating: 0, count: 10)
    copy.withUnsafeMutableBytes { memory in
      var span = memory.mutableBytes
      header.write(to: &span)
    }
    #expect(copy == bytes)
  }
}

/// Finishes the checksum of a frame in an array.
func finish(_ frame: inout [UInt8], _ offload: inout OffloadHeader) {
  frame.withUnsafeMutableBytes { memory in
    var span = memory.mutableBytes
    offload.finishChecksum(of: &span)
  }
}
