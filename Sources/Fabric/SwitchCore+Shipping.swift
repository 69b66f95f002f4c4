internal import Basics
internal import CLinux
internal import Links
internal import Linux
internal import Packets

/// One frame, or several that travel uncut, on its way to one port.
@unsafe struct Shipment {
  let bytes: FrameBytes
  let frames: Int
  let arrived: Instant
  let pair: Int
  let target: Int
  let isProbe: Bool
  let ledgers: LedgerSet
}

extension SwitchCore {
  /// Does what a link decided: passes the frame on now, or keeps it until it is due.
  mutating func ship(_ shipment: Shipment, _ delivery: Delivery) {
    let entry = unsafe entry(shipment.pair, isProbe: shipment.isProbe)
    let (frames, ledgers) = unsafe (shipment.frames, shipment.ledgers)
    if delivery.isDuplicated {
      count(entry, ledgers) { $0.duplicatedFrames += UInt64(frames) }
    }
    if delivery.isReordered { count(entry, ledgers) { $0.reorderedFrames += UInt64(frames) } }
    if delivery.corruption != nil {
      count(entry, ledgers) { $0.corruptedFrames += UInt64(frames) }
    }
    for _ in 0..<(delivery.isDuplicated ? 2 : 1) {
      if unsafe delivery.corruption == nil && delivery.at <= shipment.arrived {
        unsafe transmit(
          shipment.bytes, frames: frames, entry: entry, ledgers, to: shipment.target,
          at: shipment.arrived)
      } else {
        unsafe hold(shipment, delivery)
      }
    }
  }

  private mutating func hold(_ shipment: Shipment, _ delivery: Delivery) {
    let entry = unsafe entry(shipment.pair, isProbe: shipment.isProbe)
    guard let slot = unsafe pool.take(byteCount: shipment.bytes.byteCount) else {
      let (frames, now) = unsafe (shipment.frames, shipment.arrived)
      return count(entry, unsafe shipment.ledgers) { $0.drop(.overflow, frames: frames, at: now) }
    }
    let memory = unsafe pool.bytes(of: slot)
    unsafe shipment.bytes.copy(to: memory)
    if let choice = delivery.corruption { unsafe Self.corrupt(memory, choice: choice) }
    if unsafe delivery.at <= shipment.arrived {
      unsafe transmit(
        FrameBytes(head: UnsafeRawBufferPointer(memory)), frames: shipment.frames,
        entry: entry, shipment.ledgers, to: shipment.target, at: shipment.arrived)
      return pool.free(slot)
    }
    unsafe queue.push(
      HeldFrame(
        due: delivery.at, arrived: shipment.arrived, pair: shipment.pair,
        target: shipment.target, slot: slot, frames: shipment.frames, isProbe: shipment.isProbe,
        ledgers: shipment.ledgers))
  }

  /// Counts something for a pair, and for the policies that are about some of its frames only.
  mutating func count(_ entry: Int, _ set: LedgerSet, _ change: (inout PairCounters) -> Void) {
    change(&counters[entry])
    ledgers.count(set, change)
  }

  /// Whether the way of a frame that was held has been cut since it came.
  private func isCut(_ held: HeldFrame) -> Bool {
    guard links[held.pair].isSelective, !links[held.pair].isCut else {
      return links[held.pair].isCut
    }
    let bytes = unsafe pool.bytes(of: held.slot)
    guard bytes.count > OffloadHeader.byteCount else { return false }
    let traits = unsafe FrameTraits(
      reading: bytes.bytes.extracting(OffloadHeader.byteCount..<bytes.count))
    return links[held.pair].isCut(matching: links[held.pair].matching(traits))
  }

  /// Sends every frame that is due, unless its way has been cut since.
  mutating func release() {
    guard let due = queue.nextDue else { return }
    var now = clock.now
    guard due <= now else { return }
    while let held = queue.pop(dueAt: now) {
      defer { pool.free(held.slot) }
      let source = held.pair / stride
      let entry = entry(held.pair, isProbe: held.isProbe)
      if isCut(held) {
        count(entry, held.ledgers) { $0.drop(.cut, frames: held.frames, at: now) }
      } else if !ports[source].isUp || !ports[held.target].isUp {
        count(entry, held.ledgers) { $0.drop(.down, frames: held.frames, at: now) }
      } else {
        lateness.add(now.nanoseconds - held.due.nanoseconds)
        heldTooLong.note(due: held.due, left: now)
        count(entry, held.ledgers) {
          $0.delayedFrames += UInt64(held.frames)
          $0.held.add(from: held.arrived, to: now)
        }
        unsafe transmit(
          FrameBytes(head: UnsafeRawBufferPointer(pool.bytes(of: held.slot))),
          frames: held.frames, entry: entry, held.ledgers, to: held.target, at: now)
      }
      now = clock.now
    }
  }

  private mutating func transmit(
    _ bytes: FrameBytes, frames: Int, entry: Int, _ ledgers: LedgerSet, to target: Int,
    at now: Instant
  ) {
    let written = unsafe cl_tap_write(
      ports[target].descriptor, bytes.head.baseAddress, bytes.head.count, bytes.rest.baseAddress,
      bytes.rest.count)
    guard written >= 0 else {
      return count(entry, ledgers) { $0.drop(.refused, frames: frames, at: now) }
    }
    let size = unsafe bytes.byteCount - OffloadHeader.byteCount
    count(entry, ledgers) { $0.pass(frames: frames, bytes: size, at: now) }
  }

  /// Flips one bit behind the Ethernet header, once the checksum is finished: otherwise the
  /// receiving kernel would trust the frame unseen, and the damage would go unnoticed.
  private static func corrupt(_ memory: UnsafeMutableRawBufferPointer, choice: UInt64) {
    let offloadBytes = OffloadHeader.byteCount
    let first = offloadBytes + EthernetHeader.byteCount
    guard memory.count > first else { return }
    var offload = unsafe OffloadHeader(reading: memory.bytes)
    var frame = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[offloadBytes...])
      .mutableBytes
    offload.finishChecksum(of: &frame)
    var whole = unsafe memory.mutableBytes
    offload.write(to: &whole)
    let bit = Int(choice % UInt64((whole.byteCount - first) * 8))
    let byte = whole.bytes.uint8(at: first + bit / 8)
    whole.store(uint8: byte ^ (1 << (bit % 8)), at: first + bit / 8)
  }
}
