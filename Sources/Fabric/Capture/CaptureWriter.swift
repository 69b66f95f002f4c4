internal import Basics
internal import Glibc
internal import Linux
internal import Packets

/// The file of a capture, or its ring of files. It is made on one thread and then used by the writing
/// thread alone.
final class CaptureWriter: @unchecked Sendable {
  private let path: String
  private let ring: CaptureRing?
  private let clock: RunClock
  private let queue: CaptureQueue
  private var file: Descriptor?
  /// Counted from 1.
  private var number = 1
  private var fileBytes = 0
  /// How many interfaces the present file describes.
  private var described = 0
  private var failure: FabricError?

  init(path: String, ring: CaptureRing?, queue: CaptureQueue, clock: RunClock)
    throws(FabricError)
  {
    self.path = path
    self.ring = ring
    self.queue = queue
    self.clock = clock
    try begin()
  }

  /// Into a file that is open already: of somebody else, who may leave it lying unread if it is a pipe.
  init(into file: consuming Descriptor, queue: CaptureQueue, clock: RunClock) {
    path = "into what was given"
    ring = nil
    self.queue = queue
    self.clock = clock
    self.file = consume file
    write(PcapngBlock.section(of: "Faultline"))
  }

  /// The name of a file of the capture.
  private func path(of number: Int) -> String { CaptureRing.path(path, file: number) }

  /// How many files of the ring gave way to newer ones.
  var removedFiles: Int { ring.map { max(0, number - $0.files) } ?? 0 }

  private func begin() throws(FabricError) {
    let path = path(of: number)
    do throws(Errno) {
      file = try Descriptor.open(path, .replace)
    } catch {
      throw .capture(path: path, reason: error.reason)
    }
    (fileBytes, described) = (0, 0)
    write(PcapngBlock.section(of: "Faultline"))
  }

  /// Writes a chunk through to the file; once that has failed nothing more is written.
  func write(_ chunk: CaptureChunk) -> FabricError? {
    guard failure == nil else { return failure }
    chunk.finishChecksums()
    let bytes = unsafe chunk.blocks
    turn(before: bytes.count)
    describeInterfaces()
    unsafe write(bytes)
    return failure
  }

  /// Begins the next file when the present one would grow too large.
  private func turn(before byteCount: Int) {
    guard let ring, fileBytes + byteCount + Self.endBytes > ring.fileBytes else { return }
    end()
    number += 1
    if number > ring.files {
      let oldest = path(of: number - ring.files)
      // One that somebody else has taken away is no loss.
      unsafe unlink(oldest)
    }
    do throws(FabricError) { try begin() } catch { failure = failure ?? error }
  }

  /// How long one look at a pipe that is full waits for the next, in nanoseconds.
  private static let glance: Int64 = 50_000_000

  /// Left in a file of a ring for what ends it.
  private static let endBytes = 64 << 10

  private func describeInterfaces() {
    let interfaces = queue.interfaces
    for name in interfaces[described...] { write(PcapngBlock.interface(name)) }
    described = interfaces.count
  }

  /// Says what the file lacks, and what no packet came to carry.
  private func end(_ comments: [String] = []) {
    describeInterfaces()
    let stamp = clock.wallOrigin + clock.now.nanoseconds
    for (interface, lost) in queue.lost.prefix(described).enumerated() {
      write(
        PcapngBlock.statistics(
          of: interface, at: stamp, lost: lost, comments: interface == 0 ? comments : []))
    }
    file = nil
  }

  /// Ends the file; the answer is why it is not whole, if it is not.
  func close() -> FabricError? {
    if file != nil { end(queue.lateComments) }
    return failure
  }

  private func write(_ bytes: [UInt8]) {
    unsafe bytes.withUnsafeBytes { unsafe write($0) }
  }

  /// All of it or nothing: what would end in the middle of a block is cut off again.
  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil, let raw = file?.raw else { return }
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let count = unsafe Glibc.write(raw, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN, !queue.isAbandoned {
        let glance = MonotonicClock.nanoseconds + Self.glance
        _ = try? Poll.wait([raw], for: .writable, until: glance)
        continue
      }
      guard count > 0 else {
        failure = .capture(path: path(of: number), reason: Errno.last("write").reason)
        _ = ftruncate(raw, off_t(fileBytes))
        return
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    fileBytes += bytes.count
  }
}
