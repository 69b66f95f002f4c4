import Checking

internal import Basics
internal import Histories

/// What a checker of transactions was asked.
struct TransactionQuestion {
  /// Empty where nobody said, until it is `settled`.
  private(set) var models: [ConsistencyModel]
  /// The function that transactions have; nil for any that says `txn`.
  let function: String?

  static let keys: [Schema.Key] = [
    Schema.Key(
      "consistency-model", .list(of: .choice(ConsistencyModel.names)),
      "The models that must hold; without it strong-session-serializable where the history's format "
        + "tells sessions only.", default: "strict-serializable"),
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
    self.models = models
    function = settings.text("function")
  }

  /// The question as it is put to a history: where nobody named a model, the strongest that the
  /// history's format can answer.
  func settled(for history: History) -> TransactionQuestion {
    guard models.isEmpty else { return self }
    var settled = self
    settled.models = [history.hasRealTimeOrder ? .strictSerializable : .strongSessionSerializable]
    return settled
  }

  /// Whether the answer may depend on how recent a read is.
  var needsRealTime: Bool { models.isEmpty || models.contains(where: \.needsRealTime) }

  /// Why a model cannot be judged at all; nil where every one can.
  func doubt(of table: TransactionTable) -> String? {
    guard !table.hasRealTimeOrder, let model = models.first(where: \.needsRealTime) else {
      return nil
    }
    return "\(model.rawValue) speaks of real time, and the history tells the order of sessions only"
  }

  var text: String { models.map(\.rawValue).joined(separator: ", ") }
}
