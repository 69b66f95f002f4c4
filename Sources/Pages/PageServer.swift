internal import CMicroHTTPD
public import Linux

/// Serves one page over HTTP at a socket that listens already: a thread for every connection, so that who is
/// slow holds up nobody else.
@safe public final class PageServer: @unchecked Sendable {
  private let gate: PageGate
  private let answer: @Sendable (PageGate.Way, PageRequest) -> PageReply
  private var daemon: OpaquePointer?

  /// Begins to serve; whoever makes it stops it before letting go of it.
  ///
  /// - Parameters:
  ///   - answer: to what the gate has let in; called on the connection's thread. What was refused is answered
  ///     here.
  /// - Throws: where no thread can be started.
  public init(
    on socket: ListeningSocket, gate: PageGate,
    answer: @escaping @Sendable (PageGate.Way, PageRequest) -> PageReply
  ) throws(Errno) {
    self.gate = gate
    self.answer = answer
    // The library closes it in the end.
    let own = try socket.duplicate().release()
    unsafe daemon = mhd_start_on_socket(
      own, Self.connections, Self.idleSeconds, Self.handle, Self.forget,
      Unmanaged.passUnretained(self).toOpaque())
    guard unsafe daemon != nil else {
      let error = Errno.last("serve a page at \(socket.end)")
      _ = Descriptor(owning: own)
      throw error
    }
  }

  /// Takes no more connections, and closes those there are.
  public func stop() {
    guard let running = unsafe daemon else { return }
    unsafe daemon = nil
    unsafe MHD_stop_daemon(running)
  }

  /// More than may look on, for those who ask for something meanwhile.
  private static let connections: UInt32 = 96
  /// A connection on which nothing moves for so long is closed; there is always a comment sooner.
  private static let idleSeconds: UInt32 = 15
  /// In nanoseconds; how long nothing is said to one who looks on.
  private static let silence: Int64 = 5_000_000_000
  /// A longer body is refused.
  private static let longestBody = 64 << 10

  /// The body of one request while it arrives.
  private final class Upload { var bytes: [UInt8] = [] }

  private static let handle: MHD_AccessHandlerCallback = {
    context, connection, url, method, _, data, size, slot in
    guard let context = unsafe context, let connection = unsafe connection,
      let url = unsafe url, let method = unsafe method, let size = unsafe size,
      let slot = unsafe slot
    else { return .NO }
    guard let kept = unsafe slot.pointee else {
      unsafe slot.pointee = Unmanaged.passRetained(Upload()).toOpaque()
      return .YES
    }
    let upload = unsafe Unmanaged<Upload>.fromOpaque(kept).takeUnretainedValue()
    if unsafe size.pointee > 0, let data = unsafe data {
      let room = longestBody + 1 - upload.bytes.count
      let count = unsafe min(size.pointee, room)
      unsafe UnsafeRawBufferPointer(start: data, count: count).forEach { upload.bytes.append($0) }
      unsafe size.pointee = 0
      return .YES
    }
    let server = unsafe Unmanaged<PageServer>.fromOpaque(context).takeUnretainedValue()
    var request = unsafe PageRequest(String(cString: method), String(cString: url))
    unsafe request.read(connection)
    request.body = upload.bytes
    return unsafe server.reply(to: request, on: connection)
  }

  private static let forget: MHD_RequestCompletedCallback = { _, _, slot, _ in
    guard let kept = unsafe slot?.pointee else { return }
    unsafe Unmanaged<Upload>.fromOpaque(kept).release()
    unsafe slot?.pointee = nil
  }

  private func reply(to request: PageRequest, on connection: OpaquePointer) -> MHD_Result {
    if request.body.count > Self.longestBody {
      return unsafe send(.sentence(413, "this is too long"), on: connection)
    }
    let way = gate.way(of: request)
    if case .refused(let status, let sentence) = way {
      return unsafe send(.sentence(status, sentence), on: connection)
    }
    return unsafe send(answer(way, request), on: connection)
  }

  private func send(_ reply: PageReply, on connection: OpaquePointer) -> MHD_Result {
    switch reply {
    case .document(let document):
      var bytes = document.bytes
      guard
        let packet = unsafe MHD_create_response_from_buffer(
          bytes.count, &bytes, .RESPMEM_MUST_COPY)
      else { return .NO }
      return unsafe queue(
        packet, document.status, document.type, document.policy, on: connection)
    case .events(let viewer):
      let stream = unsafe Unmanaged.passRetained(EventStream(viewer)).toOpaque()
      guard
        let packet = unsafe MHD_create_response_from_callback(
          UInt64.max, 32 << 10, Self.read, stream, Self.release)
      else {
        unsafe Unmanaged<EventStream>.fromOpaque(stream).release()
        return .NO
      }
      return unsafe queue(
        packet, 200, "text/event-stream", PageReply.Document.nothing, on: connection)
    }
  }

  private func queue(
    _ packet: OpaquePointer, _ status: Int, _ type: String, _ policy: String,
    on connection: OpaquePointer
  ) -> MHD_Result {
    defer { unsafe MHD_destroy_response(packet) }
    let headers = [
      ("Content-Type", type), ("Content-Security-Policy", policy), ("Cache-Control", "no-store"),
      ("Referrer-Policy", "no-referrer"), ("X-Content-Type-Options", "nosniff"),
      ("X-Frame-Options", "DENY"), ("Cross-Origin-Resource-Policy", "same-origin"),
      ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    for (name, value) in headers { unsafe MHD_add_response_header(packet, name, value) }
    return unsafe MHD_queue_response(connection, UInt32(status), packet)
  }

  /// Gives the library what comes next; it calls on the connection's own thread, which may wait.
  private static let read: MHD_ContentReaderCallback = { context, _, buffer, room in
    guard let context = unsafe context, let buffer = unsafe buffer else { return -1 }
    let stream = unsafe Unmanaged<EventStream>.fromOpaque(context).takeUnretainedValue()
    let deadline = MonotonicClock.nanoseconds + silence
    guard let bytes = stream.next(atMost: room, until: deadline) else { return -1 }
    unsafe UnsafeMutableRawBufferPointer(start: buffer, count: room).copyBytes(from: bytes)
    return bytes.count
  }

  private static let release: MHD_ContentReaderFreeCallback = { context in
    if let context = unsafe context {
      unsafe Unmanaged<EventStream>.fromOpaque(context).release()
    }
  }
}

/// What one who looks on has still to be sent; used by the thread of their connection alone.
private final class EventStream {
  private let viewer: EventViewer
  private var left: ArraySlice<UInt8> = []

  init(_ viewer: EventViewer) { self.viewer = viewer }

  /// Never empty; nil at the end.
  func next(atMost room: Int, until deadline: Int64) -> ArraySlice<UInt8>? {
    if left.isEmpty {
      switch viewer.next(until: deadline) {
      case .bytes(let bytes): left = bytes[...]
      case .nothing: left = ServerSentEvent.comment[...]
      case .end: return nil
      }
    }
    defer { left = left.dropFirst(room) }
    return left.prefix(room)
  }
}

extension PageRequest {
  /// Takes what anything depends on from the headers and the query.
  fileprivate mutating func read(_ connection: OpaquePointer) {
    unsafe host = Self.value("Host", .HEADER_KIND, connection)
    unsafe origin = Self.value("Origin", .HEADER_KIND, connection)
    unsafe fetchSite = Self.value("Sec-Fetch-Site", .HEADER_KIND, connection)
    unsafe contentType = Self.value("Content-Type", .HEADER_KIND, connection)
    for name in ["instance", "after"] {
      unsafe query[name] = Self.value(name, .GET_ARGUMENT_KIND, connection)
    }
  }

  private static func value(
    _ name: String, _ kind: MHD_ValueKind, _ connection: OpaquePointer
  ) -> String? {
    unsafe MHD_lookup_connection_value(connection, kind, name).map { unsafe String(cString: $0) }
  }
}
