extension OffloadHeader {
  /// Finishes an open checksum, so that damage done to the frame afterwards can be noticed and a
  /// capture of it is not called broken.
  ///
  /// The field already holds the sum of the pseudo-header, so summing everything from
  /// `checksumStart` on, the field included, gives the whole sum. A frame with offsets outside
  /// itself is left alone: it is the receiving kernel's to refuse.
  public mutating func finishChecksum(of frame: inout MutableRawSpan) {
    guard isChecksumOpen else { return }
    let start = Int(checksumStart)
    let field = start + Int(checksumOffset)
    guard start < frame.byteCount, field + 2 <= frame.byteCount else { return }
    var checksum = InternetChecksum()
    checksum.add(frame.bytes.extracting(start..<frame.byteCount))
    // A UDP checksum of zero would mean that there is none (RFC 768).
    let isUDP = checksumOffset == 6
    let value = checksum.complete == 0 && isUDP ? 0xffff : checksum.complete
    frame.storeBytes(of: value, toByteOffset: field, as: UInt16.self)
    isChecksumOpen = false
  }
}
