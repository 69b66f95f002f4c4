import Basics
import Histories

/// Who noticed a fault, as the observers saw them change: addresses that moved, roles and processes that changed, and
/// probes that had read the same until then. What the fault itself did to its target is nobody's notice.
struct Witnesses {
  /// Somebody's first change after the fault.
  struct Witness {
    /// Who, and what became of it: `vip on lb-b`, `db-b/store: primary`.
    let words: String
    let moment: Instant
  }

  /// In order of time, each once.
  private(set) var all: [Witness] = []

  private let fault: FaultMark
  private var named: Set<String> = []
  private var holders: [String: Set<NodeID>] = [:]
  private var roles: [InstanceID: String] = [:]
  private var readings: [Probe: Steadiness] = [:]

  private struct Probe: Hashable {
    let instance: InstanceID
    let name: String
  }

  /// What a probe read until the fault.
  private enum Steadiness {
    case always(Double)
    case wavering
  }

  /// - Parameter end: nothing later is looked at.
  init(_ history: History, of fault: FaultMark, until end: Instant) {
    self.fault = fault
    for seen in history.observations where seen.time <= end {
      let isAfter = seen.time >= fault.injected
      switch seen.fact {
      case .address(let name, let node, let isHeld):
        look(at: name, node, isHeld: isHeld, isAfter ? seen.time : nil)
      case .role(let instance, .answer(let role)):
        if isAfter, let before = roles[instance], before != role, !fault.changes(instance) {
          notice("\(instance): \(role)", about: "role of \(instance)", seen.time)
        }
        roles[instance] = role
      case .process(let instance, let state) where isAfter && !fault.changes(instance):
        notice("\(instance) \(state.text)", about: "process of \(instance)", seen.time)
      case .probe(let name, let instance, .answer(let reading)):
        look(at: Probe(instance: instance, name: name), reading, isAfter ? seen.time : nil)
      default: continue
      }
    }
  }

  /// - Parameter moment: of a change after the fault; nil before it.
  private mutating func look(
    at address: String, _ node: NodeID, isHeld: Bool, _ moment: Instant?
  ) {
    let before = holders[address] ?? []
    if isHeld { holders[address, default: []].insert(node) } else { holders[address]?.remove(node) }
    guard let moment, before.contains(node) != isHeld, !fault.changes(node) else { return }
    notice("\(address) \(isHeld ? "on" : "off") \(node)", about: "\(address) at \(node)", moment)
  }

  private mutating func look(at probe: Probe, _ reading: Double, _ moment: Instant?) {
    guard let moment else {
      if case .always(let before)? = readings[probe], before != reading {
        readings[probe] = .wavering
      } else if readings[probe] == nil {
        readings[probe] = .always(reading)
      }
      return
    }
    guard case .always(let before)? = readings[probe], before != reading,
      !fault.changes(probe.instance)
    else { return }
    notice(
      "\(probe.name) of \(probe.instance)", about: "\(probe.name) of \(probe.instance)", moment)
  }

  private mutating func notice(_ words: String, about subject: String, _ moment: Instant) {
    guard named.insert(subject).inserted else { return }
    all.append(Witness(words: words, moment: moment))
  }

  /// The first `most` of them, in milliseconds from a moment.
  func json(from origin: Instant, atMost most: Int = 20) -> JSON {
    .array(
      all.prefix(most).map {
        ["who": .string($0.words), "at": .milliseconds(origin.duration(to: $0.moment))]
      })
  }
}

extension FaultMark {
  /// Whether a change of the instance may be the fault itself rather than a notice of it: one of the ways changes nobody.
  fileprivate func changes(_ instance: InstanceID) -> Bool { isOfNodes && struck(instance) }

  fileprivate func changes(_ node: NodeID) -> Bool { isOfNodes && targets.contains(.node(node)) }
}

extension FaultMark {
  /// Whether it does something to nodes or what runs there, and not to the ways between them.
  var isOfNodes: Bool { if case .ways? = reach { false } else { true } }
}
