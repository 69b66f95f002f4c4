internal import CFUSE
internal import Durability
internal import Linux

/// A file or folder of a disk, as long as the kernel or an undo needs it.
final class DiskFile {
  /// Its number towards the kernel; 1 is the topmost folder.
  let number: UInt64
  /// Stands for the file whatever its names become.
  let handle: Descriptor
  let key: Key
  let isFolder: Bool
  /// Its content, open while someone needs it.
  private var content: Descriptor?
  /// How often it is open.
  var opens = 0
  /// How often the kernel was told its number and has not forgotten it.
  var lookups: UInt64 = 0
  var data = DataLog()
  /// A name in the trash keeps it, for a power loss may bring one back.
  var isInTrash = false

  /// What a file is on the file system below.
  struct Key: Hashable {
    let device: UInt64
    let inode: UInt64
  }

  init(number: UInt64, handle: consuming Descriptor, _ status: cf_status) {
    self.number = number
    self.handle = handle
    key = Key(device: status.device, inode: status.attributes.ino)
    isFolder = status.attributes.mode & 0o170000 == 0o040000
  }

  /// As the logs know it.
  var id: Int { Int(number) }

  /// A descriptor to read and write with.
  func opened() throws(Refusal) -> Int32 {
    if content == nil { content = Descriptor(owning: try Refusal.check(cf_open(handle.raw))) }
    return rawContent
  }

  private var rawContent: Int32 {
    switch content {
    case .some(let content): content.raw
    case .none: -1
    }
  }

  /// Lets go of its content where nobody has it open.
  func closeIfUnused() { if opens == 0 { content = nil } }

  func status() throws(Refusal) -> cf_status {
    var status = cf_status()
    unsafe try Refusal.check(cf_look(handle.raw, &status))
    // The name in the trash is nobody's business.
    if isInTrash && !isFolder && status.attributes.nlink > 0 { status.attributes.nlink -= 1 }
    return status
  }

  func size() throws(Refusal) -> Int { Int(clamping: try status().attributes.size) }

  /// Where it lies in the file system below; empty where it cannot be told.
  var place: String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe bytes.withUnsafeMutableBytes { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) {
        unsafe cf_path(handle.raw, $0.baseAddress, $0.count)
      }
    }
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}

/// The files of a disk that are known by a number.
struct FileTable {
  private var byNumber: [UInt64: DiskFile] = [:]
  private var byKey: [DiskFile.Key: DiskFile] = [:]
  private var next: UInt64 = 1

  /// The first that is added is the topmost folder.
  mutating func add(_ handle: consuming Descriptor, _ status: cf_status) -> DiskFile {
    let file = DiskFile(number: next, handle: handle, status)
    next += 1
    byNumber[file.number] = file
    byKey[file.key] = file
    return file
  }

  mutating func remove(_ file: DiskFile) {
    byNumber[file.number] = nil
    byKey[file.key] = nil
  }

  subscript(_ number: UInt64) -> DiskFile? { byNumber[number] }
  subscript(id number: Int) -> DiskFile? { byNumber[UInt64(number)] }

  func known(_ status: cf_status) -> DiskFile? {
    byKey[DiskFile.Key(device: status.device, inode: status.attributes.ino)]
  }

  /// In the order of their numbers.
  var all: [DiskFile] { byNumber.values.sorted { $0.number < $1.number } }
}
