import Histories

/// The numbers that one read of a whole table shows, in the order in which they must rise.
struct MonotonicRows {
  let values: [Int64]

  /// Nil when the result is not a list of numbers, or of rows with `val` and `sts`.
  init?(_ result: Value, _ values: Values) {
    guard let list = values.elements(result) else { return nil }
    var rows: [(value: Int64, time: Int64)] = []
    rows.reserveCapacity(list.count)
    for (place, element) in list.enumerated() {
      if let number = values.integer(element) {
        rows.append((number, Int64(place)))
      } else if let number = values.member("val", of: element).flatMap({ values.integer($0) }),
        let time = values.member("sts", of: element).flatMap({ values.integer($0) })
      {
        rows.append((number, time))
      } else {
        return nil
      }
    }
    self.values = rows.sorted { ($0.time, $0.value) < ($1.time, $1.value) }.map(\.value)
  }

  /// Neighbours that do not rise, with the kind of violation that is.
  var breaks: [(kind: String, before: Int64, after: Int64)] {
    zip(values, values.dropFirst()).compactMap { before, after in
      before < after ? nil : (before == after ? "duplicate" : "decrease", before, after)
    }
  }
}
