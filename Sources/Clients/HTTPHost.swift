public import Bindings
internal import Workloads

extension HTTPBindings: Hosting {
  public func host(in ground: ClientGround) -> any ClientHost {
    PlainHost { BoundHTTPClient(self, $0, timeout: $1) }
  }
}

/// A request for each operation.
private final class BoundHTTPClient: Client {
  private let bindings: HTTPBindings
  private let url: String
  private let client: HTTPClient

  init(_ bindings: HTTPBindings, _ url: String, timeout: Duration) {
    self.bindings = bindings
    self.url = url
    client = HTTPClient(timeout: timeout, options: bindings.options)
  }

  func invoke(_ invocation: Invocation) -> Completion {
    do throws(ClientError) {
      let response = try client.send(bindings.request(invocation), to: url)
      return bindings.completion(response, of: invocation)
    } catch {
      return bindings.completion(error, of: invocation)
    }
  }
}
