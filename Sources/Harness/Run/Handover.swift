import Synchronization

/// A place where one thread leaves something for others to find.
final class Handover<Content: Sendable>: Sendable {
  private let content = Mutex<Content?>(nil)

  var value: Content? {
    get { content.withLock { $0 } }
    set { content.withLock { $0 = newValue } }
  }
}
