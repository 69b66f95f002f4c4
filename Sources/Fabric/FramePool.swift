/// Memory for frames that wait, used again and again: in three sizes, for a frame of the wire, a few
/// of them uncut, and the most that can be.
///
/// It grows to `capacityBytes` and no further; a switch that cannot hold a frame drops it. Memory that is
/// free in one size makes way for another, so that what the traffic was like before does not matter.
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
  private(set) var allocatedBytes = 0
  private let capacityBytes: Int

  init(capacityBytes: Int = Switch.usualMemoryBytes) { self.capacityBytes = capacityBytes }

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
    guard makeWay(for: sizeBytes) else { return nil }
    allocatedBytes += sizeBytes
    return Slot(size: size, index: shelves[size].takeNew(), byteCount: byteCount)
  }

  /// Lets go of memory that is free in whatever size until there is room for a piece; false when there is not
  /// enough of it.
  private mutating func makeWay(for sizeBytes: Int) -> Bool {
    for size in shelves.indices {
      while allocatedBytes + sizeBytes > capacityBytes, shelves[size].letGo() {
        allocatedBytes -= shelves[size].sizeBytes
      }
    }
    return allocatedBytes + sizeBytes <= capacityBytes
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
  /// By number; nil where the memory was let go.
  private var memory: [UnsafeMutableRawPointer?] = unsafe []
  private var free: [Int] = []
  private var vacant: [Int] = []

  init(sizeBytes: Int) { self.sizeBytes = sizeBytes }

  func start(of index: Int) -> UnsafeMutableRawPointer? { unsafe memory[index] }

  mutating func takeUsed() -> Int? { free.popLast() }

  mutating func takeNew() -> Int {
    let piece = UnsafeMutableRawPointer.allocate(byteCount: sizeBytes, alignment: 64)
    if let index = vacant.popLast() {
      unsafe memory[index] = unsafe piece
      return index
    }
    unsafe memory.append(piece)
    return unsafe memory.count - 1
  }

  mutating func giveBack(_ index: Int) { free.append(index) }

  /// Lets go of the memory of a free piece; false when there is none.
  mutating func letGo() -> Bool {
    guard let index = free.popLast() else { return false }
    unsafe memory[index]?.deallocate()
    unsafe memory[index] = nil
    vacant.append(index)
    return true
  }

  func deallocate() { unsafe memory.forEach { unsafe $0?.deallocate() } }
}
