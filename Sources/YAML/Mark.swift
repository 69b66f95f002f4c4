/// A place in a file the user wrote.
public struct Mark: Hashable, Sendable {
  /// The path as the user would write it.
  public let file: String
  /// Counted from 1; 0 means that there is no line, such as for an argument of the command line.
  public let line: Int
  /// Counted from 1, in characters.
  public let column: Int

  /// The beginning of the file, unless told otherwise.
  public init(file: String, line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension Mark: CustomStringConvertible {
  public var description: String {
    line == 0 ? file : "\(file):\(line):\(column)"
  }
}

extension Mark: Comparable {
  public static func < (a: Mark, b: Mark) -> Bool {
    (a.file, a.line, a.column) < (b.file, b.line, b.column)
  }
}
