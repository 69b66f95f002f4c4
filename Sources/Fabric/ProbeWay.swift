internal import Basics
internal import Links
internal import Packets

/// One way that probes are sent on: an aim in one segment, or a packet's wherever it is routed.
struct ProbeWay {
  let source: ProbePort
  let target: ProbePort
  let sending: Sending

  enum Sending {
    case frame(from: MAC, to: MAC)
    case arp(from: MAC, to: MAC)
    case solicitation(ProbePacket, from: MAC, to: MAC)
    case packet(ProbePacket)
  }

  /// The segment it is on; nil where routers decide.
  var segment: SegmentID? { if case .packet = sending { nil } else { source.segment } }

  /// Whether a reset may come in a probe's stead.
  var mayBeReset: Bool {
    if case .packet(let packet) = sending { packet.acknowledges } else { false }
  }

  /// Where its probes count as arrived.
  var awaitedAt: ProbeListener.Place {
    if case .packet = sending { .anywhere(on: target.node) } else { .port(target) }
  }

  /// The ways of an aim, in the order in which its segments were made known; none where the two share
  /// none, or one is unknown.
  static func all(_ aim: ProbeAim, among ports: [ProbePort]) throws(FabricError) -> [ProbeWay] {
    let sources = ports.filter { $0.node == aim.source }
    let targets = ports.filter { $0.node == aim.target }
    guard aim.source != aim.target else { return [] }
    if case .packet(let packet) = aim.body {
      guard let source = sources.first, let target = targets.first else { return [] }
      let listeners = packet.acknowledges ? targets + sources : targets
      for port in listeners { try port.socket.listenForTrailers() }
      return [ProbeWay(source: source, target: target, sending: .packet(packet))]
    }
    var ways: [ProbeWay] = []
    for source in sources {
      for target in targets where target.segment == source.segment {
        if case .frame(let segment?) = aim.body, segment != source.segment { continue }
        ways.append(try neighbours(source, target, aim.body))
      }
    }
    return ways
  }

  private static func neighbours(
    _ source: ProbePort, _ target: ProbePort, _ body: ProbeAim.Body
  ) throws(FabricError) -> ProbeWay {
    let (from, to) = (try source.socket.address(), try target.socket.address())
    let sending: Sending =
      switch body {
      case .arp: .arp(from: from, to: to)
      case .solicitation(let packet): .solicitation(packet, from: from, to: to)
      case .packet, .frame: .frame(from: from, to: to)
      }
    if case .frame = sending {} else { try target.socket.listenForTrailers() }
    return ProbeWay(source: source, target: target, sending: sending)
  }

  /// Sends one probe.
  ///
  /// - Parameter bytes: how large it is as a frame, headers included.
  /// - Returns: whether the sender's kernel took it.
  func send(_ mark: ProbeTrailer, bytes: Int) -> Bool {
    switch sending {
    case .frame(let from, let to):
      let frame = ProbeFrame(from: from, to: to, nonce: mark.nonce, sequence: mark.sequence)
      return source.socket.send(frame.padded(to: bytes))
    case .arp(let from, let to):
      return source.socket.send(ProbePacket.arp(from: from, to: to, mark))
    case .solicitation(let packet, let from, let to):
      return source.socket.send(packet.frame(from: from, to: to, mark))
    case .packet(let packet):
      let bytes = packet.bytes(mark, padded: bytes - EthernetHeader.byteCount)
      return source.socket.send(packet: bytes, to: packet.target)
    }
  }
}
