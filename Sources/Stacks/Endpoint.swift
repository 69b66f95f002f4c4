internal import Basics
internal import YAML

/// The URL of a service, a replica or a ready probe, checked before anything asks it.
enum Endpoint {
  static let schemes = ["http", "https"]

  /// The URL as it stands; what is wrong with it is noted.
  static func read(_ node: YAMLNode, _ problems: inout [Problem]) -> String? {
    guard let url = node.text else {
      problems.append(Problem(node.mark, "a URL must be a single value, not \(node.kindText)"))
      return nil
    }
    if let problem = problem(url, at: node.mark) { problems.append(problem) }
    return url
  }

  private static func problem(_ url: String, at mark: Mark) -> Problem? {
    if url.contains("${") {
      return Problem(mark, "'\(url)' still has '${' in it; '$${' keeps the characters as they are")
    }
    if url.contains(where: \.isWhitespace) { return Problem(mark, "'\(url)' has a blank in it") }
    guard let end = url.firstRange(of: "://") else {
      return Problem(mark, "'\(url)' is not a URL; write http://HOST:PORT/PATH")
    }
    let scheme = String(url[..<end.lowerBound])
    guard schemes.contains(scheme.lowercased()) else {
      return .unknown("scheme", scheme, among: schemes, at: mark)
    }
    let authority = url[end.upperBound...].prefix { !"/?#".contains($0) }
    return problem(authority: authority, of: url, at: mark)
  }

  /// `HOST`, `HOST:PORT`, either with `USER@` before it.
  private static func problem(authority: Substring, of url: String, at mark: Mark) -> Problem? {
    let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    let parts = place.split(separator: ":", omittingEmptySubsequences: false)
    guard let host = parts.first, !host.isEmpty else {
      return Problem(mark, "'\(url)' has no host; write http://HOST:PORT/PATH")
    }
    guard parts.count > 1 else { return nil }
    guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else {
      return Problem(mark, "'\(url)' needs a port of 1 to 65535 after ':'")
    }
    return nil
  }
}
