/// Memory for frames that wait, used again and again: in three sizes, for a frame of the wire, a few
/// of them uncut, and the most that can be.
///
/// It grows to `capacityBytes` and no further; a switch that cannot hold a frame drops it.
struct FramePool: ~Copyable {
  /// A piece of memory and how much of it is in use.
  struct Slot {
    fileprivate let size: Int
    fileprivate let index: Int
    let byteCount: Int
  }

  /// The largest packet with its Ethernet and offload headers, rounded up.
  static let largestBytes = 65536 + 256

  private var shelves = [2048, 16384, largestBytes].map { Shelf(sizeBytes: $0) }
  private var allocatedBytes = 0
  private let capacityBytes: Int

  init(capacityBytes: Int = 512 << 20) { self.capacityBytes = capacityBytes }

  deinit {
    for shelf in shelves { shelf.deallocate() }
  }

  /// Room for `byteCount` bytes, nil when the pool is exhausted.
  mutating func take(byteCount: Int) -> Slot? {
    guard let size = shelves.firstIndex(where: { byteCount <= $0.sizeBytes }) else { return nil }
    if let index = shelves[size].takeUsed() {
      return Slot(size: size, index: index, byteCount: byteCount)
    }
    let sizeBytes = shelves[size].sizeBytes
    guard allocatedBytes + sizeBytes <= capacityBytes else { return nil }
    allocatedBytes += sizeBytes
    return Slot(size: size, index: shelves[size].takeNew(), byteCount: byteCount)
  }

  /// The bytes of a slot that has been taken and not yet given back.
  func bytes(of slot: Slot) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(
      start: shelves[slot.size].start(of: slot.index), count: slot.byteCount)
  }

  /// Gives a slot back; the caller promises to use it no more.
  mutating func free(_ slot: Slot) { shelves[slot.size].giveBack(slot.index) }
}

/// The pieces of one size.
@safe private struct Shelf {
  let sizeBytes: Int
  private var memory: [UnsafeMutableRawPointer] = unsafe []
  private var free: [Int] = []

  init(sizeBytes: Int) { self.sizeBytes = sizeBytes }

  func start(of index: Int) -> UnsafeMutableRawPointer { unsafe memory[index] }

  mutating func takeUsed() -> Int? { free.popLast() }

  mutating func takeNew() -> Int {
    unsafe memory.append(.allocate(byteCount: sizeBytes, alignment: 64))
    return unsafe memory.count - 1
  }

  mutating func giveBack(_ index: Int) { free.append(index) }

  func deallocate() { unsafe memory.forEach { unsafe $0.deallocate() } }
}
