public import Histories
public import Linux
public import SQLite

/// Why a history could not be stored or read.
public enum ArchiveError: Error, Hashable, CustomStringConvertible {
  /// The database refused, or what it holds is not ours.
  case database(path: String, SQLiteError)
  /// The file could not be opened or read.
  case file(path: String, Errno)
  /// The text is not a history in its format.
  case format(path: String, FormatError)
  /// What reading may take was up.
  case spent(path: String, ReadingBudget.Part)
  /// The files are larger than their reader takes.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// What the file holds is not known to be a history, with what to do about it.
  case unrecognised(path: String, String)

  public var description: String {
    switch self {
    case .database(let path, let error): "\(path): \(error)"
    case .file(let path, let error): "\(path): \(error)"
    case .format(let path, let error): "\(path): \(error)"
    case .unrecognised(let path, let message): "\(path): \(message)"
    case .spent(let path, .time):
      "\(path): the time budget was spent before the history was read; --budget gives it more"
    case .spent(let path, .memory):
      "\(path): the memory budget was spent before the history was read; --memory gives it more"
    case .tooLarge(let path, let bytes, let limit):
      "\(path): it has \(bytes) bytes, with what lies beside it, more than the \(limit) that the memory "
        + "budget is; --memory gives it more"
    }
  }

  /// True when there was no room left where the file lies.
  public var isDiskFull: Bool {
    switch self {
    case .database(_, let error): error.isDiskFull
    case .file(_, let error): error.isDiskFull
    default: false
    }
  }
}
