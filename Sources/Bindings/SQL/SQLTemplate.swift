internal import Workloads

/// A statement with places: each becomes a bind parameter, so that no value is ever read as SQL.
struct SQLTemplate: Hashable, Sendable {
  private let template: BindingTemplate
  private let rows: Int?

  init(
    _ text: String, rows: Int? = nil, at key: String, for function: WorkloadFunction
  ) throws(BindingError) {
    template = try BindingTemplate(text, at: key, for: function)
    self.rows = rows
    var isQuoted = false
    for segment in template.segments {
      switch segment {
      case .literal(let literal):
        if literal.utf8.count(where: { $0 == UInt8(ascii: "'") }) % 2 == 1 { isQuoted.toggle() }
      case .place(let name, _):
        guard isQuoted else { continue }
        throw BindingError(key, "a place is a bind parameter: write {\(name)} without quotes")
      }
    }
  }

  func statement(_ invocation: Invocation) -> SQLStatement {
    var statement = SQLStatement("", rows: rows)
    for segment in template.segments {
      switch segment {
      case .literal(let literal): statement.text += literal
      case .place(let name, let filter):
        let value = BindingTemplate.value(of: name, in: invocation)
        statement.parameters.append(
          value == .none ? nil : BindingTemplate.apply(filter, to: value))
        statement.text += "$\(statement.parameters.count)"
      }
    }
    return statement
  }
}
