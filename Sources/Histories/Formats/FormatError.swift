/// Why a file is not a history in its format: the place, and a sentence a person can act on.
public struct FormatError: Error, Hashable, CustomStringConvertible {
  /// From 1; for a database, the row.
  public let line: Int
  /// In bytes, from 1; nil where the whole line is meant.
  public let column: Int?
  /// What is wrong there, without the place.
  public let message: String

  /// An error at a place that is counted from 1.
  public init(line: Int, column: Int? = nil, message: String) {
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String {
    "line \(line)" + (column.map { ", column \($0)" } ?? "") + ": " + message
  }
}

/// Why a parser stopped in the middle of a record.
enum ParseStop: Error {
  /// More bytes are needed; the record is tried again when they are there.
  case incomplete
  /// What is wrong, and at which position of the bytes at hand.
  case wrong(at: Int, String)
}
