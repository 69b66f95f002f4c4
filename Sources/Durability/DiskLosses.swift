/// What a disk lost when its power went.
public struct DiskLosses: Hashable, Sendable {
  /// A file whose newest content was not durable.
  public struct File: Hashable, Sendable {
    /// On the disk, as it was before.
    public var path: String
    /// Writes since the last fsync.
    public var writes: Int
    /// Of those writes, overwritten ones counted again.
    public var bytes: Int
    /// Its size before, in bytes.
    public var sizeBefore: Int
    /// Its size afterwards, in bytes.
    public var sizeAfter: Int
    /// Bytes of the last write that reached the disk nevertheless.
    public var tornBytes: Int

    /// A file that lost so much.
    public init(
      path: String, writes: Int, bytes: Int, sizeBefore: Int, sizeAfter: Int, tornBytes: Int
    ) {
      self.path = path
      self.writes = writes
      self.bytes = bytes
      self.sizeBefore = sizeBefore
      self.sizeAfter = sizeAfter
      self.tornBytes = tornBytes
    }
  }

  /// A name that is as it was when it was last durable.
  public struct Name: Hashable, Sendable {
    /// On the disk.
    public var path: String
    /// What became of it.
    public var change: Change

    /// What a power loss does to a name.
    public enum Change: String, Hashable, Sendable {
      /// It was new, and is gone.
      case gone
      /// It was removed, and is back.
      case back
      /// It leads to what it led to before.
      case restored
    }

    /// A name that changed.
    public init(path: String, change: Change) {
      self.path = path
      self.change = change
    }
  }

  /// Sorted by path.
  public var files: [File]
  /// Sorted by path.
  public var names: [Name]

  /// What was lost; empty where everything was durable.
  public init(files: [File] = [], names: [Name] = []) {
    self.files = files
    self.names = names
  }

  /// Writes to all files.
  public var writes: Int { files.reduce(0) { $0 + $1.writes } }
  /// Bytes of those writes.
  public var bytes: Int { files.reduce(0) { $0 + $1.bytes } }
  /// Bytes of a write that was cut off.
  public var tornBytes: Int { files.reduce(0) { $0 + $1.tornBytes } }

  /// For a person: `12 writes (40960 bytes) in 3 files and 2 names`.
  public var words: String {
    if files.isEmpty && names.isEmpty { return "nothing, for everything was durable" }
    func count(_ number: Int, _ word: String) -> String {
      "\(number) \(word)\(number == 1 ? "" : "s")"
    }
    var parts: [String] = []
    if !files.isEmpty {
      parts.append(
        "\(count(writes, "write")) (\(count(bytes, "byte"))) in \(count(files.count, "file"))")
    }
    if !names.isEmpty { parts.append(count(names.count, "name")) }
    return parts.joined(separator: " and ")
      + (tornBytes > 0 ? "; \(tornBytes) bytes of the last write stayed" : "")
  }
}
