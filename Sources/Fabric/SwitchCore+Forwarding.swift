internal import Basics
internal import CLinux
internal import Links
internal import Linux
internal import Packets

extension SwitchCore {
  /// Reads one frame from a port and sends it on its way.
  mutating func receive(from source: Int) -> Reception {
    let memory = unsafe buffer.frame
    let count = unsafe cl_tap_read(
      ports[source].descriptor, memory.baseAddress, memory.count)
    guard count > 0 else { return count == 0 ? .nothing : .failed(errno: Int32(-count)) }
    let whole = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<Int(count)])
    unsafe dispatch(whole, from: source, at: clock.now)
    return .frame
  }

  enum Reception: Equatable {
    case frame
    case nothing
    /// The device is gone.
    case failed(errno: Int32)
  }

  private mutating func dispatch(
    _ whole: UnsafeMutableRawBufferPointer, from source: Int, at now: Instant
  ) {
    let offloadBytes = OffloadHeader.byteCount
    guard whole.count >= offloadBytes + EthernetHeader.byteCount else {
      return ignoredFrames += 1
    }
    let frame = unsafe whole.bytes.extracting(offloadBytes..<whole.count)
    guard let header = EthernetHeader(reading: frame) else { return ignoredFrames += 1 }
    let segment = ports[source].segment
    let isProbe = header.type == .probe && ProbeFrame.isProbe(frame)
    if ports[source].isUp {
      addresses.learn(header.source, segment: segment, port: source, at: now)
      if header.type == .arp { noteARP(frame, from: source, at: now) }
      for index in captures.indices where !isProbe || captures[index].filter.keepsProbes {
        unsafe captures[index].record(whole, from: source, at: now)
      }
    }
    let arrival = unsafe Arrival(whole: whole, at: now, isProbe: isProbe)
    if !header.target.isMulticast,
      let target = addresses.port(of: header.target, segment: segment, at: now)
    {
      guard target != source else { return ignoredFrames += 1 }
      return unsafe forward(arrival, from: source, to: target)
    }
    for target in ports.indices where target != source && ports[target].segment == segment {
      unsafe forward(arrival, from: source, to: target)
    }
  }

  private mutating func noteARP(_ frame: RawSpan, from source: Int, at now: Instant) {
    guard let packet = ARPPacket(readingFrame: frame) else { return }
    let state = ports[source]
    arp.add(
      ARPEvent(at: now, node: state.node, segment: segments[state.segment], packet: packet))
  }

  private mutating func forward(_ arrival: Arrival, from source: Int, to target: Int) {
    let pair = pair(source, target)
    let entry = entry(pair, isProbe: unsafe arrival.isProbe)
    guard ports[source].isUp && ports[target].isUp else {
      return counters[entry].drop(.down, frames: unsafe arrival.frames, at: unsafe arrival.at)
    }
    if links[pair].isPerFrame, let packet = unsafe arrival.packet {
      return unsafe forward(packet, arrival, pair: pair, to: target)
    }
    switch links[pair].admit(at: unsafe arrival.at, sizeBytes: unsafe arrival.sizeBytes) {
    case .dropped(let reason):
      counters[entry].drop(reason, frames: unsafe arrival.frames, at: unsafe arrival.at)
    case .delivered(let delivery):
      unsafe ship(arrival.shipment(pair: pair, target: target), delivery)
    }
  }

  /// Decides per future frame of an uncut packet, and ships the runs that share a fate uncut.
  private mutating func forward(
    _ packet: SuperPacket, _ arrival: Arrival, pair: Int, to target: Int
  ) {
    var run = 0..<0
    var fate = Delivery(at: unsafe arrival.at)
    for index in 0..<packet.segmentCount {
      let size = packet.headerBytes + packet.payload(of: index..<index + 1).count
      let next = links[pair].admit(at: unsafe arrival.at, sizeBytes: size)
      if case .delivered(let delivery) = next, delivery == fate, fate.isPlain, !run.isEmpty {
        run = run.lowerBound..<index + 1
        continue
      }
      unsafe ship(run, of: packet, arrival, fate, pair: pair, to: target)
      switch next {
      case .dropped(let reason):
        counters[pair].drop(reason, frames: 1, at: unsafe arrival.at)
        run = 0..<0
      case .delivered(let delivery):
        run = index..<index + 1
        fate = delivery
      }
    }
    unsafe ship(run, of: packet, arrival, fate, pair: pair, to: target)
  }

  private mutating func ship(
    _ run: Range<Int>, of packet: SuperPacket, _ arrival: Arrival, _ delivery: Delivery,
    pair: Int, to target: Int
  ) {
    guard !run.isEmpty else { return }
    if run.count == packet.segmentCount {
      return unsafe ship(arrival.shipment(pair: pair, target: target), delivery)
    }
    let offloadBytes = OffloadHeader.byteCount
    let memory = unsafe buffer.headers
    let payload = packet.payload(of: run)
    unsafe packet.write(run, of: arrival, to: memory)
    let shipment = unsafe Shipment(
      bytes: FrameBytes(
        head: UnsafeRawBufferPointer(rebasing: memory[..<(offloadBytes + packet.headerBytes)]),
        rest: UnsafeRawBufferPointer(
          rebasing: arrival.whole[
            offloadBytes + payload.lowerBound..<offloadBytes + payload.upperBound])),
      frames: run.count, arrived: arrival.at, pair: pair, target: target, isProbe: false)
    unsafe ship(shipment, delivery)
  }
}

/// A frame as it came in, with its offload header.
@unsafe struct Arrival {
  let whole: UnsafeMutableRawBufferPointer
  let at: Instant
  let offload: OffloadHeader
  /// Set when the sender left the frame to be cut.
  let packet: SuperPacket?
  /// Ours, sent to learn whether the way is open; never to be cut.
  let isProbe: Bool

  init(whole: UnsafeMutableRawBufferPointer, at now: Instant, isProbe: Bool) {
    unsafe self.isProbe = isProbe
    unsafe self.whole = unsafe whole
    unsafe at = now
    let bytes = unsafe whole.bytes
    let offload = OffloadHeader(reading: bytes)
    unsafe self.offload = offload
    unsafe packet =
      offload.segmentation == .none
      ? nil
      : SuperPacket(
        reading: bytes.extracting(OffloadHeader.byteCount..<whole.count), offload: offload)
  }

  var sizeBytes: Int { unsafe whole.count - OffloadHeader.byteCount }
  /// How many frames of the wire it stands for.
  var frames: Int { unsafe packet?.segmentCount ?? 1 }

  /// All of it, as it came, to one port.
  func shipment(pair: Int, target: Int) -> Shipment {
    unsafe Shipment(
      bytes: FrameBytes(head: UnsafeRawBufferPointer(whole)), frames: frames, arrived: at,
      pair: pair, target: target, isProbe: isProbe)
  }
}

extension SuperPacket {
  /// Writes the offload header and the headers of a run of segments.
  fileprivate func write(
    _ run: Range<Int>, of arrival: Arrival, to memory: UnsafeMutableRawBufferPointer
  ) {
    let offloadBytes = OffloadHeader.byteCount
    let frame = unsafe arrival.whole.bytes.extracting(offloadBytes..<arrival.whole.count)
    var headers = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[offloadBytes...])
      .mutableBytes
    let offload = unsafe writeHeaders(
      of: run, from: frame, offload: arrival.offload, to: &headers)
    var start = unsafe memory.mutableBytes
    offload.write(to: &start)
  }
}
