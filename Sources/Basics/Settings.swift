/// The settings a checker, fault or workload was given; already validated against its `Schema`.
public struct Settings: Hashable, Sendable {
  /// Every value that was given, by its key; a key left out is absent, its default not filled in.
  public private(set) var values: [String: Setting]

  /// Nothing was given.
  public static let none = Settings([:])

  /// Takes the values as they are: the caller has validated them.
  public init(_ values: [String: Setting]) { self.values = values }

  /// The value of a key; nil when it was left out. Assigning nil removes it.
  public subscript(_ name: String) -> Setting? {
    get { values[name] }
    set { values[name] = newValue }
  }

  /// A duration; nil when it was left out or is of another kind.
  public func duration(_ name: String) -> Duration? {
    if case .duration(let value)? = values[name] { value } else { nil }
  }

  /// A bound on a time, of each run or of many; nil when it was left out or is of another kind.
  public func bound(_ name: String) -> DurationBound? {
    switch values[name] {
    case .bound(let bound)?: bound
    case .duration(let most)?: DurationBound(most: most)
    default: nil
    }
  }

  /// A share; nil when it was left out or is of another kind.
  public func ratio(_ name: String) -> Ratio? {
    if case .ratio(let value)? = values[name] { value } else { nil }
  }

  /// A whole number; nil when it was left out or is of another kind.
  public func integer(_ name: String) -> Int? {
    if case .integer(let value)? = values[name] { Int(value) } else { nil }
  }

  /// A number; a whole number counts as one.
  public func number(_ name: String) -> Double? {
    switch values[name] {
    case .number(let value)?: value
    case .integer(let value)?: Double(value)
    default: nil
    }
  }

  /// A text or a choice's word; nil when it was left out or is of another kind.
  public func text(_ name: String) -> String? {
    if case .text(let value)? = values[name] { value } else { nil }
  }

  /// True or false; nil when it was left out or is of another kind.
  public func flag(_ name: String) -> Bool? {
    if case .flag(let value)? = values[name] { value } else { nil }
  }

  /// A list's whole numbers; a single one counts as a list of one.
  public func integers(_ name: String) -> [Int]? {
    switch values[name] {
    case .list(let values)?:
      values.compactMap { if case .integer(let value) = $0 { Int(value) } else { nil } }
    case .integer(let value)?: [Int(value)]
    default: nil
    }
  }

  /// A list's texts; a single text counts as a list of one.
  public func texts(_ name: String) -> [String]? {
    switch values[name] {
    case .list(let values)?:
      values.compactMap { if case .text(let value) = $0 { value } else { nil } }
    case .text(let value)?: [value]
    default: nil
    }
  }
}
