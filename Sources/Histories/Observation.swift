public import Basics

/// Something seen from outside the clients, at a moment: who owned an address, whether a process
/// lived, what the fabric counted, which phase the run was in.
public struct Observation: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// `subject` is an address, `node` the node; `value` is `held` or `released`.
    case owner
    /// `subject` is a component, `node` its node; `value` is `running`, `paused`, `exited …`.
    case process
    /// `subject` is a counter's name, `node` the direction (`a->b`); `value` a whole number.
    case counter
    /// `subject` is the phase that began: `up`, `steady`, `method`, `settle`, `final`, `down`.
    case phase
    /// `subject` is a component, `node` its node; `value` its role (`primary`, `standby`, …).
    case role
    /// `subject` is what it is about; `value` a sentence.
    case note
  }

  public var time: Instant
  public var kind: Kind
  public var subject: String
  public var node: String
  public var value: String
  /// Who saw it: `address-list`, `arp`, `supervisor`, `fabric`, `harness`.
  public var source: String

  public init(
    time: Instant, kind: Kind, subject: String, node: String, value: String, source: String
  ) {
    self.time = time
    self.kind = kind
    self.subject = subject
    self.node = node
    self.value = value
    self.source = source
  }
}
