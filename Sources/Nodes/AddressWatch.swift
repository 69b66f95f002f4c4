public import Basics
internal import Glibc
public import Linux
internal import Synchronization

/// Says when a node came to hold an address and when it lost it, by the kernel's own
/// announcements inside each node.
public final class AddressWatch: Sendable {
  /// One node came to hold one address, or lost it.
  public struct Event: Hashable, Sendable {
    /// The node whose kernel announced it.
    public let node: NodeID
    /// The address, and the interface it is on.
    public let address: InterfaceAddress
    /// True when the node came to hold it, false when it lost it.
    public let isHeld: Bool
    /// Nanoseconds on `MonotonicClock`, read after the kernel's announcement arrived.
    public let at: Int64
  }

  private let watched: [Watched]
  private let onEvent: @Sendable (Event) -> Void
  private let stopping: Mutex<Descriptor?>
  private let thread = Mutex<Linux.Thread?>(nil)

  /// Starts to watch. What the nodes hold now is reported first, on the calling thread; later
  /// events come on a thread of its own. Nothing between the two is missed.
  ///
  /// - Parameter onFailure: the watch came to an end by itself and evidence is missing from now
  ///   on; ends the program where nothing better is given.
  public init(
    _ nodes: [Node],
    onFailure: @escaping @Sendable (any Error) -> Void = { fatalError("address watch: \($0)") },
    onEvent: @escaping @Sendable (Event) -> Void
  ) throws {
    watched = try nodes.map { try Watched($0) }
    self.onEvent = onEvent
    let pipe = try Descriptor.pipe()
    let stop = try pipe.reading.duplicate().release()
    stopping = Mutex(pipe.keepWriting())
    for node in watched { try node.compare(onEvent) }
    let watched = self.watched
    let started = try Thread(named: "addresses") {
      Self.loop(watched, Descriptor(owning: stop), onEvent, onFailure)
    }
    thread.withLock { $0 = started }
  }

  /// Ends the watch; no event comes after it returns.
  public func stop() {
    stopping.withLock { $0 = nil }
    thread.withLock { $0 }?.join()
  }

  private static func loop(
    _ watched: [Watched], _ stop: consuming Descriptor, _ onEvent: (Event) -> Void,
    _ onFailure: (any Error) -> Void
  ) {
    do {
      let fds = [stop.raw] + watched.map { $0.subscription.raw }
      while true {
        let ready = try Poll.wait(fds)
        let now = MonotonicClock.nanoseconds
        if ready[0] { return }
        for (node, isReady) in zip(watched, ready.dropFirst()) where isReady {
          try node.take(at: now, onEvent)
        }
      }
    } catch { onFailure(error) }
  }
}

/// One node's announcements, and what it holds according to them.
private final class Watched: Sendable {
  let node: Node
  let subscription: AddressSubscription
  private let names: [Int32: String]
  private let held = Mutex<Set<InterfaceAddress>>([])

  init(_ node: Node) throws {
    self.node = node
    let opened = try node.subscribe()
    subscription = opened
    names = Dictionary(uniqueKeysWithValues: try node.links().map { ($0.index, $0.name) })
  }

  func take(at time: Int64, _ onEvent: (AddressWatch.Event) -> Void) throws {
    let news = try subscription.drain()
    for change in news.changes {
      guard let interface = names[change.index] else { continue }
      report(
        InterfaceAddress(interface: interface, prefix: change.prefix), change.isHeld, time, onEvent)
    }
    if news.isIncomplete { try compare(onEvent) }
  }

  /// Lists what the node holds and reports the difference to what was known.
  func compare(_ onEvent: (AddressWatch.Event) -> Void) throws {
    let now = Set(try node.addresses())
    let time = MonotonicClock.nanoseconds
    let before = held.withLock { $0 }
    for address in before.subtracting(now).sorted() { report(address, false, time, onEvent) }
    for address in now.subtracting(before).sorted() { report(address, true, time, onEvent) }
  }

  /// The kernel also announces an address whose lifetime or flags changed: that is no event.
  private func report(
    _ address: InterfaceAddress, _ isHeld: Bool, _ time: Int64,
    _ onEvent: (AddressWatch.Event) -> Void
  ) {
    let isNew = held.withLock { held in
      isHeld ? held.insert(address).inserted : held.remove(address) != nil
    }
    if isNew {
      onEvent(AddressWatch.Event(node: node.name, address: address, isHeld: isHeld, at: time))
    }
  }
}
