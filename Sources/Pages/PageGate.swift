/// Decides what becomes of a request before anything else looks at it: who is let in, and to what.
///
/// The page can break a stack, and a browser sends requests for any site that it has open. So the token must
/// be in the path; the `Host` must be the address itself, not a name; and what acts must be a POST of JSON that
/// a page of ours made: another site cannot send that without being asked first (Fetch, section 3.2.2), and
/// nobody here answers that question.
public struct PageGate: Sendable {
  private let place: ListenAddress
  private let token: PageToken
  private let takesActs: Bool

  /// - Parameter takesActs: false lets nothing in that would change anything.
  public init(at place: ListenAddress, token: PageToken, takesActs: Bool) {
    self.place = place
    self.token = token
    self.takesActs = takesActs
  }

  /// Where a request gets in.
  public enum Way: Hashable, Sendable {
    /// The document.
    case page
    /// Its icon.
    case icon
    /// What happens, as it happens.
    case events
    /// What a server has written.
    case log
    /// To do something.
    case act
    /// It gets nothing but this status of HTTP, and a sentence.
    case refused(Int, String)
  }

  /// Where this one gets.
  public func way(of request: PageRequest) -> Way {
    guard let host = request.host, place.isNamed(by: host) else {
      return .refused(403, "this is not the address that the page is served at")
    }
    let parts = request.path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      .dropFirst().first?.split(separator: "/", omittingEmptySubsequences: false)
    guard let given = parts?.first, token.isSame(as: given) else {
      return .refused(403, "this is not the page's whole address")
    }
    guard let inner = parts?.dropFirst(), !inner.isEmpty else {
      return .refused(404, "the page's address ends with a slash")
    }
    return way(to: inner.joined(separator: "/"), request, host)
  }

  private func way(to part: String, _ request: PageRequest, _ host: String) -> Way {
    let isRead = request.method == "GET" || request.method == "HEAD"
    switch part {
    case "": return isRead ? .page : .refused(405, "the page is read with GET")
    case "icon.svg": return isRead ? .icon : .refused(405, "the icon is read with GET")
    case "events", "log":
      guard isRead else { return .refused(405, "this is read with GET") }
      guard isOurs(request, host) else { return .refused(403, "another site asks for this") }
      return part == "log" ? .log : .events
    case "act": return act(request, host)
    default: return .refused(404, "there is nothing here")
    }
  }

  private func act(_ request: PageRequest, _ host: String) -> Way {
    guard request.method == "POST" else { return .refused(405, "acts are sent with POST") }
    guard takesActs else {
      return .refused(403, "this page is to be read only; faultline up … --page control takes acts")
    }
    guard isOurs(request, host) else { return .refused(403, "another site asks for this") }
    let kind = request.contentType?.split(separator: ";").first.map { word in
      word.lowercased().filter { $0 != " " }
    }
    guard kind == "application/json" else { return .refused(415, "an act is a JSON document") }
    return .act
  }

  /// Whether no other site is behind it: browsers say so, what is no browser says nothing.
  private func isOurs(_ request: PageRequest, _ host: String) -> Bool {
    let origin = request.origin.map { $0 == "http://\(host)" } ?? true
    let site = request.fetchSite.map { $0 == "same-origin" || $0 == "none" } ?? true
    return origin && site
  }
}
