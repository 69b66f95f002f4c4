import Basics
import Nodes
import Stacks

extension StackNode {
  /// The node's routes as its kernel gets them.
  var specifiedRoutes: [NodeSpec.Route] {
    routes.map { NodeSpec.Route(to: $0.destination, via: $0.gateway) }
  }

  /// How the kernel treats packets of several networks: the same on every machine, for a new
  /// network namespace takes over what the machine has set.
  ///
  /// No packet is dropped for the interface it came in by (`rp_filter`, RFC 3704): where two ways
  /// lead to a node, the way back may be the other. No router tells a node of a shorter way
  /// (`send_redirects`): a node would take it even after the router lost its power.
  func networkSettings(interfaces: [String]) -> [String: String] {
    guard forwards || !routes.isEmpty || interfaces.count > 1 else { return [:] }
    var settings: [String: String] = [:]
    for name in ["all", "default"] + interfaces {
      settings["ipv4/conf/\(name)/rp_filter"] = "0"
      settings["ipv4/conf/\(name)/send_redirects"] = "0"
      settings["ipv4/conf/\(name)/accept_redirects"] = "0"
    }
    return settings
  }
}

extension ResolvedStack {
  /// The addresses that a node's name stands for on another: of each family one that there is a way to, else
  /// the first it has.
  func names(of target: StackNode, seenFrom source: StackNode) -> [IPAddress] {
    let reached = addresses(of: target, seenFrom: source)
    return reached.isEmpty ? [target.address] : reached
  }
}
