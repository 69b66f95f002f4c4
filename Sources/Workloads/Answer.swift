public import Histories

/// How an operation completed: what is recorded.
public struct Answer: Hashable, Sendable {
  /// `ok`, `fail` or `info`; never `invoke`.
  public var kind: Event.Kind
  /// What an `ok` operation completes with; none for all others.
  public var result: Payload
  /// Why it is not `ok`, as the history keeps it; nil when it is.
  public var error: String?

  /// It took effect.
  public static func ok(_ result: Payload = .none) -> Answer {
    Answer(kind: .ok, result: result, error: nil)
  }

  /// It certainly did not take effect, for that reason.
  public static func fail(_ error: String) -> Answer {
    Answer(kind: .fail, result: .none, error: error)
  }

  /// It may have taken effect, or may at any later time; the text says why nobody knows.
  public static func info(_ error: String) -> Answer {
    Answer(kind: .info, result: .none, error: error)
  }
}

extension Request {
  /// A request without an answer: `info` when it may have taken effect, else `fail`.
  public func answer(to error: ClientError) -> Answer {
    switch error {
    case .definite(let message): .fail(message)
    case .indefinite(let message): isRead ? .fail(message) : .info(message)
    }
  }

  /// An answer that is no success. Only a status that the server gives before it acts is a
  /// `fail`: 400 to 499 but 408 (RFC 9110, 15.5), and what the workload was told is definite.
  public func refusal(_ response: Response, definite: Set<Int>) -> Answer {
    let message = "HTTP \(response.status)"
    let isDefinite =
      isRead || definite.contains(response.status)
      || (400..<500).contains(response.status) && response.status != 408
    return isDefinite ? .fail(message) : .info(message)
  }
}
