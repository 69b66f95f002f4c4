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
}

extension SwitchCore {
  /// Does what a link decided: passes the frame on now, or keeps it until it is due.
  mutating func ship(_ shipment: Shipment, _ delivery: Delivery) {
    let entry = unsafe entry(shipment.pair, isProbe: shipment.isProbe)
    let frames = unsafe shipment.frames
    if delivery.isDuplicated { counters[entry].duplicatedFrames += UInt64(frames) }
    if delivery.isReordered { counters[entry].reorderedFrames += UInt64(frames) }
    if delivery.corruption != nil { counters[entry].corruptedFrames += UInt64(frames) }
    for _ in 0..<(delivery.isDuplicated ? 2 : 1) {
      if unsafe delivery.corruption == nil && delivery.at <= shipment.arrived {
        unsafe transmit(
          shipment.bytes, frames: frames, entry: entry, to: shipment.target, at: shipment.arrived)
      } else {
        unsafe hold(shipment, delivery)
      }
    }
  }

  private mutating func hold(_ shipment: Shipment, _ delivery: Delivery) {
    let entry = unsafe entry(shipment.pair, isProbe: shipment.isProbe)
    guard let slot = unsafe pool.take(byteCount: shipment.bytes.byteCount) else {
      return counters[entry].drop(
        .overflow, frames: unsafe shipment.frames, at: unsafe shipment.arrived)
    }
    let memory = unsafe pool.bytes(of: slot)
    unsafe shipment.bytes.copy(to: memory)
    if let choice = delivery.corruption { unsafe Self.corrupt(memory, choice: choice) }
    if unsafe delivery.at <= shipment.arrived {
      unsafe transmit(
        FrameBytes(head: UnsafeRawBufferPointer(memory)), frames: shipment.frames,
        entry: entry, to: shipment.target, at: shipment.arrived)
      return pool.free(slot)
    }
    unsafe queue.push(
      HeldFrame(
        due: delivery.at, arrived: shipment.arrived, pair: shipment.pair,
        target: shipment.target, slot: slot, frames: shipment.frames, isProbe: shipment.isProbe))
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
      if links[held.pair].isCut {
        counters[entry].drop(.cut, frames: held.frames, at: now)
      } else if !ports[source].isUp || !ports[held.target].isUp {
        counters[entry].drop(.down, frames: held.frames, at: now)
      } else {
        lateness.add(now.nanoseconds - held.due.nanoseconds)
        heldTooLong.note(due: held.due, left: now)
        counters[entry].delayedFrames += UInt64(held.frames)
        counters[entry].held.add(from: held.arrived, to: now)
        unsafe transmit(
          FrameBytes(head: UnsafeRawBufferPointer(pool.bytes(of: held.slot))),
          frames: held.frames, entry: entry, to: held.target, at: now)
      }
      now = clock.now
    }
  }

  private mutating func transmit(
    _ bytes: FrameBytes, frames: Int, entry: Int, to target: Int, at now: Instant
  ) {
    let written = unsafe cl_tap_write(
      ports[target].descriptor, bytes.head.baseAddress, bytes.head.count, bytes.rest.baseAddress,
      bytes.rest.count)
    guard written >= 0 else { return counters[entry].drop(.refused, frames: frames, at: now) }
    let size = unsafe bytes.byteCount - OffloadHeader.byteCount
    counters[entry].pass(frames: frames, bytes: size, at: now)
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
