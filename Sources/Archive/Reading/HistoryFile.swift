public import Histories
internal import Linux
internal import SQLite

/// Histories in files: recognised, read in pieces, stored.
public enum HistoryFile {
  /// Reads a history from a file, or from the `history.sqlite` of a run's folder.
  ///
  /// - Parameters:
  ///   - path: `-` is standard input. What is compressed with gzip or zstd is unpacked.
  ///   - format: nil to recognise it from the first bytes, or else from the name.
  ///   - budget: once it is spent, reading ends with `ArchiveError.spent`.
  /// - Throws: why it cannot be read, with the place where it is not a history; what holds not one
  ///   event is none.
  public static func read(
    _ path: String, format: HistoryFormat? = nil, options: ReadingOptions = ReadingOptions(),
    within budget: ReadingBudget = .unlimited
  ) throws(ArchiveError) -> History {
    if path != "-", Files.isFolder(path) {
      return try ArchiveReader.read(path + "/history.sqlite", within: budget)
    }
    if path != "-", format == .sqlite { return try ArchiveReader.read(path, within: budget) }
    var input = try HistoryInput(path, within: budget)
    let first = try input.beginning()
    let format = try recognise(first, input, said: format)
    if format == .sqlite {
      guard path != "-", !input.isPacked else {
        throw .unrecognised(
          path: input.name,
          "it is a database, which is opened where it lies: neither compressed nor through "
            + "standard input")
      }
      return try ArchiveReader.read(path, within: budget)
    }
    let history = try read(&input, from: first, as: format, options, within: budget)
    guard history.hasEvents else {
      throw .unrecognised(path: input.name, "there is not one event in it")
    }
    return history
  }

  private static func recognise(
    _ first: [UInt8], _ input: borrowing HistoryInput, said format: HistoryFormat?
  ) throws(ArchiveError) -> HistoryFormat {
    guard !first.isEmpty else { throw .unrecognised(path: input.name, "it is empty") }
    if let format { return format }
    let name = input.name.split(separator: "/").last ?? ""
    let ending = [".gz", ".zst"].first { input.isPacked && name.hasSuffix($0) } ?? ""
    if let format = HistoryFormat.recognise(
      prefix: first, fileName: String(name.dropLast(ending.count)))
    {
      return format
    }
    // Every second byte of such text is zero.
    if first.prefix(4).contains(0) {
      throw .unrecognised(
        path: input.name,
        "it is not text in UTF-8; UTF-16 is read where it begins with a byte order mark")
    }
    let names = HistoryFormat.allCases.map(\.rawValue).joined(separator: ", ")
    throw .unrecognised(
      path: input.name, "not a history in any known format; say which with --format (\(names))")
  }

  private static func read(
    _ input: inout HistoryInput, from first: [UInt8], as format: HistoryFormat,
    _ options: ReadingOptions, within budget: ReadingBudget
  ) throws(ArchiveError) -> History {
    do {
      var reader = try HistoryReader(format, options: options)
      var piece = first
      while !piece.isEmpty {
        if let part = budget.spent { throw ArchiveError.spent(path: input.name, part) }
        try reader.feed(piece)
        piece = try input.next()
      }
      return try reader.finish()
    } catch let error as FormatError {
      throw .format(path: input.name, error)
    } catch let error as ArchiveError {
      throw error
    } catch {
      throw .unrecognised(path: input.name, "\(error)")
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

extension History {
  /// Whether anything happened in it at all.
  fileprivate var hasEvents: Bool {
    !operations.isEmpty || !faults.isEmpty || !observations.isEmpty
  }
}
