import Basics
import CCurl
public import Workloads

/// HTTP/1.1 through libcurl, one request at a time, from the thread that owns it.
///
/// Every request opens a connection of its own: on a reused one libcurl sends a request again by
/// itself when the connection proves dead, and a client that retries makes histories lie.
@safe public struct HTTPClient: ~Copyable {
  private let handle: UnsafeMutableRawPointer
  private let body: Received
  private let headers: HeaderLines

  /// The longest answer that is kept; a longer one is an indefinite error.
  static let longestBody = 64 << 20

  /// - Parameter timeout: For a whole request, connecting included.
  public init(timeout: Duration) {
    guard let handle = unsafe curl_easy_init() else { fatalError("libcurl: no handle to be had") }
    unsafe self.handle = handle
    body = Received(limit: Self.longestBody)
    headers = HeaderLines(["Content-Type: application/json", "Expect:"])
    let milliseconds = max(1, Int(timeout.milliseconds))
    set(CURLOPT_TIMEOUT_MS, milliseconds)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_FRESH_CONNECT, 1)
    set(CURLOPT_FORBID_REUSE, 1)
    unsafe ccurl_set_text(handle, CURLOPT_NOPROXY, "*")
    unsafe ccurl_set_text(handle, CURLOPT_USERAGENT, "faultline")
    unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headers.list)
    let context = unsafe Unmanaged.passUnretained(body).toOpaque()
    unsafe ccurl_set_sink(handle, appendBytes, context)
    unsafe ccurl_set_header_sink(handle, noteHeader, context)
  }

  deinit { unsafe curl_easy_cleanup(handle) }

  /// Sends the request to `base` (scheme, host and port) and waits for the whole answer.
  public func send(_ request: Request, to base: String) throws(ClientError) -> Response {
    body.reset()
    unsafe ccurl_set_text(handle, CURLOPT_URL, base + request.path)
    unsafe ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request.method)
    set(CURLOPT_NOBODY, request.method == "HEAD" ? 1 : 0)
    if let text = request.body {
      set(CURLOPT_POSTFIELDSIZE, text.utf8.count)
      unsafe ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, text)
    } else if request.method != "HEAD" {
      set(CURLOPT_HTTPGET, 1)
    }
    let code = unsafe curl_easy_perform(handle)
    guard code == CURLE_OK else { throw failure(code) }
    // libcurl takes a connection that ends among the headers for the end of an answer.
    guard body.hasAllHeaders else { throw .indefinite("the answer ended among its headers") }
    return Response(status: status, body: body.text, node: header("X-Node"))
  }

  /// Nothing of the request was sent exactly when libcurl counts no request bytes.
  private func failure(_ code: CURLcode) -> ClientError {
    var sentBytes = 0
    unsafe ccurl_get_long(handle, CURLINFO_REQUEST_SIZE, &sentBytes)
    let message = unsafe String(cString: curl_easy_strerror(code))
    return sentBytes == 0 ? .definite(message) : .indefinite(message)
  }

  private var status: Int {
    var status = 0
    unsafe ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
    return status
  }

  private func header(_ name: String) -> String? {
    var found: UnsafeMutablePointer<curl_header>?
    let code = unsafe curl_easy_header(handle, name, 0, UInt32(CURLH_HEADER), -1, &found)
    guard code == CURLHE_OK, let found = unsafe found else { return nil }
    return unsafe String(cString: found.pointee.value)
  }

  private func set(_ option: CURLoption, _ value: Int) {
    unsafe ccurl_set_long(handle, option, value)
  }
}

/// The bytes of one answer.
private final class Received {
  private let limit: Int
  private var bytes: [UInt8] = []
  /// The empty line behind the headers came.
  var hasAllHeaders = false

  init(limit: Int) { self.limit = limit }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func reset() {
    bytes.removeAll(keepingCapacity: true)
    hasAllHeaders = false
  }

  /// False when the answer grows past the limit.
  func append(_ chunk: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count + chunk.count <= limit else { return false }
    unsafe bytes.append(contentsOf: chunk)
    return true
  }
}

private let appendBytes: ccurl_sink = { bytes, size, count, context in
  guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
  let received = unsafe Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
  let chunk = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
  return unsafe received.append(chunk) ? size * count : 0
}

private let noteHeader: ccurl_sink = { line, size, count, context in
  guard let line = unsafe line, let context = unsafe context else { return 0 }
  let received = unsafe Unmanaged<Received>.fromOpaque(context).takeUnretainedValue()
  let isEmpty = unsafe size * count <= 2 && (line[0] == 13 || line[0] == 10)
  received.hasAllHeaders = isEmpty
  return size * count
}

/// A libcurl list of header lines, freed with its owner.
@safe private final class HeaderLines {
  private let first: UnsafeMutablePointer<curl_slist>?

  init(_ lines: [String]) {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines { unsafe list = curl_slist_append(list, line) }
    unsafe first = list
  }

  var list: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(first) }

  deinit { unsafe curl_slist_free_all(first) }
}
