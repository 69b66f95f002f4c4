import Foundation

/// HTTP as it stands on the wire: with the headers that a test wants, and no others.
public struct PlainHTTP {
  private let host: String
  private let port: UInt16
  /// The path that the URL has.
  public let path: String
  /// As the URL has it.
  public let authority: String

  /// Of a URL such as `http://127.0.0.1:8080/x/` or `http://[::1]:8080/x/`.
  public init?(_ url: String) {
    guard let parts = URLComponents(string: url), let port = parts.port, let host = parts.host
    else { return nil }
    self.host = host.filter { $0 != "[" && $0 != "]" }
    self.port = UInt16(port)
    path = parts.path
    authority = (self.host.contains(":") ? "[\(self.host)]" : self.host) + ":\(port)"
  }

  public struct Answer {
    public let status: Int
    /// Names in small letters.
    public let headers: [String: String]
    public let body: String
  }

  /// Sends one request and reads until the other end closes, or a text has come.
  ///
  /// - Parameters:
  ///   - headers: besides `Host` and `Connection: close`; one named `Host` takes its place.
  ///   - text: what is enough of the answer; nil: all of it.
  public func ask(
    _ method: String, _ path: String, _ headers: [String: String] = [:], body: String = "",
    until text: String? = nil, within seconds: Int = 20
  ) -> Answer? {
    guard let socket = begin(method, path, headers, body: body, within: seconds) else { return nil }
    defer { close(socket) }
    var said: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(socket, &part, part.count, 0)
      if count <= 0 { break }
      said += part[..<count]
      if let text, String(decoding: said, as: UTF8.self).contains(text) { break }
    }
    return Self.read(String(decoding: said, as: UTF8.self))
  }

  /// Sends one request; the socket is the caller's to read and to close.
  public func begin(
    _ method: String, _ path: String, _ headers: [String: String] = [:], body: String = "",
    within seconds: Int = 20
  ) -> Int32? {
    let socket = connected()
    guard socket >= 0 else { return nil }
    var wait = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var all = ["Host": authority, "Connection": "close"]
    if !body.isEmpty { all["Content-Length"] = "\(body.utf8.count)" }
    all.merge(headers) { $1 }
    let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
    let request = Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body)".utf8)
    var done = 0
    while done < request.count {
      let count = send(
        socket, Array(request[done...]), request.count - done, Int32(MSG_NOSIGNAL))
      guard count > 0 else {
        close(socket)
        return nil
      }
      done += count
    }
    return socket
  }

  private static func read(_ text: String) -> Answer? {
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      return nil
    }
    let headers = lines.dropFirst().compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (
        line[..<colon].lowercased(),
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      )
    }
    return Answer(
      status: status, headers: Dictionary(headers) { $1 }, body: String(text[end.upperBound...]))
  }

  private func connected() -> Int32 {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let found else { return -1 }
    defer { freeaddrinfo(found) }
    let made = socket(found.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
    if made >= 0, connect(made, found.pointee.ai_addr, found.pointee.ai_addrlen) != 0 {
      close(made)
      return -1
    }
    return made
  }
}
