internal import CFUSE
internal import Durability
internal import Glibc
public import Linux
internal import Synchronization

/// A file system of ours, served by a thread of its own until it is unmounted everywhere.
///
/// Everything may be called from any thread but those that wait for the disk itself.
public final class DiskServer: Sendable {
  typealias Order = @Sendable (DiskSession?) -> Void

  private let device: Descriptor
  private let folder: String
  private let bell: Descriptor
  private let orders = Mutex<Orders>(Orders())
  private let thread = Mutex<Linux.Thread?>(nil)

  private struct Orders {
    var waiting: [Order] = []
    var isOver = false
  }

  /// Serves what is mounted with `device`, or will be.
  ///
  /// - Parameter folder: where its files lie, made by `DiskMount.makeBacking`.
  public init(_ device: consuming Descriptor, folder: String) throws(Errno) {
    self.device = device
    self.folder = folder
    let pipe = try Descriptor.pipe()
    let ear = try pipe.reading.duplicate().release()
    bell = pipe.keepWriting()
    let began = Latch<Errno?>()
    let raw = self.device.raw
    let thread = try Linux.Thread(named: "disk") { [self] in
      let ear = Descriptor(owning: ear)
      do throws(Errno) {
        let session = try DiskSession(device: raw, folder: self.folder)
        began.set(nil)
        DiskLoop(session: session).run(ear: ear.raw, takeOrders)
      } catch {
        began.set(error)
      }
      orders.withLock { $0.isOver = true }
      for order in takeOrders() { order(nil) }
    }
    self.thread.withLock { $0 = thread }
    if let error = began.wait() { throw error }
  }

  /// Waits until it serves no more: its file system is mounted nowhere, or was aborted.
  public func wait() { thread.withLock { $0.take() }?.join() }

  private func takeOrders() -> [Order] {
    orders.withLock { orders in
      defer { orders.waiting = [] }
      return orders.waiting
    }
  }

  /// Runs `act` on the thread that serves, between two requests.
  ///
  /// - Throws: ENOTCONN where the disk is served no more.
  func onDisk<Result: Sendable>(
    _ act: @escaping @Sendable (DiskSession) -> Result
  ) throws(Errno) -> Result {
    let latch = Latch<Result?>()
    let isOver = orders.withLock { orders in
      if !orders.isOver { orders.waiting.append { latch.set($0.map(act)) } }
      return orders.isOver
    }
    if !isOver { try bell.write([1]) }
    guard !isOver, let result = latch.wait() else {
      throw Errno(ENOTCONN, "reach the disk in \(folder)")
    }
    return result
  }

  var notices: DiskNotices { DiskNotices(device: device.raw) }
}

/// Reads requests until there are no more.
struct DiskLoop {
  let session: DiskSession

  /// So many requests are served before others get a turn.
  private static let turn = 64

  func run(ear: Int32, _ takeOrders: () -> [DiskServer.Order]) {
    let room = DiskAnswers.mostBytes + 65_536
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: room, alignment: 4096)
    defer { unsafe buffer.deallocate() }
    while true {
      guard unsafe serveTurn(buffer) else { return }
      guard let ready = try? Poll.wait([session.device, ear], until: session.nextDue) else {
        return
      }
      if ready[1] {
        var bytes = [UInt8](repeating: 0, count: 64)
        _ = unsafe Glibc.read(ear, &bytes, bytes.count)
        for order in takeOrders() { order(session) }
      }
      session.serveDue(now: MonotonicClock.nanoseconds)
    }
  }

  /// False when there is nothing to serve any more.
  private func serveTurn(_ buffer: UnsafeMutableRawBufferPointer) -> Bool {
    for _ in 0..<Self.turn {
      let count = unsafe Glibc.read(session.device, buffer.baseAddress, buffer.count)
      if count < 0 {
        switch errno {
        // ENOENT: who asked was interrupted before the request was read.
        case EINTR, ENOENT: continue
        case EAGAIN: return true
        default: return false
        }
      }
      let message = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<count])
      if let request = unsafe DiskRequest(message) { session.take(request) }
    }
    return true
  }
}
