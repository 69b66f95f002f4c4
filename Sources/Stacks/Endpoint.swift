internal import Basics
internal import YAML

/// The URL of a service, a replica or a ready probe, checked before anything asks it.
enum Endpoint {
  /// The URL as it stands; what is wrong with it is noted.
  ///
  /// - Parameter schemes: the only ones that may be meant; nil for any that a client may speak.
  static func read(
    _ node: YAMLNode, of schemes: [String]?, _ problems: inout [Problem]
  ) -> String? {
    guard let url = node.text else {
      problems.append(Problem(node.mark, "a URL must be a single value, not \(node.kindText)"))
      return nil
    }
    if let problem = problem(url, of: schemes, at: node.mark) { problems.append(problem) }
    return url
  }

  /// The scheme of a URL, in small letters; nil when it has none.
  static func scheme(of url: String) -> String? {
    url.firstRange(of: "://").map { url[..<$0.lowerBound].lowercased() }
  }

  private static func problem(_ url: String, of schemes: [String]?, at mark: Mark) -> Problem? {
    if url.contains("${") {
      return Problem(mark, "'\(url)' still has '${' in it; '$${' keeps the characters as they are")
    }
    if url.contains(where: \.isWhitespace) { return Problem(mark, "'\(url)' has a blank in it") }
    guard let end = url.firstRange(of: "://") else {
      return Problem(mark, "'\(url)' is not a URL; write http://HOST:PORT/PATH")
    }
    let scheme = String(url[..<end.lowerBound])
    if let schemes, !schemes.contains(scheme.lowercased()) {
      return .unknown("scheme", scheme, among: schemes, at: mark)
    }
    let authority = url[end.upperBound...].prefix { !"/?#".contains($0) }
    // Some protocols name several servers, of which a client takes one.
    for place in authority.split(separator: ",", omittingEmptySubsequences: false) {
      if let problem = problem(authority: place, of: url, at: mark) { return problem }
    }
    return nil
  }

  /// `HOST`, `HOST:PORT`, either with `USER@` before it.
  private static func problem(authority: Substring, of url: String, at mark: Mark) -> Problem? {
    let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    if let address = IPAddress(text: place), address.family == .v6 {
      return Problem(
        mark,
        "'\(url)' needs brackets around its IPv6 address: http://[ADDRESS]:PORT/PATH; the filter "
          + "'|host' puts them there")
    }
    var port = place[...]
    if place.hasPrefix("[") {
      let end = place.firstIndex(of: "]") ?? place.startIndex
      guard IPAddress(text: place[..<end].dropFirst())?.family == .v6 else {
        return Problem(mark, "'\(url)' needs an IPv6 address within its brackets")
      }
      port = place[place.index(after: end)...]
    } else {
      port = place.drop { $0 != ":" }
      if port.startIndex == place.startIndex {
        return Problem(mark, "'\(url)' has no host; write http://HOST:PORT/PATH")
      }
    }
    if port.isEmpty { return nil }
    guard port.hasPrefix(":"), let number = UInt16(port.dropFirst()), number > 0 else {
      return Problem(
        mark, "'\(url)' needs a port of 1 to 65535 after ':'; an IPv6 address stands in brackets")
    }
    return nil
  }
}
