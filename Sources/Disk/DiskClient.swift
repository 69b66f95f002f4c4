internal import Basics
public import Durability
public import Linux
internal import Synchronization

/// Speaks with the process that serves a run's disks. Everything may be called from any thread; an answer
/// takes milliseconds.
public final class DiskClient: Sendable {
  private let socket: Descriptor
  private let turn = Mutex(Void())

  /// How long an answer may take until the process counts as hanging.
  private static let patience: Int64 = 20_000_000_000

  /// - Parameter socket: connected to the standard input of a process that runs `DiskProcess.run`.
  public init(_ socket: consuming Descriptor) { self.socket = socket }

  /// Lets a disk be served from now on.
  ///
  /// - Parameters:
  ///   - device: what it is mounted with.
  ///   - folder: where its files lie.
  public func serve(
    _ disk: String, _ device: borrowing Descriptor, folder: String
  ) throws(DiskError) {
    let raw = device.raw
    _ = try ask("serve", disk, ["folder": .string(folder)], passing: raw)
  }

  /// See `DiskServer.freeze`.
  public func freeze(_ disk: String) throws(DiskError) { _ = try ask("freeze", disk) }

  /// See `DiskServer.freeze(amidWriteTo:within:)`.
  public func freeze(
    _ disk: String, amidWriteTo paths: PathPattern, within nanoseconds: Int64
  ) throws(DiskError) {
    _ = try ask(
      "freeze", disk, ["of": .string(paths.text), "within": .integer(Int(clamping: nanoseconds))])
  }

  /// See `DiskServer.losePower`.
  public func losePower(
    of disk: String, torn: Int, lastAmong paths: PathPattern?
  ) throws(DiskError) -> DiskLosses {
    let answer = try ask(
      "lose", disk,
      ["torn": .integer(torn), "of": .optional(paths) { .string($0.text) }])
    guard let losses = answer["losses"].flatMap(DiskLosses.init(_:)) else { throw .unclear }
    return losses
  }

  /// See `DiskServer.restorePower`.
  public func restorePower(of disk: String) throws(DiskError) { _ = try ask("restore", disk) }

  /// See `DiskServer.settle`.
  public func settle(_ disk: String) throws(DiskError) { _ = try ask("settle", disk) }

  /// See `DiskServer.add`.
  public func add(_ rule: DiskRule, named name: String, to disk: String) throws(DiskError) {
    _ = try ask("add", disk, ["rule": .string(name), "add": rule.json])
  }

  /// See `DiskServer.remove`.
  public func remove(_ name: String, from disk: String) throws(DiskError) {
    _ = try ask("remove", disk, ["rule": .string(name)])
  }

  /// See `DiskServer.hits`.
  public func hits(of name: String, on disk: String) throws(DiskError) -> DiskHits? {
    guard let hits = try ask("hits", disk, ["rule": .string(name)])["hits"] else { throw .unclear }
    guard let own = hits["own"]?.count, let probes = hits["probes"]?.count else { return nil }
    return DiskHits(own: own, probes: probes)
  }

  /// See `DiskServer.files`.
  public func files(_ paths: PathPattern, on disk: String) throws(DiskError) -> [DiskEntry] {
    guard case .array(let files)? = try ask("files", disk, ["of": .string(paths.text)])["files"]
    else { throw .unclear }
    return files.map { DiskEntry(path: $0["path"]?.text ?? "", size: $0["size"]?.count ?? 0) }
  }

  /// See `DiskServer.flip`.
  public func flip(
    bit: Int, at offset: Int, of path: String, on disk: String
  ) throws(DiskError) -> UInt8 {
    let answer = try ask(
      "flip", disk, ["bit": .integer(bit), "at": .integer(offset), "path": .string(path)])
    guard let byte = answer["byte"]?.count else { throw .unclear }
    return UInt8(clamping: byte)
  }

  private func ask(
    _ what: String, _ disk: String, _ more: JSON = [:], passing device: Int32? = nil
  ) throws(DiskError) -> JSON {
    guard case .object(let members) = more else { throw .unclear }
    let order = JSON.object(
      [
        .init("do", .string(what)), .init("disk", .string(disk)),
      ] + members)
    let line = try turn.withLock { _ throws(DiskError) in try exchange(order, device) }
    guard let answer = try? JSON(reading: line) else { throw .unclear }
    if let refusal = answer["error"]?.text { throw .refused(refusal) }
    return answer
  }

  private func exchange(_ order: JSON, _ device: Int32?) throws(DiskError) -> String {
    do {
      try socket.write(order.text() + "\n")
      if let device { try Descriptor.pass(device, over: socket.raw) }
      let deadline = MonotonicClock.nanoseconds + Self.patience
      guard try Poll.wait([socket.raw], until: deadline)[0] else { throw DiskError.silent }
      guard let line = try socket.readLine() else { throw DiskError.gone }
      return line
    } catch let error as Errno {
      throw error.code == 32 ? .gone : .system(error)
    } catch let error as DiskError { throw error } catch { throw .unclear }
  }
}

/// What went wrong with a disk of ours.
public enum DiskError: Error, CustomStringConvertible {
  /// It said why.
  case refused(String)
  /// The process that serves disks has ended.
  case gone
  /// It does not answer.
  case silent
  /// What it said is not understood.
  case unclear
  case system(Errno)

  public var description: String {
    switch self {
    case .refused(let reason): reason
    case .gone: "the process that serves the disks has ended"
    case .silent: "the process that serves the disks does not answer"
    case .unclear: "the process that serves the disks gave an answer that is not understood"
    case .system(let error): error.description
    }
  }
}
