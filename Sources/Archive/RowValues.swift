internal import Histories
internal import SQLite

/// The values of an operation as its row has them: the first as it is, another as it is beside it, and where
/// there are more, these in a list.
struct RowValues {
  private var values: [Value] = []
  private var column = ValueColumn()

  /// Takes the values of an operation; where they stand from now on.
  mutating func take(_ begun: Event, _ ended: Event, _ values: Values) -> Places {
    self.values.removeAll(keepingCapacity: true)
    let argument = add(begun.value)
    let key = add(begun.key)
    let result = values.areEqual(begun.value, ended.value) ? argument : add(ended.value)
    let endedKey = values.areEqual(begun.key, ended.key) ? key : add(ended.key)
    let error = add(ended.error)
    return Places(
      argument: place(argument), key: place(key), result: place(result), endedKey: place(endedKey),
      error: place(error))
  }

  private mutating func add(_ value: Value) -> Int? {
    guard !value.isNone else { return nil }
    values.append(value)
    return values.count - 1
  }

  private func place(_ index: Int?) -> MannerPlace? {
    guard let index else { return nil }
    if index == 0 { return .value }
    return values.count == 2 ? .rest : .element(index - 1)
  }

  /// The first value, where it is an integer.
  func integer(_ values: Values) -> Int64? { self.values.first.flatMap { values.integer($0) } }

  /// Binds them to two parameters that are null so far, and in place of the first, where there is one, a number.
  mutating func bind(
    _ values: Values, inPlaceOfFirst number: Int64?, to statement: borrowing Statement,
    at parameter: Int32
  ) throws(SQLiteError) {
    guard let first = self.values.first else { return }
    if let number {
      try statement.bind(number, at: parameter)
    } else {
      try column.bind(first, values, to: statement, at: parameter)
    }
    switch self.values.count {
    case 1: break
    case 2: try column.bind(self.values[1], values, to: statement, at: parameter + 1)
    default:
      try column.bind(list: self.values.dropFirst(), values, to: statement, at: parameter + 1)
    }
  }
}

/// Writes values into columns: an integer, a number or null where SQL has the word, JSON otherwise.
struct ValueColumn {
  private var text: [UInt8] = []

  /// Binds a value to a parameter that is null so far.
  mutating func bind(
    _ value: Value, _ values: Values, to statement: borrowing Statement, at parameter: Int32
  ) throws(SQLiteError) {
    if value.isNone { return }
    if let integer = values.integer(value) { return try statement.bind(integer, at: parameter) }
    if value.kind == .number, let number = values.number(value), number.isFinite {
      return try statement.bind(number, at: parameter)
    }
    text.removeAll(keepingCapacity: true)
    JSONValue.write(value, values, to: &text)
    try statement.bind(utf8: text.span, at: parameter)
  }

  /// Binds several values as one list.
  mutating func bind(
    list: ArraySlice<Value>, _ values: Values, to statement: borrowing Statement,
    at parameter: Int32
  ) throws(SQLiteError) {
    text.removeAll(keepingCapacity: true)
    for value in list {
      text.append(UInt8(ascii: text.isEmpty ? "[" : ","))
      JSONValue.write(value, values, to: &text)
    }
    text.append(UInt8(ascii: "]"))
    try statement.bind(utf8: text.span, at: parameter)
  }
}
