internal import Basics
import Bindings
import CCurl
internal import Workloads

/// One connection over TCP or TLS, which libcurl opens and carries.
@safe final class TCPConnection {
  private let handle: UnsafeMutableRawPointer
  private let socket: Int32
  private var hasSent = false

  /// Connects to `tcp://HOST:PORT` or `tls://HOST:PORT`.
  ///
  /// - Throws: a definite error: nothing was sent.
  init(_ url: String, options: HTTPOptions, until deadline: RemainingTime) throws(ClientError) {
    guard let handle = unsafe curl_easy_init() else { fatalError("libcurl: no handle to be had") }
    unsafe self.handle = handle
    unsafe ccurl_set_text(handle, CURLOPT_URL, Self.location(url))
    unsafe ccurl_set_long(handle, CURLOPT_CONNECT_ONLY, 1)
    unsafe ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, max(1, deadline.milliseconds))
    unsafe ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
    unsafe ccurl_set_long(handle, CURLOPT_DNS_CACHE_TIMEOUT, 0)
    unsafe ccurl_set_text(handle, CURLOPT_NOPROXY, "*")
    // What a server of another protocol than HTTP agrees on is not for libcurl to say.
    unsafe ccurl_set_long(handle, CURLOPT_SSL_ENABLE_ALPN, 0)
    unsafe CurlTLS.use(options.tls, on: handle)
    let code = unsafe curl_easy_perform(handle)
    var socket: Int32 = -1
    unsafe ccurl_get_socket(handle, &socket)
    self.socket = socket
    guard code == CURLE_OK, socket >= 0 else {
      throw .definite(unsafe String(cString: curl_easy_strerror(code)))
    }
  }

  deinit { unsafe curl_easy_cleanup(handle) }

  /// libcurl knows the two as the protocols that it speaks over them.
  private static func location(_ url: String) -> String {
    url.hasPrefix("tls://") ? "https://" + url.dropFirst(6) : "http://" + url.dropFirst(6)
  }

  /// Sends all bytes.
  ///
  /// - Throws: a definite error where none was sent, else an indefinite one.
  func send(_ bytes: [UInt8], until deadline: RemainingTime) throws(ClientError) {
    var sent = 0
    while sent < bytes.count {
      var count = 0
      let code = unsafe bytes.withUnsafeBytes { bytes in
        unsafe curl_easy_send(handle, bytes.baseAddress! + sent, bytes.count - sent, &count)
      }
      sent += count
      if code == CURLE_OK { continue }
      guard code == CURLE_AGAIN else {
        let message = unsafe String(cString: curl_easy_strerror(code))
        throw sent == 0 ? .definite(message) : .indefinite(message)
      }
      guard deadline.wait(for: socket, toWrite: true) else {
        throw sent == 0
          ? .definite("nothing could be sent in time") : .indefinite("sending took too long")
      }
    }
  }

  /// What came, at least a byte.
  ///
  /// - Throws: that the time is over, or the connection.
  func receive(atMost limit: Int, until deadline: RemainingTime) throws(ClientError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(limit, 16_384))
    while true {
      var count = 0
      let code = unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe curl_easy_recv(handle, bytes.baseAddress, bytes.count, &count)
      }
      if code == CURLE_OK, count > 0 { return Array(bytes.prefix(count)) }
      guard code == CURLE_AGAIN else {
        throw .indefinite("the connection was closed before the answer was complete")
      }
      guard deadline.wait(for: socket) else { throw .indefinite("no complete answer in time") }
    }
  }
}
