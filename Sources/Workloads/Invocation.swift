public import Histories

/// One operation that a client is to carry out: a function with its argument.
public struct Invocation: Hashable, Sendable {
  /// What is invoked.
  public let function: WorkloadFunction
  /// Which of several independent objects it is about; none where there is one only.
  public let key: Payload
  /// What the function is invoked with.
  public let argument: Payload
  /// How many bytes it carries besides, of no meaning.
  public var filler = 0

  /// The caller promises an argument of the function's shape.
  public init(_ function: WorkloadFunction, key: Payload = .none, _ argument: Payload = .none) {
    self.function = function
    self.key = key
    self.argument = argument
  }

  /// What a part of the argument is that the function names; nil when it has none of that name.
  public func part(_ name: String) -> Payload? {
    guard let position = function.parts.firstIndex(of: name) else { return nil }
    guard let elements = argument.elements else { return argument.member(name) }
    return elements.indices.contains(position) ? elements[position] : nil
  }
}

/// How an operation completed: what is recorded.
public struct Completion: Hashable, Sendable {
  /// `ok`, `fail` or `info`; never `invoke`.
  public var kind: Event.Kind
  /// What an `ok` operation completes with; none for all others, but for an `info` of a function that takes
  /// something out: what it may have taken, where that is known.
  public var result: Payload
  /// Why it is not `ok`, as the history keeps it; nil when it is.
  public var error: String?
  /// The server that carried it out, as far as the client knows; nil when it does not.
  public var server: String?
  /// It failed because the answer to what was asked is no: another value was there, not enough money.
  /// The service is well, and so are its answer and its latency.
  public var isDeclined = false

  /// It took effect.
  public static func ok(_ result: Payload = .none, by server: String? = nil) -> Completion {
    Completion(kind: .ok, result: result, error: nil, server: server)
  }

  /// It certainly did not take effect, for that reason.
  public static func fail(_ error: String, by server: String? = nil) -> Completion {
    Completion(kind: .fail, result: .none, error: error, server: server)
  }

  /// It certainly did not take effect, and that is the service's good answer: a compare-and-set that found
  /// another value.
  public static func declined(_ why: String, by server: String? = nil) -> Completion {
    var completion = fail(why, by: server)
    completion.isDeclined = true
    return completion
  }

  /// It may have taken effect, or may at any later time; the text says why nobody knows.
  public static func info(_ error: String, by server: String? = nil) -> Completion {
    Completion(kind: .info, result: .none, error: error, server: server)
  }
}

/// No answer came. The one question a checker asks: could the operation have taken effect?
public enum ClientError: Error, Hashable, Sendable {
  /// It certainly did not: nothing was sent, or the server says so.
  case definite(String)
  /// It may have, now or later: it was sent, and then the time ran out or the connection broke.
  case indefinite(String)

  /// What went wrong, mostly in the library's words.
  public var message: String {
    switch self {
    case .definite(let message), .indefinite(let message): message
    }
  }
}

extension Invocation {
  /// An operation without an answer: `info` when it may have taken effect, else `fail`.
  public func completion(
    _ error: ClientError, isSafe: Bool = false, by server: String? = nil
  ) -> Completion {
    if case .indefinite(let message) = error, !function.isRead, !isSafe {
      return .info(message, by: server)
    }
    return .fail(error.message, by: server)
  }
}
