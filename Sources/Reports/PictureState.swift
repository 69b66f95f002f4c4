public import Basics
public import Histories

/// What a picture of the stack shows at a moment: a fold over the facts of a run, the same for a page that follows it
/// and for the report of one that is over.
public struct PictureState: Hashable, Sendable {
  private let stack: StackPicture
  private var owners: [String: Set<NodeID>] = [:]
  private var roles: [InstanceID: String] = [:]
  private var processes: [InstanceID: Fact.ProcessState] = [:]
  private var unpowered: Set<NodeID> = []
  private var faults: [Int: ActiveFault] = [:]

  /// Before anything was seen.
  public init(of stack: StackPicture) { self.stack = stack }

  /// One thing of which a state says something.
  enum Subject: Hashable {
    case address(String)
    case role(InstanceID)
    case process(InstanceID)
    case power(NodeID)
    case fault(Int)
  }

  /// A fault whose healing has not been seen yet, or an operator's step under way.
  private struct ActiveFault: Hashable {
    var mark: FaultMark
    var isHealing: Bool
    var isHealed: Bool
  }

  /// Takes the next fact into account.
  public mutating func take(_ fact: Fact) { _ = change(by: fact) }

  /// Takes the next observation into account.
  public mutating func take(_ seen: Observation) { take(seen.fact) }

  /// Takes the next fact into account, and says what it is about; nil: nothing that is shown.
  mutating func change(by fact: Fact) -> Subject? {
    switch fact {
    case .address(let text, let node, let isHeld):
      let name = stack.addressName(text)
      if isHeld {
        owners[name, default: []].insert(node)
      } else {
        owners[name]?.remove(node)
      }
      return .address(name)
    case .role(let id, let reading):
      roles[id] = reading.answer
      return .role(id)
    case .process(let id, let state):
      processes[id] = state
      return .process(id)
    case .power(let node, let isOn):
      if isOn { unpowered.remove(node) } else { unpowered.insert(node) }
      return .power(node)
    case .fault(let change):
      take(change)
      return .fault(change.mark.id)
    case .phase, .claim, .probe, .counter, .stall, .workload, .leadership, .prediction, .abortion,
      .shortfall, .overheard, .line, .inClear, .reach, .reached, .logged, .heldUp, .note:
      return nil
    }
  }

  private mutating func take(_ change: FaultChange) {
    let mark = change.mark
    switch change.phase {
    case .healConfirmed: faults[mark.id] = nil
    // An operator's step is under way until it is seen to have worked, or has failed.
    case .confirmed where mark.isAction, .failed where mark.isAction: faults[mark.id] = nil
    // What was refused has no target, and never began.
    case .failed where mark.targets.isEmpty: faults[mark.id] = nil
    case .injecting, .injected, .confirmed, .refuted, .healing, .healed, .failed:
      let before = faults[mark.id]
      faults[mark.id] = ActiveFault(
        mark: mark,
        isHealing: before?.isHealing == true || change.phase == .healing || change.phase == .healed,
        isHealed: before?.isHealed == true || change.phase == .healed)
    }
  }
}

extension PictureState {
  /// As `picture.js` draws it: `owners`, `roles`, `processes` by name; `off`, `faults` as lists.
  public var json: JSON {
    func named<Key, Value>(
      _ all: [Key: Value], _ name: (Key) -> String, _ json: (Key) -> JSON?
    ) -> JSON {
      let members = all.keys.map { (name($0), json($0)) }.sorted { $0.0 < $1.0 }
      return .object(members.compactMap { name, json in json.map { .init(name, $0) } })
    }
    return [
      "owners": named(owners, { $0 }, { self.json(of: .address($0)) }),
      "roles": named(roles, \.description, { self.json(of: .role($0)) }),
      "processes": named(processes, \.description, { self.json(of: .process($0)) }),
      "off": .strings(unpowered.sorted().map(\.text)),
      "faults": .array(faults.keys.sorted().compactMap { json(of: .fault($0)) }),
    ]
  }

  /// What is known of one subject; nil: nothing, or nothing worth showing.
  func json(of subject: Subject) -> JSON? {
    switch subject {
    case .address(let name):
      let holders = owners[name] ?? []
      return holders.isEmpty ? nil : .strings(holders.sorted().map(\.text))
    case .role(let id): return roles[id].map { .string($0) }
    case .process(let id): return processes[id].map { .string($0.text) }
    case .power(let node): return unpowered.contains(node) ? .string(node.text) : nil
    case .fault(let id): return faults[id].map { self.json(of: $0) }
    }
  }

  private func json(of fault: ActiveFault) -> JSON {
    let mark = fault.mark
    return [
      "id": .integer(mark.id), "name": .string(mark.name), "summary": .string(mark.summary),
      "targets": .strings(mark.targets.map(\.description)),
      "confirmed": .bool(mark.confirmed != nil), "action": .bool(mark.isAction),
      "healing": .bool(fault.isHealing),
      "ways": fault.isHealed ? [] : .array(mark.ways),
    ]
  }
}

extension FaultMark {
  /// The ways that it strikes, each direction from a list of nodes to a list of nodes.
  fileprivate var ways: [JSON] {
    guard case .ways(let ways, let effect)? = reach else { return [] }
    return ways.map {
      [
        "from": .strings($0.from.map(\.text)), "to": .strings($0.to.map(\.text)),
        "effect": .string(effect.rawValue),
      ]
    }
  }
}
