internal import Basics
public import Bindings
internal import Workloads

extension DNSBindings: Hosting {
  /// Makes clients that each have their own cache.
  public func host(in ground: ClientGround) -> any ClientHost {
    PlainHost { DNSClient(self, $0, timeout: $1) }
  }
}

/// Asks one server, and uses an answer again for as long as it may.
private final class DNSClient: Client {
  private let bindings: DNSBindings
  private let server: String
  private let timeout: Duration
  private var resolver: DNSResolver?
  private var cache: [DNSBindings.Question: (records: [String], end: ContinuousClock.Instant)] = [:]

  init(_ bindings: DNSBindings, _ url: String, timeout: Duration) {
    self.bindings = bindings
    server = String(url.dropFirst("dns://".count))
    self.timeout = timeout
  }

  private func known() throws(ClientError) -> DNSResolver {
    if let resolver { return resolver }
    let made = try DNSResolver(server, timeout: timeout, tries: bindings.tries)
    resolver = made
    return made
  }

  func invoke(_ invocation: Invocation) -> Completion {
    let question = bindings.question(invocation)
    if let known = cache[question], known.end > ContinuousClock.now {
      return bindings.completion(known.records, of: invocation, by: server)
    }
    do throws(ClientError) {
      let answer = try known().ask(question, until: RemainingTime(after: timeout))
      if bindings.honoursTTL, !answer.records.isEmpty {
        let end = ContinuousClock.now.advanced(by: .seconds(Int64(answer.ttl)))
        cache[question] = (answer.records, end)
      }
      return bindings.completion(answer.records, of: invocation, by: server)
    } catch {
      return invocation.completion(error, isSafe: true, by: server)
    }
  }
}
