import Checking
import Basics

/// What `linearizable` was told, once it makes sense.
struct LinearizabilitySettings: Sendable {
  let model: ModelName
  /// Nil when not said.
  let initial: Literal?
  /// Nil when not said.
  let nilReads: ModelContext.NilReads?
  let failedCASIsObserved: Bool
  let useZones: Bool
  /// Whether one key without an order is enough.
  let stopsAtFirst: Bool

  /// The models by the names that files use.
  enum ModelName: String, CaseIterable, Sendable {
    case register
    case casRegister = "cas-register"
    case multiRegister = "multi-register"
    case mutex
    case keyValue = "kv"
    case counter
    case set
    case fifoQueue = "fifo-queue"
    case unorderedQueue = "unordered-queue"
  }

  static let schema = Schema([
    .init(
      "model", .choice(ModelName.allCases.map(\.rawValue)),
      "The object's specification.", default: ModelName.casRegister.rawValue),
    .init("initial", .text, "Its value at the start, in EDN: nil, 0, \"x\", {:x 0 :y 0}."),
    .init(
      "nil-reads", .choice(["any", "initial"]),
      "A read of nil says nothing, or finds the initial value; without it, the latter where that "
        + "is nil."),
    .init(
      "failed-cas", .choice(["dropped", "observed"]),
      "A failed cas says nothing, or saw another value than it expected.", default: "dropped"),
    .init(
      "algorithm", .choice(["fastest", "search"]),
      "search: never take the zone check of registers with unique values.", default: "fastest"),
    .init(
      "first", .flag,
      "Stop at the first key that has no order; the keys left are not judged.", default: "false"),
  ])

  init(_ settings: Settings) throws(SettingsError) {
    model = settings.text("model").flatMap(ModelName.init(rawValue:)) ?? .casRegister
    initial = try settings.text("initial").map { text throws(SettingsError) in
      guard let literal = Literal(text: text) else {
        throw SettingsError("initial", "`\(text)` is not an EDN value such as nil, 0 or \"x\"")
      }
      return literal
    }
    switch (model, initial) {
    case (.counter, .some(let value)) where value.integer == nil:
      throw SettingsError("initial", "a counter starts from a whole number")
    case (.mutex, .some), (.set, .some), (.fifoQueue, .some), (.unorderedQueue, .some):
      throw SettingsError("initial", "a \(model.rawValue) starts free or empty; leave it out")
    default: break
    }
    nilReads = ["any": .anything, "initial": .initialValue][settings.text("nil-reads") ?? ""]
    failedCASIsObserved = settings.text("failed-cas") == "observed"
    useZones = settings.text("algorithm") != "search"
    stopsAtFirst = settings.flag("first") ?? false
  }
}

extension Literal? {
  var isNilOrAbsent: Bool { self == nil || self == Literal.none }
}
