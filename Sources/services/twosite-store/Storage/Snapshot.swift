/// A machine's whole state after the entry at `point`.
struct Snapshot: Sendable, Equatable {
  var point: LogPoint
  var state: [UInt8]

  init(_ point: LogPoint, _ state: [UInt8]) {
    self.point = point
    self.state = state
  }

  init?(_ bytes: [UInt8]) {
    var parts = Unpacking(bytes)
    guard let term: UInt64 = parts.number(), let index: UInt64 = parts.number() else { return nil }
    self.init(LogPoint(term: term, index: index), parts.rest())
  }

  var bytes: [UInt8] {
    var parts = Packing()
    parts.add(point.term)
    parts.add(point.index)
    parts.addRest(state)
    return parts.bytes
  }
}
