import Histories

/// A value before it belongs to a history.
indirect enum Term: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByNilLiteral
{
  case none
  case integer(Int)
  case symbol(String)
  case list([Term])
  case map([(Term, Term)])

  init(integerLiteral value: Int) { self = .integer(value) }
  init(arrayLiteral elements: Term...) { self = .list(elements) }
  init(nilLiteral: ()) { self = .none }

  static func integers(_ values: some Sequence<Int>) -> Term { .list(values.map { .integer($0) }) }

  func value(in values: inout Values) -> Value {
    switch self {
    case .none: return .none
    case .integer(let value): return values.integer(Int64(value))
    case .symbol(let name): return values.symbol(name)
    case .list(let elements):
      let list = elements.map { $0.value(in: &values) }
      return values.list(list)
    case .map(let pairs):
      let flat = pairs.flatMap { [$0.0.value(in: &values), $0.1.value(in: &values)] }
      return values.map(flat)
    }
  }
}

extension Value {
  /// The same value in another table, its integers changed.
  func copied(
    from: Values, to: inout Values, _ rename: (Int64) -> Int64 = { $0 }
  ) -> Value {
    switch kind {
    case .constant: return self
    case .integer, .wideInteger: return to.integer(rename(from.integer(self)!))
    case .number: return to.number(from.number(self)!)
    case .text: return to.text(from.text(self)!)
    case .symbol: return to.symbol(from.text(self)!)
    case .list:
      let list = from.elements(self)!.map { $0.copied(from: from, to: &to, rename) }
      return to.list(list)
    case .map:
      let flat = from.pairs(self)!.map { $0.copied(from: from, to: &to, rename) }
      return to.map(flat)
    }
  }
}
