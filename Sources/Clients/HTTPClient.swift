internal import Basics
public import Bindings
import CCurl
public import Workloads

/// HTTP/1.1 through libcurl, one request at a time, from the thread that owns it.
///
/// No request is ever sent twice. On a reused connection that proves dead libcurl would send it
/// again by itself, and a client that retries makes histories lie: every second attempt is
/// stopped, and its outcome is unknown.
@safe public struct HTTPClient: ~Copyable {
  private let handle: UnsafeMutableRawPointer
  private let exchange: HTTPExchange
  private let options: HTTPOptions
  private let headers: HeaderLines

  /// - Parameter timeout: For a whole request, connecting included.
  public init(timeout: Duration, options: HTTPOptions = .plain) {
    guard let handle = unsafe curl_easy_init() else { fatalError("libcurl: no handle to be had") }
    unsafe self.handle = handle
    self.options = options
    headers = HeaderLines(options.headers)
    exchange = HTTPExchange(longestBody: options.longestAnswer)
    unsafe exchange.attach(to: handle)
    let milliseconds = max(1, Int(timeout.milliseconds))
    set(CURLOPT_TIMEOUT_MS, milliseconds)
    set(CURLOPT_NOSIGNAL, 1)
    set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    // What a name means may change during a run, and is asked for each connection.
    set(CURLOPT_DNS_CACHE_TIMEOUT, 0)
    // A service cannot send its clients to a file, or anywhere else.
    require(CURLOPT_PROTOCOLS_STR, "http,https")
    require(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    set(CURLOPT_FOLLOWLOCATION, 0)
    set(CURLOPT_NOPROXY, "*")
    set(CURLOPT_USERAGENT, "faultline")
    use(options.connections)
    unsafe CurlTLS.use(options.tls, on: handle)
  }

  deinit { unsafe curl_easy_cleanup(handle) }

  /// Sends the request to `base` (scheme, host and port) and waits for the whole answer.
  public func send(
    _ request: HTTPRequest, to base: String
  ) throws(ClientError) -> HTTPResponse {
    exchange.reset()
    // Kept until the request is over.
    let own = request.headers.isEmpty ? headers : HeaderLines(options.headers, request.headers)
    defer { withExtendedLifetime(own) {} }
    unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, own.list)
    set(CURLOPT_URL, base + request.path)
    set(CURLOPT_CUSTOMREQUEST, request.method)
    set(CURLOPT_NOBODY, request.method == "HEAD" ? 1 : 0)
    if let text = request.body {
      set(CURLOPT_POSTFIELDSIZE, text.utf8.count)
      set(CURLOPT_COPYPOSTFIELDS, text)
    } else if request.method != "HEAD" {
      set(CURLOPT_HTTPGET, 1)
    }
    let code = unsafe curl_easy_perform(handle)
    guard code == CURLE_OK else { throw failure(code) }
    // libcurl takes a connection that ends among the headers for the end of an answer.
    guard exchange.hasAllHeaders else { throw .indefinite("the answer ended among its headers") }
    return HTTPResponse(
      status: status, body: exchange.text, node: header(options.serverHeader))
  }

  /// Nothing of the request was sent exactly when libcurl counts no request bytes.
  private func failure(_ code: CURLcode) -> ClientError {
    if exchange.isBroken {
      return .indefinite("the kept connection broke, and nothing is sent twice")
    }
    if exchange.isTooLong {
      return .indefinite(
        "the answer is longer than \(options.longestAnswer) bytes, which is all that is taken")
    }
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
}

extension HTTPClient {
  private func use(_ connections: HTTPOptions.Connections) {
    switch connections {
    case .fresh:
      set(CURLOPT_FRESH_CONNECT, 1)
      set(CURLOPT_FORBID_REUSE, 1)
    case .kept:
      set(CURLOPT_FRESH_CONNECT, 0)
      set(CURLOPT_FORBID_REUSE, 0)
    }
  }

  private func set(_ option: CURLoption, _ text: String) {
    unsafe ccurl_set_text(handle, option, text)
  }

  /// A setting that the client must not be without.
  private func require(_ option: CURLoption, _ text: String) {
    let code = unsafe ccurl_set_text(handle, option, text)
    guard code == CURLE_OK else { fatalError("libcurl is too old: it cannot be kept to http") }
  }

  private func set(_ option: CURLoption, _ value: Int) {
    unsafe ccurl_set_long(handle, option, value)
  }
}

/// A libcurl list of header lines, freed with its owner.
@safe private final class HeaderLines {
  private let first: UnsafeMutablePointer<curl_slist>?

  /// The client's own headers, but for those that are given; those of a request win.
  init(_ usual: [HTTPOptions.Header], _ own: [HTTPOptions.Header] = []) {
    let given =
      usual.filter { header in !own.contains { $0.name.lowercased() == header.name.lowercased() } }
      + own
    var lines = ["Expect:"]
    if !given.contains(where: { $0.name.lowercased() == "content-type" }) {
      lines.append("Content-Type: application/json")
    }
    // libcurl sends a header without a value only when it ends with a semicolon.
    lines += given.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines { unsafe list = curl_slist_append(list, line) }
    unsafe first = list
  }

  var list: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(first) }

  deinit { unsafe curl_slist_free_all(first) }
}
