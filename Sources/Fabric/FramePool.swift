/// Memory for frames that wait, used again and again: two sizes, for a frame of the wire and for a
/// packet nobody has cut.
///
/// It grows to `capacityBytes` and no further; a switch that cannot hold a frame drops it.
@safe struct FramePool: ~Copyable {
  /// A piece of memory and how much of it is in use.
  struct Slot {
    fileprivate let index: Int32
    let byteCount: Int
    fileprivate var isLarge: Bool { byteCount > FramePool.smallBytes }
  }

  static let smallBytes = 2048
  /// The largest packet with its Ethernet and offload headers, rounded up.
  static let largeBytes = 65536 + 256

  private var small: [UnsafeMutableRawPointer] = unsafe []
  private var large: [UnsafeMutableRawPointer] = unsafe []
  private var freeSmall: [Int32] = []
  private var freeLarge: [Int32] = []
  private var allocatedBytes = 0
  private let capacityBytes: Int

  init(capacityBytes: Int = 512 << 20) { self.capacityBytes = capacityBytes }

  deinit {
    unsafe small.forEach { unsafe $0.deallocate() }
    unsafe large.forEach { unsafe $0.deallocate() }
  }

  /// Room for `byteCount` bytes, nil when the pool is exhausted.
  mutating func take(byteCount: Int) -> Slot? {
    precondition(byteCount <= Self.largeBytes)
    let isLarge = byteCount > Self.smallBytes
    if let index = isLarge ? freeLarge.popLast() : freeSmall.popLast() {
      return Slot(index: index, byteCount: byteCount)
    }
    let size = isLarge ? Self.largeBytes : Self.smallBytes
    guard allocatedBytes + size <= capacityBytes else { return nil }
    allocatedBytes += size
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    if isLarge {
      unsafe large.append(memory)
      return Slot(index: Int32(unsafe large.count - 1), byteCount: byteCount)
    }
    unsafe small.append(memory)
    return Slot(index: Int32(unsafe small.count - 1), byteCount: byteCount)
  }

  /// The bytes of a slot that has been taken and not yet given back.
  func bytes(of slot: Slot) -> UnsafeMutableRawBufferPointer {
    let memory = unsafe slot.isLarge ? large[Int(slot.index)] : small[Int(slot.index)]
    return unsafe UnsafeMutableRawBufferPointer(start: memory, count: slot.byteCount)
  }

  /// Gives a slot back; the caller promises to use it no more.
  mutating func free(_ slot: Slot) {
    if slot.isLarge { freeLarge.append(slot.index) } else { freeSmall.append(slot.index) }
  }
}
