/// A host whose clients share nothing.
struct PlainHost: ClientHost {
  /// Makes a client of a URL with a timeout.
  let make: @Sendable (_ url: String, _ timeout: Duration) -> any Client

  func client(of url: String, timeout: Duration) -> any Client { make(url, timeout) }
}
