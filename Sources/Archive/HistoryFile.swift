public import Histories
internal import Linux
internal import SQLite

/// Histories in files: recognised, read in pieces, stored.
public enum HistoryFile {
  static let pieceBytes = 1 << 20

  /// Reads a history from a file, or from the `history.sqlite` of a run's folder.
  ///
  /// - Parameters:
  ///   - format: nil to recognise it from the first bytes and the name.
  ///   - budget: once it is spent, reading ends with `ArchiveError.spent`.
  /// - Throws: why it cannot be read, with the place where it is not a history.
  public static func read(
    _ path: String, format: HistoryFormat? = nil, options: ReadingOptions = ReadingOptions(),
    within budget: ReadingBudget = .unlimited
  ) throws(ArchiveError) -> History {
    if Files.isFolder(path) {
      return try ArchiveReader.read(path + "/history.sqlite", within: budget)
    }
    if format == .sqlite { return try ArchiveReader.read(path, within: budget) }
    let file = try InputFile(path)
    let first = try file.read(HistoryFile.pieceBytes)
    let name = String(path.split(separator: "/").last ?? "")
    guard let format = format ?? HistoryFormat.recognise(prefix: first, fileName: name) else {
      let names = HistoryFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw .unrecognised(
        path: path, "not a history in any known format; say which with --format (\(names))")
    }
    if format == .sqlite { return try ArchiveReader.read(path, within: budget) }
    do {
      var reader = try HistoryReader(format, options: options)
      var piece = first
      while !piece.isEmpty {
        if let part = budget.spent { throw ArchiveError.spent(path: path, part) }
        try reader.feed(piece)
        piece = try file.read(HistoryFile.pieceBytes)
      }
      return try reader.finish()
    } catch let error as FormatError {
      throw .format(path: path, error)
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw .unrecognised(path: path, "\(error)")
    }
  }

  /// Stores a whole history as a new `history.sqlite`.
  public static func store(_ history: History, at path: String) throws(ArchiveError) {
    do throws(SQLiteError) {
      var store = try ArchiveStore(
        path: path, hasTimes: history.hasTimes, hasRealTimeOrder: history.hasRealTimeOrder)
      try store.store(history)
      try store.seal()
    } catch {
      throw .database(path: path, error)
    }
  }
}

/// A file open for reading, closed when it goes out of scope; its errors name it.
private struct InputFile: ~Copyable {
  private let descriptor: Descriptor
  private let path: String

  init(_ path: String) throws(ArchiveError) {
    self.path = path
    do throws(Errno) {
      descriptor = try Descriptor.open(path, .read)
    } catch {
      throw .file(path: path, Errno(error.code, "open"))
    }
  }

  /// The next bytes, up to a count; empty at the end.
  func read(_ count: Int) throws(ArchiveError) -> [UInt8] {
    do throws(Errno) {
      return try descriptor.read(upTo: count)
    } catch {
      throw .file(path: path, error)
    }
  }
}
