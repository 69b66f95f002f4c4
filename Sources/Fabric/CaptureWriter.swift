internal import Basics
internal import CPcap
internal import Glibc
internal import Linux

/// The file of a capture. It is made on one thread and then used by the writing thread alone.
@safe final class CaptureWriter: @unchecked Sendable {
  private let path: String
  private let clock: RunClock
  private let handle: OpaquePointer
  private var file: OpaquePointer?
  private var failure: FabricError?

  init(path: String, clock: RunClock) throws(FabricError) {
    let nanoseconds = UInt32(bitPattern: PCAP_TSTAMP_PRECISION_NANO)
    guard
      let handle = unsafe pcap_open_dead_with_tstamp_precision(
        DLT_EN10MB, Int32(FramePool.largestBytes), nanoseconds)
    else { throw .capture(path: path, reason: "out of memory") }
    guard let file = unsafe Self.open(path, handle) else {
      let reason = Errno.last("open").reason
      unsafe pcap_close(handle)
      throw .capture(path: path, reason: reason)
    }
    self.path = path
    self.clock = clock
    unsafe self.handle = unsafe handle
    unsafe self.file = unsafe file
  }

  /// With a buffer of its own size: libpcap writes every frame in two pieces.
  private static func open(_ path: String, _ handle: OpaquePointer) -> OpaquePointer? {
    guard let stream = unsafe fopen(path, "we") else { return nil }
    unsafe setvbuf(stream, nil, _IOFBF, CaptureChunk.capacityBytes)
    if let file = unsafe pcap_dump_fopen(handle, stream) { return unsafe file }
    unsafe fclose(stream)
    return nil
  }

  deinit {
    _ = close()
    unsafe pcap_close(handle)
  }

  /// Writes a chunk through to the file; once that has failed nothing more is written.
  func write(_ chunk: inout CaptureChunk) -> FabricError? {
    guard failure == nil, let file = unsafe file else { return failure }
    unsafe chunk.forEach { record, bytes in
      var header = pcap_pkthdr()
      let stamp = clock.wallOrigin + record.at.nanoseconds
      header.ts = timeval(
        tv_sec: Int(stamp / 1_000_000_000), tv_usec: Int(stamp % 1_000_000_000))
      header.caplen = UInt32(record.keptBytes)
      header.len = UInt32(record.originalBytes)
      unsafe pcap_dump(
        UnsafeMutableRawPointer(file).assumingMemoryBound(to: UInt8.self), &header,
        bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
    }
    if unsafe pcap_dump_flush(file) != 0 || ferror(pcap_dump_file(file)) != 0 { fail() }
    return failure
  }

  /// Closes the file; the answer is why it is not whole, if it is not.
  func close() -> FabricError? {
    guard let file = unsafe file else { return failure }
    if failure == nil, unsafe pcap_dump_flush(file) != 0 { fail() }
    unsafe pcap_dump_close(file)
    unsafe self.file = nil
    return failure
  }

  private func fail() {
    failure = .capture(path: path, reason: Errno.last("write").reason)
  }
}
