import Basics

/// Who wrote what, and when; one for every write.
struct AuditEvent: Sendable, Equatable {
  /// The project's name and the request's key: the same however often the request is sent.
  let id: String
  let json: JSON

  init(_ change: PolicyBook.Change, _ mark: StoredPolicy.Mark) {
    self.init(id: "\(change.subject).\(change.request)", change, mark)
  }

  init(id: String, _ change: PolicyBook.Change, _ mark: StoredPolicy.Mark) {
    self.id = id
    json = [
      "id": .string(id), "project": .string(change.subject), "request": .string(change.request),
      "version": .integer(mark.version), "by": .string(mark.by), "at": .integer(mark.at),
      "site": .string(mark.site), "kind": change.isPatch ? "patch" : "put",
    ]
  }
}
