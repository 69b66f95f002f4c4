import Glibc

/// A detached thread of the operating system for work that blocks.
public enum Background {
  private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on it; ends the program where no thread can be made.
  public static func run(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Box(body)).toOpaque()
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { box in
        Unmanaged<Box>.fromOpaque(box!).takeRetainedValue().body()
        return nil
      }, box)
    guard error == 0 else { fatalError("cannot start a thread: \(error)") }
    pthread_detach(thread)
  }
}
