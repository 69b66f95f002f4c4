/// One event of a stream, as bytes (WHATWG HTML, section 9.2.6).
public struct ServerSentEvent: Hashable, Sendable {
  /// What listeners know it by.
  public let name: String
  /// What it says; each line of it becomes a line of the event.
  public let data: String

  /// An event of a name without line breaks.
  public init(_ name: String, _ data: String) {
    self.name = name
    self.data = data
  }

  /// It whole, with the empty line that ends it.
  public var bytes: [UInt8] {
    let lines = data.utf8.split(omittingEmptySubsequences: false) { $0 == 0x0a || $0 == 0x0d }
    var bytes = Array("event: \(name)\n".utf8)
    bytes.reserveCapacity(data.utf8.count + name.utf8.count + 32)
    for line in lines {
      bytes += "data: ".utf8
      bytes += line
      bytes.append(0x0a)
    }
    bytes.append(0x0a)
    return bytes
  }

  /// A line that says nothing, so that a connection which broke is noticed.
  public static let comment = Array(":\n\n".utf8)

  /// How soon a browser asks again when a stream broke.
  public static let retry = Array("retry: 1000\n\n".utf8)
}
