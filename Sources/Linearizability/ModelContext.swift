import Histories

/// What every model is told: the history's vocabulary, and how its ambiguities are to be read.
struct ModelContext {
  /// The history's values; the initial value is among them.
  private(set) var values: Values
  /// What each function does, by `FunctionID.index`; nil for an unknown word.
  let roles: [Role?]
  let functions: [String]
  let initial: Value
  let nilReads: NilReads
  /// A failed compare-and-set was answered: it saw another value than the one it expected.
  let failedCASIsObserved: Bool
  /// The one value that stands for all equal lists or maps, by their text.
  private var canonicalValues: [String: Value] = [:]

  /// What a read that completed with nil says.
  enum NilReads {
    case anything, initialValue
  }

  init(_ history: History, settings: LinearizabilitySettings) {
    var values = history.values
    let roles = history.functions.map(Role.init(word:))
    let startsEmpty = settings.model == .keyValue && Self.readsAsTexts(history, roles)
    let initial = settings.initial ?? (startsEmpty ? .text("") : .none)
    self.initial = initial.value(in: &values)
    nilReads = settings.nilReads ?? (settings.initial.isNilOrAbsent ? .initialValue : .anything)
    failedCASIsObserved = settings.failedCASIsObserved
    functions = history.functions
    self.roles = roles
    self.values = values
    if self.initial.isComposite { _ = canonical(self.initial) }
  }

  /// Whether a map's missing keys read as the empty text: texts are appended to, or one was seen.
  private static func readsAsTexts(_ history: History, _ roles: [Role?]) -> Bool {
    roles.contains(.append)
      || history.operations.contains {
        $0.outcome == .ok && $0.result.kind == .text && history.values.text($0.result) == ""
      }
  }

  func role(of operation: Operation) -> Role? { roles[Int(operation.function.index)] }

  /// False for operations that certainly did not happen and say nothing.
  func counts(_ operation: Operation) -> Bool {
    operation.outcome != .fail || (failedCASIsObserved && role(of: operation) == .cas)
  }

  /// Values that are equal exactly when they have equal contents.
  mutating func canonical(_ value: Value) -> Value {
    guard value.isComposite else { return value }
    let text = values.describe(value)
    if let known = canonicalValues[text] { return known }
    canonicalValues[text] = value
    return value
  }

  /// What a completed read observed; nil when it observed nothing that can be judged.
  mutating func observed(_ result: Value) -> Value? {
    guard result.isNone else { return canonical(result) }
    return nilReads == .anything ? nil : initial
  }

  /// The two elements of a list such as `[key value]` or `[old new]`.
  func pair(_ value: Value) -> (Value, Value)? {
    guard let elements = values.elements(value), elements.count == 2 else { return nil }
    return (elements.first!, elements.last!)
  }

  func foreign<Call>(_ operation: Operation, to model: String) -> Meaning<Call> {
    let name = functions[Int(operation.function.index)]
    let value = values.describe(operation.argument)
    return .foreign("the model \(model) does not know what \(name) \(value) does")
  }
}

extension Value {
  var isComposite: Bool { kind == .list || kind == .map }
}

/// What the words of histories mean to the models.
enum Role: UInt8 {
  case read, write, cas, append, add, subtract, remove, contains
  case acquire, release, enqueue, dequeue, transaction

  init?(word: String) {
    switch word {
    case "read", "get": self = .read
    case "write", "put": self = .write
    case "cas": self = .cas
    case "append": self = .append
    case "add", "inc", "increment": self = .add
    case "dec", "decrement", "subtract": self = .subtract
    case "remove", "delete": self = .remove
    case "contains": self = .contains
    case "acquire", "lock": self = .acquire
    case "release", "unlock": self = .release
    case "enqueue": self = .enqueue
    case "dequeue": self = .dequeue
    case "txn": self = .transaction
    default: return nil
    }
  }
}
