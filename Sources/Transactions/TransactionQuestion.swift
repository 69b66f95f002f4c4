import Checking

internal import Basics

/// What a checker of transactions was asked.
struct TransactionQuestion {
  /// Never empty.
  let models: [ConsistencyModel]
  /// The function that transactions have; nil for any that says `txn`.
  let function: String?

  static let keys: [Schema.Key] = [
    Schema.Key(
      "consistency-model", .list(of: .choice(ConsistencyModel.names)),
      "The models that must hold.", default: "strict-serializable"),
    Schema.Key(
      "models", .list(of: .choice(ConsistencyModel.names)),
      "Another name for consistency-model."),
    Schema.Key(
      "function", .text,
      "The function of transactions; without it, every function whose name contains txn."),
  ]

  init(_ settings: Settings) throws(SettingsError) {
    var models: [ConsistencyModel] = []
    for key in ["consistency-model", "models"] {
      for name in settings.texts(key) ?? [] {
        guard let model = ConsistencyModel(named: name) else {
          let near = Suggestion.nearest(to: name, among: ConsistencyModel.names)
          throw SettingsError(
            key, "no model is called \(name)" + (near.map { "; did you mean \($0)?" } ?? ""))
        }
        if !models.contains(model) { models.append(model) }
      }
    }
    self.models = models.isEmpty ? [.strictSerializable] : models
    function = settings.text("function")
  }

  var text: String { models.map(\.rawValue).joined(separator: ", ") }
}
