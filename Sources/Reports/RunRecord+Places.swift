import Basics

/// A place in a file that a user wrote, as reports name it.
public struct FilePlace: Hashable, Sendable {
  /// The path as the project names it.
  public var file: String
  /// Counted from 1; 0 where there is no line.
  public var line: Int
  /// Counted from 1, in characters.
  public var column: Int

  /// Nothing is read: a place is only shown.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `01.yaml:14:7`, or the file alone.
  public var text: String { line == 0 ? file : "\(file):\(line):\(column)" }
}

extension RunRecord {
  /// One value under its name.
  public struct Setting: Hashable, Sendable {
    /// The parameter's name.
    public var name: String
    /// Its value as a person would write it.
    public var text: String

    /// A secret's value is not to be among them.
    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// What is wrong with a file, or missing on the machine for it.
  public struct PlacedProblem: Hashable, Sendable {
    /// Where.
    public var place: FilePlace
    /// One sentence with a remedy.
    public var message: String

    /// The sentence does not say the place again.
    public init(place: FilePlace, message: String) {
      self.place = place
      self.message = message
    }
  }
}

extension FilePlace {
  /// As `result.json` has it.
  var json: JSON {
    ["file": .string(file), "line": .integer(line), "column": .integer(column)]
  }

  /// Nil for what is no place.
  init?(_ json: JSON?) {
    guard let file = json?["file"]?.text else { return nil }
    self.init(
      file: file, line: Int(json?["line"]?.number ?? 0), column: Int(json?["column"]?.number ?? 0))
  }
}
