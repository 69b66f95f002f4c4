/// The names of errors that a driver may answer with: one decisive column, *definite*, after
/// Maelstrom's table of error codes.
public enum DriverErrorCode: String, CaseIterable, Sendable {
  /// The server did not answer in time.
  case timeout
  /// The connection broke after something had been sent.
  case disconnected
  /// Something unforeseen went wrong in the driver or in the server.
  case crash
  /// No connection could be made, so nothing was sent.
  case notConnected = "not-connected"
  /// The driver or the server has no such function.
  case notSupported = "not-supported"
  /// The server cannot act now, and says so before it acts.
  case temporarilyUnavailable = "temporarily-unavailable"
  /// The request was refused as wrong.
  case malformedRequest = "malformed-request"
  /// The server undid what had been done.
  case abort
  /// There is nothing under that key.
  case keyDoesNotExist = "key-does-not-exist"
  /// There is something under that key already.
  case keyAlreadyExists = "key-already-exists"
  /// A `cas` found another value than it expected.
  case preconditionFailed = "precondition-failed"
  /// A transaction was rolled back for the sake of another.
  case conflict = "txn-conflict"

  /// The operation certainly did not happen, and never will.
  public var isDefinite: Bool {
    switch self {
    case .timeout, .disconnected, .crash: false
    default: true
    }
  }

  /// The server is well, and its answer to what was asked is no.
  public var isDeclined: Bool {
    switch self {
    case .keyDoesNotExist, .keyAlreadyExists, .preconditionFailed, .conflict: true
    default: false
    }
  }

  /// Whether an error is definite: one of the table as the table says, unless the driver itself doubts
  /// it; another only where the driver says so. What nobody knows is indefinite.
  static func isDefinite(_ code: String?, said: Bool?) -> Bool {
    guard let code, said != false else { return false }
    return DriverErrorCode(rawValue: code)?.isDefinite ?? (said == true)
  }
}
