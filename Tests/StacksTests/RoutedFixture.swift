import Stacks
import YAML

/// Three networks in a row with a router between each two, and an island.
enum RoutedFixture {
  static let stack = """
    title: Networks in a row
    sites: [here]
    networks:
      front: {subnet: 10.1.0.0/24}
      middle: {subnet: 10.2.0.0/24}
      back: {subnet: 10.3.0.0/24}
      island: {subnet: 10.9.0.0/24}
    addresses:
      gate: {ip: 10.1.0.100, network: front, preferred: spare}
    nodes:
      client: {site: here, role: client, network: front, ip: 10.1.0.9, routes: [{to: 10.3.0.0/24, via: 10.1.0.1}]}
      guest: {site: here, role: client, network: front, ip: 10.1.0.8, routes: [{to: 0.0.0.0/0, via: 10.1.0.100}]}
      first:
        site: here
        role: router
        networks: {front: 10.1.0.1, middle: 10.2.0.1}
        forwards: true
        routes: [{to: 10.3.0.0/24, via: 10.2.0.2}]
      spare: {site: here, role: router, networks: {front: 10.1.0.2, middle: 10.2.0.3}, forwards: true}
      second:
        site: here
        role: router
        networks: {middle: 10.2.0.2, back: 10.3.0.1}
        forwards: true
        routes: [{to: 10.1.0.0/24, via: 10.2.0.1}]
      store: {site: here, role: store, network: back, ip: 10.3.0.9, routes: [{to: 10.1.0.0/24, via: 10.3.0.1}]}
      both: {site: here, role: store, networks: {back: 10.3.0.7, island: 10.9.0.7}}
      alone: {site: here, role: store, network: island, ip: 10.9.0.1}
    services:
      store:
        url: "http://${nodes.both.networks.island.address}:80"
        replicas: {node: both, url: "http://${node.networks.back.address}:80"}
    """

  static func resolve(_ old: String = "", _ new: String = "") throws(Problems) -> ResolvedStack {
    let text = old.isEmpty ? stack : stack.replacing(old, with: new)
    let library = MemoryLibrary(texts: ["s/x.yaml": text])
    return try ResolvedStack.resolve(
      StackOutline.read("s/x.yaml", from: library), given: [], components: ["c"],
      library: library, machine: .imaginary, at: Mark(file: "test", line: 0))
  }
}
