public import Bindings
public import Workloads

/// One client at work: it carries out operations, one at a time, on the thread that made it, and closes
/// what it opened when it goes.
///
/// It connects when it must and never sends anything twice: a client that retries makes histories lie.
public protocol Client: AnyObject {
  /// Does what its bindings say must be done once before any operation; it may be done again.
  func prepare() throws(ClientError)

  /// Carries an operation out; whatever goes wrong is in the completion. Takes no longer than the client's
  /// timeout, give or take a moment.
  func invoke(_ invocation: Invocation) -> Completion
}

extension Client {
  public func prepare() throws(ClientError) {}
}

/// Makes the clients of one workload in one node: what they share is here.
public protocol ClientHost: Sendable {
  /// A client of a service; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - url: where the service is.
  ///   - timeout: for a whole operation, connecting included.
  func client(of url: String, timeout: Duration) -> any Client
}

/// Bindings for which there is a client.
public protocol Hosting: ClientBindings {
  /// The host of their clients on a node. Call it from a thread of the runner's own.
  func host(in ground: ClientGround) -> any ClientHost
}

extension ClientBindings {
  /// The host of their clients on a node; a program that it needs is started at once, and ended when
  /// nobody holds the host any more. A test makes sure that every entry of the catalogue has one.
  public func host(on ground: ClientGround) -> any ClientHost {
    guard let hosting = self as? any Hosting else {
      fatalError("there is no client for the bindings '\(Self.client)'")
    }
    return hosting.host(in: ground)
  }
}
