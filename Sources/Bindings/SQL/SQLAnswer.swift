internal import Basics
internal import Histories
internal import Workloads

/// How what the last statement gave back is read.
enum SQLAnswer: String, CaseIterable {
  case usual, argument, nothing, scalar, list, map, split

  static let key = Schema.Key(
    "answer", .choice(allCases.map(\.rawValue)),
    "What the function completes with: its argument, nothing, or of the last statement that gave rows"
      + " a scalar (first row, first column), a list (first column, or the elements of a single array),"
      + " a map (first column to second), or a text split at commas. usual: the argument of a write"
      + " that completes with a single value, else what fits the function.",
    default: "usual")

  /// What `usual` stands for.
  func resolved(for function: WorkloadFunction) -> SQLAnswer {
    guard self == .usual else { return self }
    switch function.signature.result {
    case .nothing: return .nothing
    case .list: return .list
    case .map: return .map
    case .scalar where !function.isRead && function.signature.argument != .nothing:
      return .argument
    default: return .scalar
    }
  }

  /// Nil where the rows are not what the function completes with.
  func result(_ rows: SQLRows, of invocation: Invocation) -> Payload? {
    switch resolved(for: invocation.function) {
    case .argument: return invocation.argument
    case .nothing, .usual: return Payload.none
    case .scalar: return rows.value(0, 0) ?? Payload.none
    case .list: return .list(rows.list)
    case .split: return .list(Self.split(rows.rows.first?.first ?? nil))
    case .map:
      guard rows.columns.count >= 2 else { return nil }
      return .map(
        rows.rows.indices.map { row in
          .init(rows.value(row, 0) ?? .none, rows.value(row, 1) ?? .none)
        })
    }
  }

  /// `1,2,3`; nothing and an empty text are an empty list.
  static func split(_ text: String?) -> [Payload] {
    (text ?? "").split(separator: ",").map { Payload.text(String($0)).spellingNumbers }
  }
}

extension SQLRows {
  /// A value by its type; nil where there is no such row or column.
  func value(_ row: Int, _ column: Int) -> Payload? {
    guard rows.indices.contains(row), rows[row].indices.contains(column) else { return nil }
    guard let text = rows[row][column] else { return Payload.none }
    switch columns[column] {
    case .integer: return Int64(text).map { .integer($0) } ?? .text(text)
    case .number:
      return Int64(text).map { .integer($0) } ?? Double(text).map { .number($0) } ?? .text(text)
    case .flag: return .flag(text == "t" || text == "true")
    case .array: return .list(SQLArray.elements(text))
    case .text: return Payload.text(text).spellingNumbers
    }
  }

  /// The first column; the elements where that is one array.
  var list: [Payload] {
    if rows.count == 1, columns.first == .array { return value(0, 0)?.elements ?? [] }
    return rows.indices.compactMap { value($0, 0) }
  }

  /// A list that is stored as one value: an array, or a text with commas between.
  var storedList: [Payload] {
    if columns.first == .array { return value(0, 0)?.elements ?? [] }
    return SQLAnswer.split(rows.first?.first ?? nil)
  }
}

/// An array as the server writes it, `{1,2,"a b",NULL}`; of several dimensions, all elements in order.
enum SQLArray {
  static func elements(_ text: String) -> [Payload] {
    var elements: [Payload] = []
    var word = ""
    var isQuoted = false
    var wasQuoted = false
    var isEscaped = false
    func close() {
      if wasQuoted {
        elements.append(.text(word))
      } else if !word.isEmpty {
        elements.append(word == "NULL" ? .none : Payload.text(word).spellingNumbers)
      }
      word = ""
      wasQuoted = false
    }
    for character in text {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
        wasQuoted = true
      } else if !isQuoted, "{},".contains(character) {
        close()
      } else {
        word.append(character)
      }
    }
    return elements
  }
}
