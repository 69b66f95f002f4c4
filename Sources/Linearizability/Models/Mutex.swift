import Histories

/// A lock without an owner: acquired when free, released when held.
struct Mutex: SequentialModel {
  enum Call: Hashable {
    case acquire, release
  }

  private let context: ModelContext

  init(_ context: ModelContext, _ history: History) { self.context = context }

  mutating func meaning(of operation: Operation) -> Meaning<Call> {
    switch context.role(of: operation) {
    case .acquire: .call(.acquire, part: operation.key)
    case .release: .call(.release, part: operation.key)
    default: context.foreign(operation, to: "mutex")
    }
  }

  func initialState(of part: Value) -> Bool { false }

  func apply(_ call: Call, to isHeld: Bool) -> Bool? {
    switch call {
    case .acquire: isHeld ? nil : true
    case .release: isHeld ? false : nil
    }
  }

  func nature(of call: Call) -> Nature { .conditional }

  func describe(_ isHeld: Bool) -> String { isHeld ? "held" : "free" }
}
