import CCurl

/// One request and its answer as libcurl reports them.
final class HTTPExchange {
  /// More than that of header lines is an endless answer, too.
  private static let longestHead = 256 << 10

  private let longestBody: Int
  private var headBytes = 0
  /// The answer had more than is taken of one.
  private(set) var isTooLong = false
  private var bytes: [UInt8] = []
  /// The empty line behind the headers came.
  private(set) var hasAllHeaders = false
  /// How often libcurl set out to send the request.
  private(set) var attempts = 0

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// libcurl was about to send the request a second time, which it was not allowed.
  var isBroken: Bool { attempts > 1 }

  /// - Parameter longestBody: how many bytes are taken; an answer that has more is an error.
  init(longestBody: Int) { self.longestBody = longestBody }

  func reset() {
    isTooLong = false
    headBytes = 0
    bytes.removeAll(keepingCapacity: true)
    hasAllHeaders = false
    attempts = 0
  }

  /// Makes a handle report to this, which must outlive it.
  func attach(to handle: UnsafeMutableRawPointer) {
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe ccurl_set_sink(handle, appendBytes, context)
    unsafe ccurl_set_header_sink(handle, noteHeader, context)
    unsafe ccurl_set_before_request(handle, allowOnce, context)
  }

  /// False when the answer grows past the limit.
  fileprivate func append(_ chunk: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count + chunk.count <= longestBody else {
      isTooLong = true
      return false
    }
    unsafe bytes.append(contentsOf: chunk)
    return true
  }

  /// False when there is no end of header lines.
  fileprivate func note(_ lineBytes: Int, isEmpty: Bool) -> Bool {
    hasAllHeaders = isEmpty
    headBytes += lineBytes
    isTooLong = isTooLong || headBytes > Self.longestHead
    return !isTooLong
  }

  /// Whether the request may be sent.
  fileprivate func begin() -> Bool {
    attempts += 1
    return attempts == 1
  }
}

private func exchange(_ context: UnsafeMutableRawPointer) -> HTTPExchange {
  unsafe Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
}

private let appendBytes: ccurl_sink = { bytes, size, count, context in
  guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
  let chunk = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
  return unsafe exchange(context).append(chunk) ? size * count : 0
}

private let noteHeader: ccurl_sink = { line, size, count, context in
  guard let line = unsafe line, let context = unsafe context else { return 0 }
  let isEmpty = unsafe size * count <= 2 && (line[0] == 13 || line[0] == 10)
  return unsafe exchange(context).note(size * count, isEmpty: isEmpty) ? size * count : 0
}

/// libcurl asks before each time it sends a request (CURLOPT_PREREQFUNCTION), also when it means
/// to send one again that a reused connection swallowed.
private let allowOnce: ccurl_before_request = { context, _, _, _, _ in
  guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
  return unsafe exchange(context).begin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
