import Basics
import Bindings
import Clients
import Linux
import Nodes
import Stacks
import Workloads

/// Asks a server, from within its node, whether it is ready. One look, no waiting.
struct ReadyProbe {
  /// How long one look may take.
  private static let patience = Duration.seconds(1)

  let probe: Probe
  /// What runs a probe that is a command, as the instance would.
  let command: ([String]) -> Command

  /// What one look showed: nil when ready, otherwise why not.
  func refusal(in node: Node) throws -> String? {
    switch probe.kind {
    case .http(let url, let status, let bodyHas, let isInsecure):
      var options = HTTPOptions.plain
      options.tls.isInsecure = isInsecure
      let client = HTTPClient(timeout: Self.patience, options: options)
      return try node.sync { Self.ask(url, client, status: status, bodyHas: bodyHas) }
    case .tcp(let address, let port):
      return try node.sync { Self.connect(.init(address, port)) }
    case .command(let words):
      return try run(words, in: node)
    }
  }

  private static func ask(
    _ url: String, _ client: borrowing HTTPClient, status: Int?, bodyHas: String?
  ) -> String? {
    do throws(ClientError) {
      let response = try get(url, client)
      let isGood = status.map { $0 == response.status } ?? (200..<400).contains(response.status)
      guard isGood else { return "\(url) answers \(response.status)" }
      if let bodyHas, !response.body.contains(bodyHas) {
        return "\(url) answers without '\(bodyHas)'"
      }
      return nil
    } catch {
      return "\(url): \(error.message)"
    }
  }

  /// Asks for one page, in the network of the calling thread.
  static func get(
    _ url: String, _ client: borrowing HTTPClient
  ) throws(ClientError) -> HTTPResponse {
    let (base, path) = split(url)
    return try client.send(HTTPRequest(method: "GET", path: path), to: base)
  }

  /// Scheme, host and port; then path and query.
  private static func split(_ url: String) -> (base: String, path: String) {
    let scheme = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    guard let slash = url[scheme...].firstIndex(of: "/") else { return (url, "/") }
    return (String(url[..<slash]), String(url[slash...]))
  }

  private static func connect(_ end: SocketTable.End) -> String? {
    do throws(Errno) {
      try TCPProbe.connect(to: end, within: patience)
      return nil
    } catch {
      return error.description
    }
  }

  private func run(_ words: [String], in node: Node) throws -> String? {
    let completed = try node.run(command(words), timeout: Self.patience)
    if completed.isSuccess { return nil }
    let said = (completed.errorText + completed.text).split(separator: "\n").last ?? ""
    let end = completed.isTimedOut ? "took too long" : completed.exit.description
    return "\(words[0]) \(end): \(String(said).cut(toBytes: 500))"
  }
}
