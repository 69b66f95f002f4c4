import CMicroHTTPD
import Glibc

/// The HTTP side of a service: a thread for every connection, `X-Node` in every answer.
public final class HTTPServer: @unchecked Sendable {
  /// How much a client may ask of it.
  public struct Limits: Sendable {
    /// A longer body is answered with 413.
    public var bodyBytes: Int
    /// More connections are not taken.
    public var connections: UInt32
    /// A connection on which nothing moves for so long is closed.
    public var idleSeconds: UInt32

    /// A body of 4 KiB, 512 connections, 10 seconds, unless something else is said.
    public init(bodyBytes: Int = 4096, connections: UInt32 = 512, idleSeconds: UInt32 = 10) {
      self.bodyBytes = bodyBytes
      self.connections = connections
      self.idleSeconds = idleSeconds
    }
  }

  private let node: String
  private let limits: Limits
  private let queryNames: [String]
  private let headerNames: [String]
  private let answer: @Sendable (ServerRequest) -> ServerResponse
  private var daemon: OpaquePointer?

  /// - Parameters:
  ///   - queryNames: the names of a query that `answer` is told; others are dropped.
  ///   - headerNames: likewise of headers.
  public init(
    node: String, limits: Limits = Limits(), queryNames: [String], headerNames: [String] = [],
    answer: @escaping @Sendable (ServerRequest) -> ServerResponse
  ) {
    self.node = node
    self.limits = limits
    self.queryNames = queryNames
    self.headerNames = headerNames
    self.answer = answer
  }

  /// Listens on an IPv4 address; throws the system's reason when it cannot. The caller keeps the server until it
  /// is stopped.
  public func start(address: String, port: UInt16) throws(ConfigurationError) {
    var endpoint = sockaddr_in()
    endpoint.sin_family = sa_family_t(AF_INET)
    endpoint.sin_port = port.bigEndian
    guard inet_pton(AF_INET, address, &endpoint.sin_addr) == 1 else {
      throw .init("'\(address)' is not an IPv4 address")
    }
    daemon = withUnsafePointer(to: &endpoint) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        mhd_start(
          address, limits.connections, limits.idleSeconds, Self.handle, Self.forget,
          Unmanaged.passUnretained(self).toOpaque())
      }
    }
    guard daemon != nil else {
      throw .init("cannot listen on \(address):\(port): \(String(cString: strerror(errno)))")
    }
  }

  /// Stops listening and waits for the answers that are under way.
  public func stop() {
    MHD_stop_daemon(daemon)
    daemon = nil
  }

  /// The body of one request while it arrives.
  private final class Upload { var bytes: [UInt8] = [] }

  private static let handle: MHD_AccessHandlerCallback = {
    context, connection, url, method, _, data, size, slot in
    guard let context, let connection, let url, let method, let size, let slot else {
      return .NO
    }
    guard let kept = slot.pointee else {
      slot.pointee = Unmanaged.passRetained(Upload()).toOpaque()
      return .YES
    }
    let upload = Unmanaged<Upload>.fromOpaque(kept).takeUnretainedValue()
    let server = Unmanaged<HTTPServer>.fromOpaque(context).takeUnretainedValue()
    if size.pointee > 0, let data {
      let room = server.limits.bodyBytes + 1 - upload.bytes.count
      data.withMemoryRebound(to: UInt8.self, capacity: size.pointee) {
        upload.bytes += UnsafeBufferPointer(start: $0, count: min(size.pointee, room))
      }
      size.pointee = 0
      return .YES
    }
    let request = ServerRequest(
      method: String(cString: method), path: String(cString: url),
      query: found(server.queryNames, .GET_ARGUMENT_KIND, connection),
      headers: found(server.headerNames, .HEADER_KIND, connection), body: upload.bytes)
    return server.reply(to: request, on: connection)
  }

  private static let forget: MHD_RequestCompletedCallback = { _, _, slot, _ in
    guard let kept = slot?.pointee else { return }
    Unmanaged<Upload>.fromOpaque(kept).release()
    slot?.pointee = nil
  }

  private static func found(
    _ names: [String], _ kind: MHD_ValueKind, _ connection: OpaquePointer
  ) -> [String: String] {
    var found: [String: String] = [:]
    for name in names {
      if let value = MHD_lookup_connection_value(connection, kind, name) {
        found[name] = String(cString: value)
      }
    }
    return found
  }

  private func reply(to request: ServerRequest, on connection: OpaquePointer) -> MHD_Result {
    let response =
      request.body.count > limits.bodyBytes
      ? ServerResponse(status: 413, body: "{\"outcome\":\"not-done\"}") : answer(request)
    var body = response.file?.bytes ?? Array(response.body.utf8)
    guard
      let packet = MHD_create_response_from_buffer(body.count, &body, .RESPMEM_MUST_COPY)
    else { return .NO }
    defer { MHD_destroy_response(packet) }
    MHD_add_response_header(packet, "X-Node", node)
    MHD_add_response_header(packet, "Content-Type", response.file?.type ?? "application/json")
    for (name, value) in response.headers.sorted(by: { $0.key < $1.key }) {
      MHD_add_response_header(packet, name, value)
    }
    return MHD_queue_response(connection, UInt32(response.status), packet)
  }
}
