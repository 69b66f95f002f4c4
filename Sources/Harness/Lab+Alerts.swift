import Basics
import Bindings
import Clients
import Faults
import Linux
import Nodes
import Stacks
import Workloads

/// What those who watch the servers say.
extension Lab {
  /// What an instance answers when it is asked which alerts fire, from within its node.
  func answer(to query: AlertQuery, of instance: Instance) throws -> String {
    guard let node = nodes[instance.id.node] else { throw FaultError("ask", "its node is not up") }
    switch query.kind {
    case .command(let words):
      let completed = try node.run(command(words, of: instance), timeout: query.within)
      guard completed.isSuccess else {
        throw FaultError(words.joined(separator: " "), completed.said)
      }
      return completed.text
    case .http(let url, _, _):
      var options = HTTPOptions.plain
      options.tls.isInsecure = true
      let client = HTTPClient(timeout: query.within, options: options)
      let said = try node.sync { Self.answer(of: url, client) }
      return try said.get()
    }
  }

  private static func answer(
    of url: String, _ client: borrowing HTTPClient
  ) -> Result<String, FaultError> {
    do throws(ClientError) {
      let response = try ReadyProbe.get(url, client)
      guard response.status == 200 else {
        return .failure(FaultError(url, "it answers \(response.status)"))
      }
      return .success(response.body)
    } catch {
      return .failure(FaultError(url, error.message))
    }
  }
}
