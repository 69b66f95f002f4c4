/// Why a request was not done, with the status that says so.
///
/// 4xx and 503: certainly not done. 504: sent to the store, and nobody knows.
struct ServiceRefusal: Error, Equatable {
  let status: Int
  /// For a person.
  let reason: String

  init(_ status: Int, _ reason: String) {
    self.status = status
    self.reason = reason
  }

  static func unavailable(_ reason: String) -> ServiceRefusal { .init(503, reason) }
  static func unknown(_ reason: String) -> ServiceRefusal { .init(504, reason) }
}
