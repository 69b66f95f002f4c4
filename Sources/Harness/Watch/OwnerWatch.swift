import Basics
import Histories
import Linux
import Nodes
import Stacks

extension ResolvedStack {
  /// What each floating address is called.
  var addressNames: [IPAddress: String] {
    Dictionary(addresses.map { ($0.ip, $0.name) }) { first, _ in first }
  }
}

/// Writes down when a node comes to hold a floating address and when it loses it, by the nodes'
/// own address lists.
enum OwnerWatch {
  static func start(_ lab: Lab) throws -> AddressWatch {
    let names = lab.stack.addressNames
    let nodes = lab.nodes.values.sorted { $0.name < $1.name }
    let (recorder, clock) = (lab.recorder, lab.clock)
    return try AddressWatch(nodes) { event in
      guard let name = names[event.address.prefix.address] else { return }
      recorder.record(
        .address(name, on: event.node, isHeld: event.isHeld), at: clock.instant(event.at))
    }
  }
}
