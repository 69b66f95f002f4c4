public import Basics

/// Which frames of a way a policy is about; where nothing is said, all of them.
public struct FrameMatch: Hashable, Sendable {
  /// Only those between these addresses; nil: any.
  public var flow: Flow?
  /// Only those of this kind; nil: any.
  public var kind: PacketKind?

  /// All frames unless something is said.
  public init(flow: Flow? = nil, kind: PacketKind? = nil) {
    self.flow = flow
    self.kind = kind
  }

  /// Whether a frame is meant.
  public func covers(_ traits: FrameTraits) -> Bool {
    (flow?.covers(traits) ?? true) && (kind?.covers(traits) ?? true)
  }
}

/// The packets from one node to another on a way that others share, by the addresses in their headers.
public struct Flow: Hashable, Sendable {
  /// Those of the sender; empty: whoever sent them.
  public let sources: [IPAddress]
  /// Those of the receiver; empty: whomever they are for.
  public let targets: [IPAddress]

  /// Empty lists mean any.
  public init(from sources: [IPAddress] = [], to targets: [IPAddress] = []) {
    self.sources = sources
    self.targets = targets
  }

  /// Whether a frame is meant; one without IP addresses never is.
  public func covers(_ traits: FrameTraits) -> Bool {
    guard let source = traits.source, let target = traits.target else { return false }
    return (sources.isEmpty || sources.contains(source))
      && (targets.isEmpty || targets.contains(target))
  }
}
