public import Histories

extension Payload {
  /// The payload's place among a history's values.
  public func value(in values: inout Values) -> Value {
    switch self {
    case .none: return .none
    case .flag(let flag): return flag ? .true : .false
    case .integer(let integer): return values.integer(integer)
    case .number(let number): return values.number(number)
    case .text(let text): return values.text(text)
    case .symbol(let name): return values.symbol(name)
    case .list(let elements):
      let elements = elements.map { $0.value(in: &values) }
      return values.list(elements)
    case .map(let pairs):
      let words = pairs.flatMap { [$0.key.value(in: &values), $0.value.value(in: &values)] }
      return values.map(words)
    }
  }
}
