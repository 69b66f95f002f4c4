import Basics
import Histories

/// What happened on each node over a run, as lanes of a timeline: power, processes, roles, addresses, and the faults
/// that struck it.
struct NodeLanes {
  private let stack: StackPicture
  private let tracks: PictureTracks
  private let history: History
  private let from: Instant

  init(_ history: History, stack: StackPicture, tracks: PictureTracks, from: Instant) {
    self.history = history
    self.stack = stack
    self.tracks = tracks
    self.from = from
  }

  /// In the order of the stack.
  var json: JSON { .array(stack.nodes.map(lanes)) }

  private func lanes(of node: StackPicture.Node) -> JSON {
    let id = NodeID(node.name)
    let rows =
      faults(on: id) + power(of: id) + addresses(on: node)
      + node.components.flatMap { component -> [Row] in
        let instance = InstanceID(node: id, component: component)
        return process(of: instance) + role(of: instance)
      }
    let isQuiet = !rows.contains { $0.isEventful }
    return [
      "node": .string(node.name), "site": .string(node.site), "role": .string(node.role),
      "quiet": .bool(isQuiet), "rows": .array(rows.map(json)),
    ]
  }

  private struct Row {
    let kind: String
    let name: String
    let segments: [Segment]
    /// Something else than the usual happened.
    let isEventful: Bool
    /// It strikes the ways between groups of nodes, and so many nodes alike.
    var isShared = false
  }

  private struct Segment {
    let from: Instant
    let to: Instant
    let text: String
  }

  private func json(_ row: Row) -> JSON {
    func moment(_ instant: Instant) -> JSON {
      .milliseconds(Instant.start.duration(to: max(instant, from)))
    }
    return [
      "kind": .string(row.kind), "name": .string(row.name), "eventful": .bool(row.isEventful),
      "shared": .bool(row.isShared),
      "segments": .array(
        row.segments.filter { $0.to > from }.map {
          ["from": moment($0.from), "to": moment($0.to), "text": .string($0.text)]
        }),
    ]
  }

  /// The stretches over which something was known of a subject.
  private func segments(
    of subject: PictureState.Subject, _ text: (JSON) -> String?
  ) -> [Segment] {
    var open: (since: Instant, text: String)?
    var closed: [Segment] = []
    for change in tracks.changes[subject] ?? [] {
      let next = change.value.flatMap(text)
      if let now = open, now.text != next {
        closed.append(Segment(from: now.since, to: change.time, text: now.text))
        open = nil
      }
      if open == nil { open = next.map { (change.time, $0) } }
    }
    if let open { closed.append(Segment(from: open.since, to: history.end, text: open.text)) }
    return closed
  }
}

extension NodeLanes {
  private func power(of node: NodeID) -> [Row] {
    let off = segments(of: .power(node)) { _ in "no power" }
    guard !off.isEmpty else { return [] }
    return [Row(kind: "power", name: "power", segments: off, isEventful: true)]
  }

  /// The addresses that the node ever held.
  private func addresses(on node: StackPicture.Node) -> [Row] {
    stack.addresses.compactMap { address in
      let held = segments(of: .address(address.name)) { holders in
        holders.elements.contains { $0.text == node.name } ? "held" : nil
      }
      guard !held.isEmpty else { return nil }
      let isAlways = held.count == 1 && held[0].from <= from && held[0].to >= history.end
      return Row(kind: "address", name: address.name, segments: held, isEventful: !isAlways)
    }
  }

  private func process(of instance: InstanceID) -> [Row] {
    let states = segments(of: .process(instance), \.text)
    guard !states.isEmpty else { return [] }
    return [
      Row(
        kind: "process", name: instance.component, segments: states,
        isEventful: isChanged(states))
    ]
  }

  private func role(of instance: InstanceID) -> [Row] {
    let roles = segments(of: .role(instance), \.text)
    guard !roles.isEmpty else { return [] }
    return [
      Row(
        kind: "role", name: instance.component + " role", segments: roles,
        isEventful: isChanged(roles))
    ]
  }

  /// Whether there was more than one state since the timeline begins.
  private func isChanged(_ all: [Segment]) -> Bool {
    Set(all.filter { $0.to > from }.map(\.text)).count > 1
      || all.contains { $0.to > from && $0.to < history.end }
  }

  /// The faults that struck the node: aimed at it, at what runs there, or at its ways.
  private func faults(on node: NodeID) -> [Row] {
    history.faults.filter { $0.strikes(node) }.map { mark in
      let end =
        mark.isAction || mark.healed != nil
        ? mark.over ?? mark.tookEffect : history.end
      let text = "\(mark.id). \(mark.name)"
      return Row(
        kind: mark.isAction ? "action" : mark.confirmed == nil ? "doubt" : "fault", name: text,
        segments: [Segment(from: mark.injected, to: end, text: mark.summary)], isEventful: true,
        isShared: mark.isBetweenGroups)
    }
  }
}

extension FaultMark {
  /// Whether a node is one of those that it is about. Where the ways of one node to many others are struck, that is the
  /// one.
  fileprivate func strikes(_ node: NodeID) -> Bool {
    if case .ways(let all, _)? = reach {
      return all.contains { ways in
        guard ways.isOfOne else { return ways.from.contains(node) || ways.to.contains(node) }
        return (ways.from.count == 1 ? ways.from : ways.to) == [node]
      }
    }
    return targets.contains { target in
      switch target {
      case .node(node): true
      case .instance(let instance): instance.node == node
      case .node: false
      }
    }
  }

  fileprivate var isBetweenGroups: Bool {
    guard case .ways(let all, _)? = reach else { return false }
    return all.contains { $0.from.count > 1 && $0.to.count > 1 }
  }
}

extension FaultReach.Ways {
  /// Whether they are those of one node with several others.
  fileprivate var isOfOne: Bool { from.count != to.count && min(from.count, to.count) == 1 }
}
