internal import Basics
internal import CLinux
internal import Links
internal import Packets

extension SwitchCore {
  /// Sends what a policy puts in the place of a frame; answers why the frame itself is dropped, nil where it
  /// passes.
  mutating func forge(
    _ forger: Forger, _ arrival: Arrival, from source: Int, to target: Int
  ) -> DropReason? {
    switch forger.forgery {
    case .resets(let scope):
      guard let reset = unsafe arrival.reset,
        scope == .all || !isBegun(reset, by: forger.policy)
      else { return nil }
      send(reset, at: unsafe arrival.at, from: source, to: target)
      return .replaced
    case .names(let forgery):
      guard let asked = unsafe arrival.transport, asked.targetPort == NameMemory.port else {
        return nil
      }
      if asked.transport == .tcp {
        return refuseTCP(forgery, unsafe arrival.reset, at: unsafe arrival.at, source, target)
      }
      guard let question = DNSQuestion(reading: unsafe arrival.payload),
        forgery.covers(question.key.text)
      else { return nil }
      if forgery.answer == .silence { return .replaced }
      guard let answer = answer(question, of: asked.target, forger.policy, forgery) else {
        return nil
      }
      send(asked.answer(answer), at: unsafe arrival.at, from: target, to: source)
      return .replaced
    }
  }

  /// What a client asks over TCP is not read: it is refused, whatever the name, or is not heard either.
  private mutating func refuseTCP(
    _ forgery: NameForgery, _ reset: TCPReset?, at now: Instant, _ source: Int, _ target: Int
  ) -> DropReason? {
    if forgery.answer == .silence { return .replaced }
    guard let reset else { return nil }
    send(reset, at: now, from: source, to: target)
    return .replaced
  }

  private func answer(
    _ question: DNSQuestion, of server: IPAddress, _ policy: String, _ forgery: NameForgery
  ) -> [UInt8]? {
    switch forgery.answer {
    case .silence: nil
    case .code(let code): question.answer(code: code)
    case .addresses(let addresses): question.answer(addresses: addresses)
    case .stale:
      recalled[policy]?.reply(to: question.key, of: server).flatMap { question.answer(again: $0) }
    }
  }

  /// To the receiver first: where both ends answer, it is the sender's that tells more.
  private mutating func send(
    _ reset: TCPReset, at now: Instant, from source: Int, to target: Int
  ) {
    if let onward = reset.onward { send(onward, at: now, from: source, to: target) }
    send(reset.back, at: now, from: target, to: source)
  }

  /// Whether the connection of a segment was seen to begin since the policy has been at work.
  private mutating func isBegun(_ reset: TCPReset, by policy: String) -> Bool {
    begun[policy, default: BegunFlows()].note(reset)
  }

  /// Hands a frame to a node as if it came from nowhere.
  func deliver(_ frame: [UInt8], to node: NodeID, in segment: SegmentID) {
    let bytes = [UInt8](repeating: 0, count: OffloadHeader.byteCount) + frame
    for port in ports where port.node == node && segments[port.segment] == segment && port.isUp {
      unsafe _ = bytes.withUnsafeBytes { bytes in
        unsafe cl_tap_write(port.descriptor, bytes.baseAddress, bytes.count, nil, 0)
      }
    }
  }

  /// Sends a whole frame of our own.
  private mutating func send(_ frame: [UInt8], at now: Instant, from source: Int, to target: Int) {
    let size = OffloadHeader.byteCount + frame.count
    let memory = unsafe buffer.forged
    guard size <= memory.count else { return }
    let whole = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<size])
    var start = unsafe whole.mutableBytes
    OffloadHeader.none.write(to: &start)
    unsafe UnsafeMutableRawBufferPointer(rebasing: whole[OffloadHeader.byteCount...])
      .copyBytes(from: frame)
    let isProbe = unsafe ProbeTrailer.ends(frame.span.bytes)
    unsafe send(Arrival(whole: whole, at: now, isProbe: isProbe), from: source, to: target)
  }
}

/// The TCP connections that were seen to begin, by their ends.
struct BegunFlows {
  private struct Flow: Hashable {
    let source: IPAddress
    let target: IPAddress
    let sourcePort: UInt16
    let targetPort: UInt16
  }

  private var flows: Set<Flow> = []
  /// What a firewall remembers, too, before it forgets some.
  private static let most = 1 << 16

  /// Takes a segment into account; answers whether its connection is one of them.
  mutating func note(_ segment: TCPReset) -> Bool {
    let frame = segment.frame
    let flow = Flow(
      source: frame.source, target: frame.target, sourcePort: frame.sourcePort,
      targetPort: frame.targetPort)
    let answer = Flow(
      source: frame.target, target: frame.source, sourcePort: frame.targetPort,
      targetPort: frame.sourcePort)
    if segment.isOpening {
      if flows.count >= Self.most { flows.removeAll(keepingCapacity: true) }
      flows.insert(flow)
      return true
    }
    return flows.contains(flow) || flows.contains(answer)
  }
}

extension Arrival {
  /// Its ports and where it goes; nil where it is neither TCP nor UDP.
  fileprivate var transport: TransportFrame? {
    unsafe TransportFrame(reading: whole.bytes.extracting(OffloadHeader.byteCount..<whole.count))
  }

  /// What a UDP datagram carries.
  fileprivate var payload: [UInt8] {
    let frame = unsafe whole.bytes.extracting(OffloadHeader.byteCount..<whole.count)
    return TransportFrame(reading: frame)?.payload(of: frame) ?? []
  }

  /// What would end the connection of the TCP segment in it.
  fileprivate var reset: TCPReset? {
    unsafe TCPReset(answering: whole.bytes.extracting(OffloadHeader.byteCount..<whole.count))
  }
}
