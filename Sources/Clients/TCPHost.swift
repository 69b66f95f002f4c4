internal import Basics
public import Bindings
internal import Histories
internal import Workloads

extension TCPBindings: Hosting {
  /// Makes clients that each have a connection.
  public func host(in ground: ClientGround) -> any ClientHost {
    PlainHost { TCPClient(self, $0, timeout: $1) }
  }
}

/// Sends a text and waits for an answer that it knows.
private final class TCPClient: Client {
  private let bindings: TCPBindings
  private let url: String
  private let timeout: Duration
  private var connection: TCPConnection?

  init(_ bindings: TCPBindings, _ url: String, timeout: Duration) {
    self.bindings = bindings
    self.url = url
    self.timeout = timeout
  }

  func invoke(_ invocation: Invocation) -> Completion {
    let deadline = RemainingTime(after: timeout)
    do throws(ClientError) {
      let connection = try connected(until: deadline)
      // Whatever goes wrong, what comes later would answer something else.
      self.connection = nil
      try connection.send(Array(bindings.text(invocation).utf8), until: deadline)
      let completion = try answer(to: invocation, on: connection, until: deadline)
      if completion.isUnderstood, bindings.options.connections == .kept {
        self.connection = connection
      }
      return completion.value
    } catch {
      return invocation.completion(error)
    }
  }

  private func connected(until deadline: RemainingTime) throws(ClientError) -> TCPConnection {
    if let connection { return connection }
    return try connect(until: deadline)
  }

  private func connect(until deadline: RemainingTime) throws(ClientError) -> TCPConnection {
    let connection = try TCPConnection(url, options: bindings.options, until: deadline)
    guard let greeting = bindings.greeting else { return connection }
    var bytes: [UInt8] = []
    while true {
      switch greeting.match(bytes[...]) {
      case .complete: return connection
      case .no: throw .definite("the server greets otherwise")
      case .incomplete: break
      }
      do throws(ClientError) {
        bytes += try more(bytes, on: connection, until: deadline)
      } catch { throw .definite(error.message) }
    }
  }

  private func answer(
    to invocation: Invocation, on connection: TCPConnection, until deadline: RemainingTime
  ) throws(ClientError) -> (value: Completion, isUnderstood: Bool) {
    var bytes: [UInt8] = []
    while true {
      bytes += try more(bytes, on: connection, until: deadline)
      if let completion = bindings.completion(bytes, of: invocation) {
        return (completion, completion.kind == .ok || completion.isRefusal(of: invocation))
      }
    }
  }

  private func more(
    _ bytes: [UInt8], on connection: TCPConnection, until deadline: RemainingTime
  ) throws(ClientError) -> [UInt8] {
    let room = bindings.options.longestAnswer - bytes.count
    guard room > 0 else {
      throw .indefinite(
        "the answer is longer than \(bindings.options.longestAnswer) bytes, which is all that is taken"
      )
    }
    return try connection.receive(atMost: room, until: deadline)
  }
}

extension Completion {
  /// A definite answer that nothing was done; the connection is as good as before.
  fileprivate func isRefusal(of invocation: Invocation) -> Bool {
    isDeclined || kind == .fail && !invocation.function.isRead
  }
}
