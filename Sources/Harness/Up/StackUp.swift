import Histories
import Basics
import Clients
import Fabric
import Links
import Linux
import Nodes
import Reports
import Stacks

/// Brings a stack up: namespaces and cables, then layer by layer every instance, prepared, started
/// and ready.
struct StackUp {
  let stack: ResolvedStack
  let space: RunSpace
  let folder: RunFolder
  let cache: DataCache
  let recorder: Recorder
  let clock: RunClock
  let state: RunState
  let seed: UInt64
  let stop: StopFlag
  /// Folders of the machine that every node sees, even below its private ones.
  let shares: [String]
  /// The nodes whose files stand on disks of ours.
  var diskNodes: Set<NodeID> = []
  /// Folders of the project that a node sees for the sake of its clients.
  var clientFolders: [NodeID: Set<String>] = [:]

  /// The stack, and where the time went.
  func run() throws -> (lab: Lab, timings: [RunRecord.Timing]) {
    var timings: [RunRecord.Timing] = []
    func timed<Result>(_ step: String, _ body: () throws -> Result) throws -> Result {
      let start = clock.now
      defer { timings.append(.init(step: step, duration: start.duration(to: clock.now))) }
      return try body()
    }
    let lab = try timed("namespaces, cables and switch") { try wire() }
    let booting = stack.startOrder.flatMap { $0 }.compactMap { stack.instance($0) }.filter {
      !$0.boot.isEmpty
    }
    if !booting.isEmpty {
      try timed("before the network: " + Self.words(for: booting.map(\.id.description))) {
        for instance in booting {
          try InstanceUp(lab: lab, instance: instance, cache: cache, stop: stop).boot()
        }
      }
    }
    for layer in stack.startOrder {
      try timed(Self.words(for: layer.map(\.description))) { try bringUp(layer, lab) }
    }
    return (lab, timings)
  }

  /// All of a few names, or how many there are besides the first.
  static func words(for names: [String]) -> String {
    names.count <= 4
      ? names.joined(separator: ", ") : "\(names[0]) and \(names.count - 1) others"
  }

  /// The nodes and the network between them, with nothing running yet.
  private func wire() throws -> Lab {
    let fabric = try Switch(
      segments: stack.networks.map { SegmentID($0.name) }, seed: seed, clock: clock)
    let probes = try PathProbes(clock: clock, nonce: UInt64(bitPattern: clock.wallOrigin) ^ seed)
    var nodes: [NodeID: Node] = [:]
    let disks = diskNodes.isEmpty ? nil : try Disks(in: space)
    for node in stack.nodes { nodes[node.id] = try make(node, fabric, probes, disks) }
    for link in stack.links where !link.impairment.isClean {
      fabric.impair(link.policyName, link.paths(in: stack), link.impairment)
    }
    try fabric.start()
    return Lab(
      stack, space: space, fabric: fabric, probes: probes, nodes: nodes, recorder: recorder,
      clock: clock,
      folder: folder, state: state, disks: disks, seed: seed)
  }

  private func make(
    _ node: StackNode, _ fabric: Switch, _ probes: PathProbes, _ disks: Disks?
  ) throws -> Node {
    let names = node.interfaces.indices.map { "eth\($0)" }
    let interfaces = zip(names, node.interfaces).map { name, interface in
      NodeSpec.Interface(
        name, addresses: interface.addresses,
        hardwareAddress: interface.mac, mtu: stack.mtu(of: interface.network))
    }
    let hosts = stack.nodes.flatMap { other in
      stack.names(of: other, seenFrom: node).map { "\($0) \(other.id)" }
    }
    let spec = NodeSpec(
      node.id, interfaces: interfaces, routes: node.specifiedRoutes, forwards: node.forwards,
      masquerades: zip(names, node.interfaces).filter { node.masquerades.contains($0.1.network) }
        .map(\.0),
      hosts: hosts, resolvers: stack.resolvers(of: node).map(\.description),
      networkSettings: node.networkSettings(interfaces: names),
      shares: try shares + sights(of: node), devices: devices(of: node),
      mostProcesses: node.limits.processes,
      mostBytes: node.limits.disk, mostMemory: node.limits.memory)
    let makeInterfaces = {
      for (name, interface) in zip(names, node.interfaces) {
        let tap = try Tap.open(name: name)
        let segment = SegmentID(interface.network)
        try fabric.attach(node: node.id, to: segment, tap: tap)
        try probes.attach(
          node: node.id, to: segment, socket: try ProbeSocket.open(interface: name))
      }
    }
    return try Node(
      spec, in: space, makeInterfaces: makeInterfaces, makeDisk: makingDisk(node.id, disks))
  }

  private func makingDisk(_ node: NodeID, _ disks: Disks?)
    -> (@Sendable (_ folder: String, _ place: String) throws(Errno) -> Void)?
  {
    guard let disks, diskNodes.contains(node) else { return nil }
    return { (folder, place) throws(Errno) in
      try disks.make(for: node, in: folder, at: place)
    }
  }

  /// What the node's components need of the machine's devices; nothing twice.
  private func devices(of node: StackNode) -> [String] {
    Set(node.instances.flatMap(stack.lives).flatMap(\.devices)).sorted()
  }

  /// What the node's components see of the machine besides what every node does: their own folders in
  /// the project, but nothing else of it, and what they ask for; nothing twice.
  private func sights(of node: StackNode) throws(Errno) -> [String] {
    let project = try Project.here()
    let lives = node.instances.flatMap(stack.lives)
    let own = lives.map { project.place(of: $0.source) }
    let clients = (clientFolders[node.id] ?? []).flatMap { project.layers.places(of: $0) }
    return Set(own + clients + lives.flatMap(\.sees)).sorted().filter { path in
      !(shares + ["/usr"]).contains { path == $0 || path.hasPrefix($0 + "/") }
    }
  }

  /// A layer's instances come up side by side; the first failure is thrown once all are done.
  private func bringUp(_ layer: [InstanceID], _ lab: Lab) throws {
    let failures = Failures()
    let threads = try layer.compactMap { lab.stack.instance($0) }.map { instance in
      try Linux.Thread(named: "up \(instance.id.component)") {
        do {
          try InstanceUp(lab: lab, instance: instance, cache: cache, stop: stop).run()
        } catch {
          failures.add(error)
        }
      }
    }
    for thread in threads { thread.join() }
    if stop.isRaised { throw HarnessError.interrupted }
    if let first = failures.first { throw first }
  }
}
