internal import Basics
internal import CLinux
internal import Links
internal import Linux
internal import Packets

extension SwitchCore {
  /// Reads one frame from a port and sends it on its way.
  mutating func receive(from source: Int) -> Reception {
    // One that is kept whole is read to where it will stay.
    var (memory, keeper) = unsafe (buffer.frame, Int?.none)
    for index in captures.indices {
      guard let room = unsafe captures[index].room(for: source) else { continue }
      unsafe (memory, keeper) = (room, index)
      break
    }
    let count = unsafe cl_tap_read(
      ports[source].descriptor, memory.baseAddress, memory.count)
    guard count > 0 else { return count == 0 ? .nothing : .failed(errno: Int32(-count)) }
    let whole = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<Int(count)])
    let now = clock.now
    // What became due before this one came goes first, or this one might overtake it.
    release()
    unsafe dispatch(whole, from: source, at: now, keeper)
    return .frame
  }

  enum Reception: Equatable {
    case frame
    case nothing
    /// The device is gone.
    case failed(errno: Int32)
  }

  /// - Parameter keeper: the capture in whose memory the frame lies.
  private mutating func dispatch(
    _ whole: UnsafeMutableRawBufferPointer, from source: Int, at now: Instant, _ keeper: Int?
  ) {
    let offloadBytes = OffloadHeader.byteCount
    guard whole.count >= offloadBytes + EthernetHeader.byteCount else {
      return ignoredFrames += 1
    }
    let frame = unsafe whole.bytes.extracting(offloadBytes..<whole.count)
    guard let header = EthernetHeader(reading: frame) else { return ignoredFrames += 1 }
    let isProbe = ProbeTrailer.ends(frame) || header.type == .probe && ProbeFrame.isProbe(frame)
    let arrival = unsafe Arrival(whole: whole, at: now, isProbe: isProbe)
    if ports[source].isUp {
      addresses.learn(header.source, segment: ports[source].segment, port: source, at: now)
      if !isProbe { noteNeighbours(frame, header.type, from: source, at: now) }
      names.note(frame)
      if !isProbe { listen(to: frame, from: source, at: now) }
      for index in captures.indices
      where index != keeper && captures[index].wants(source, isProbe: isProbe) {
        unsafe captures[index].record(whole, from: source, at: now)
      }
    }
    unsafe route(arrival, header, from: source)
    if let keeper, ports[source].isUp, captures[keeper].wants(source, isProbe: isProbe) {
      unsafe captures[keeper].keep(
        arrival.offload, byteCount: frame.byteCount, from: source, at: now)
    }
  }

  private mutating func listen(to frame: RawSpan, from source: Int, at now: Instant) {
    eavesdropper.note(frame, from: ports[source].node)
    if !lines.isEmpty {
      lines[ports[source].segment]?.note(frame, from: ports[source].node, at: now)
    }
  }

  private mutating func route(_ arrival: Arrival, _ header: EthernetHeader, from source: Int) {
    let segment = ports[source].segment
    if !header.target.isMulticast,
      let target = addresses.port(of: header.target, segment: segment, at: unsafe arrival.at)
    {
      guard target != source else { return ignoredFrames += 1 }
      return unsafe forward(arrival, from: source, to: target)
    }
    for target in ports.indices where target != source && ports[target].segment == segment {
      unsafe forward(arrival, from: source, to: target)
    }
  }

  private mutating func noteNeighbours(
    _ frame: RawSpan, _ type: EtherType, from source: Int, at now: Instant
  ) {
    guard let packet = NeighbourPacket(readingFrame: frame, type: type) else { return }
    let state = ports[source]
    neighbours.add(
      NeighbourEvent(at: now, node: state.node, segment: segments[state.segment], packet: packet))
  }

  private mutating func forward(_ arrival: Arrival, from source: Int, to target: Int) {
    let pair = pair(source, target)
    let entry = entry(pair, isProbe: unsafe arrival.isProbe)
    let met = unsafe met(by: arrival, on: pair)
    let frames = unsafe UInt64(arrival.frames)
    count(entry, met.ledgers) { $0.offeredFrames += frames }
    guard ports[source].isUp && ports[target].isUp else {
      return unsafe drop(.down, arrival.frames, of: arrival, entry, met.ledgers)
    }
    if links[pair].isForging, let forger = links[pair].forger(matching: met.places),
      let reason = unsafe forge(forger, arrival, from: source, to: target)
    {
      return unsafe drop(reason, arrival.frames, of: arrival, entry, met.ledgers)
    }
    unsafe pass(arrival, met, pair: pair, to: target)
  }

  /// Sends a frame where nothing is put in its place.
  private mutating func pass(_ arrival: Arrival, _ met: MetPolicies, pair: Int, to target: Int) {
    let entry = entry(pair, isProbe: unsafe arrival.isProbe)
    if links[pair].isPerFrame, let packet = unsafe arrival.packet {
      return unsafe forward(packet, arrival, met, pair: pair, to: target)
    }
    let fate = unsafe links[pair].admit(
      at: arrival.at, sizeBytes: arrival.sizeBytes, matching: met.places)
    switch fate {
    case .dropped(let reason):
      unsafe drop(reason, arrival.frames, of: arrival, entry, met.ledgers)
    case .delivered(let delivery):
      unsafe ship(arrival.shipment(pair: pair, target: target, met.ledgers), delivery)
    }
  }

  /// Sends a frame of our own that stands for another's; no policy puts anything in its place again.
  mutating func send(_ arrival: Arrival, from source: Int, to target: Int) {
    guard ports[source].isUp && ports[target].isUp else { return }
    let pair = pair(source, target)
    var met = unsafe met(by: arrival, on: pair)
    // A policy's ledger is of what came to it, not of what it made.
    met.ledgers = .none
    if unsafe !arrival.isProbe {
      for index in captures.indices {
        unsafe captures[index].record(arrival.whole, from: source, at: arrival.at)
      }
    }
    unsafe pass(arrival, met, pair: pair, to: target)
  }

  /// The policies of a link that are about some frames only, this among them.
  private struct MetPolicies {
    var places: [Int] = []
    var ledgers = LedgerSet.none
  }

  private mutating func met(by arrival: Arrival, on pair: Int) -> MetPolicies {
    guard links[pair].isSelective else { return MetPolicies() }
    let places = links[pair].matching(unsafe arrival.traits)
    guard !places.isEmpty, unsafe !arrival.isProbe else { return MetPolicies(places: places) }
    return MetPolicies(places: places, ledgers: ledgers.set(links[pair].ledgers(of: places)))
  }

  private mutating func drop(
    _ reason: DropReason, _ frames: Int, of arrival: Arrival, _ entry: Int, _ ledgers: LedgerSet
  ) {
    let now = unsafe arrival.at
    count(entry, ledgers) { $0.drop(reason, frames: frames, at: now) }
  }

  /// Decides per future frame of an uncut packet, and ships the runs that share a fate uncut.
  private mutating func forward(
    _ packet: SuperPacket, _ arrival: Arrival, _ met: MetPolicies, pair: Int, to target: Int
  ) {
    var run = 0..<0
    var fate = Delivery(at: unsafe arrival.at)
    let whole = unsafe arrival.shipment(pair: pair, target: target, met.ledgers)
    for index in 0..<packet.segmentCount {
      let size = packet.headerBytes + packet.payload(of: index..<index + 1).count
      let next = links[pair].admit(
        at: unsafe arrival.at, sizeBytes: size, matching: met.places)
      if case .delivered(let delivery) = next, delivery == fate, fate.isPlain, !run.isEmpty {
        run = run.lowerBound..<index + 1
        continue
      }
      unsafe ship(run, of: packet, arrival, fate, as: whole)
      switch next {
      case .dropped(let reason):
        unsafe drop(reason, 1, of: arrival, pair, met.ledgers)
        run = 0..<0
      case .delivered(let delivery):
        run = index..<index + 1
        fate = delivery
      }
    }
    unsafe ship(run, of: packet, arrival, fate, as: whole)
  }

  private mutating func ship(
    _ run: Range<Int>, of packet: SuperPacket, _ arrival: Arrival, _ delivery: Delivery,
    as whole: Shipment
  ) {
    guard !run.isEmpty else { return }
    if run.count == packet.segmentCount { return unsafe ship(whole, delivery) }
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
      frames: run.count, arrived: arrival.at, pair: whole.pair, target: whole.target,
      isProbe: false, ledgers: whole.ledgers)
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

  /// What its headers say.
  var traits: FrameTraits {
    unsafe FrameTraits(reading: whole.bytes.extracting(OffloadHeader.byteCount..<whole.count))
  }

  var sizeBytes: Int { unsafe whole.count - OffloadHeader.byteCount }
  /// How many frames of the wire it stands for.
  var frames: Int { unsafe packet?.segmentCount ?? 1 }

  /// All of it, as it came, to one port.
  func shipment(pair: Int, target: Int, _ ledgers: LedgerSet) -> Shipment {
    unsafe Shipment(
      bytes: FrameBytes(head: UnsafeRawBufferPointer(whole)), frames: frames, arrived: at,
      pair: pair, target: target, isProbe: isProbe, ledgers: ledgers)
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
