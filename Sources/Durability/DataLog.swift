/// What of one file's content is not durable yet: for each page that changed since the last fsync, what
/// it held then.
///
/// The file itself always holds what was written last; a power loss is undone from here. A page that
/// was beyond the durable end holds nothing that would have to be kept.
public struct DataLog: Sendable {
  /// The grain of what is kept, in bytes.
  public static let pageBytes = 4096

  private struct Page: Sendable {
    /// What it held when the file was last durable; nil where the file did not reach.
    var old: [UInt8]?
    /// An fsync failed on it: what was written is lost although nobody writes it again.
    var isDoomed = false
  }

  private var pages: [Int: Page] = [:]
  /// The size that a power loss leaves; nil while the file is durable as it is.
  private var durableSize: Int?
  /// The newest write since the last fsync.
  public private(set) var lastWrite: LastWrite?
  /// Writes since the last fsync, and their bytes.
  public private(set) var writes = 0
  /// In bytes, overwritten ones counted again.
  public private(set) var bytes = 0

  /// A write that is not durable.
  public struct LastWrite: Hashable, Sendable {
    /// Where in the file, in bytes.
    public var range: Range<Int>
    /// Rises with every write to the disk.
    public var serial: Int
  }

  /// Nothing is volatile.
  public init() {}

  /// Whether a power loss would leave the file as it is.
  public var isDurable: Bool { durableSize == nil }
  /// Bytes held in memory for undoing.
  public var heldBytes: Int { pages.values.reduce(0) { $0 + ($1.old?.count ?? 0) } }

  /// Call it before bytes of the file change.
  ///
  /// - Parameter size: of the file before the change.
  /// - Returns: the pages whose content must be given to `keep` first.
  public mutating func willChange(_ range: Range<Int>, size: Int) -> [Int] {
    let durable = durableSize ?? size
    durableSize = durable
    guard !range.isEmpty else { return [] }
    var wanted: [Int] = []
    for number in range.lowerBound / Self.pageBytes...(range.upperBound - 1) / Self.pageBytes {
      if pages[number] != nil {
        pages[number]?.isDoomed = false
      } else if number * Self.pageBytes < durable {
        wanted.append(number)
      } else {
        pages[number] = Page()
      }
    }
    return wanted
  }

  /// Keeps what a page holds, up to the durable end of the file.
  public mutating func keep(_ number: Int, _ content: [UInt8]) {
    let length = min(Self.pageBytes, (durableSize ?? 0) - number * Self.pageBytes)
    pages[number] = Page(old: Array(content.prefix(max(0, length))))
  }

  /// Notes a write that was done, after `willChange`.
  public mutating func wrote(_ range: Range<Int>, serial: Int) {
    writes += 1
    bytes += range.count
    lastWrite = LastWrite(range: range, serial: serial)
  }

  /// An fsync succeeded: all is durable but what an earlier one lost.
  public mutating func synced(size: Int) {
    pages = pages.filter(\.value.isDoomed)
    // What was cut off does not come back when the file grows again.
    for number in pages.keys {
      let length = max(0, size - number * Self.pageBytes)
      let kept = pages[number]?.old.map { Array($0.prefix(length)) }
      pages[number]?.old = kept
    }
    durableSize = pages.isEmpty ? nil : size
    (writes, bytes, lastWrite) = (0, 0, nil)
  }

  /// An fsync failed: what was written since the last one will not reach the disk unless it is written
  /// again, whatever a later fsync says, as on Linux.
  public mutating func syncFailed() {
    for number in pages.keys { pages[number]?.isDoomed = true }
  }

  /// Changes a byte of what a power loss brings back, too: the medium itself is damaged.
  public mutating func flip(_ mask: UInt8, at offset: Int) {
    let (number, place) = (offset / Self.pageBytes, offset % Self.pageBytes)
    guard let count = pages[number]?.old?.count, place < count else { return }
    pages[number]?.old?[place] ^= mask
  }

  /// All is durable, whatever happened before.
  public mutating func settled() { self = DataLog() }

  /// What undoes everything that is not durable; nil where there is nothing.
  ///
  /// - Parameter torn: the beginning of the last write, which reached the disk nevertheless.
  public func restoration(torn: [UInt8] = []) -> Restoration? {
    guard let durableSize else { return nil }
    var restoration = Restoration(size: durableSize)
    for (number, page) in pages.sorted(by: { $0.key < $1.key }) {
      let start = number * Self.pageBytes
      let length = min(Self.pageBytes, durableSize - start)
      guard length > 0 else { continue }
      let old = page.old ?? []
      let zeros = [UInt8](repeating: 0, count: max(0, length - old.count))
      restoration.writes.append(.init(offset: start, bytes: Array(old.prefix(length)) + zeros))
    }
    if let lastWrite, !torn.isEmpty {
      let start = lastWrite.range.lowerBound
      restoration.writes.append(.init(offset: start, bytes: torn))
      restoration.size = max(durableSize, start + torn.count)
    }
    return restoration
  }

  /// What a file must be made to be what the disk holds of it.
  public struct Restoration: Hashable, Sendable {
    /// Bytes at a place in the file.
    public struct Write: Hashable, Sendable {
      /// In bytes from the start of the file.
      public var offset: Int
      /// What is to stand there.
      public var bytes: [UInt8]
    }

    /// In bytes; set it once `writes` are done.
    public var size: Int
    /// To be done in this order.
    public var writes: [Write] = []

    init(size: Int) { self.size = size }
  }
}
