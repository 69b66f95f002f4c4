/// A queue that lends its elements: one that is not acknowledged before its lease runs out comes again, in its old
/// place.
struct LeasedQueue: Equatable, Sendable {
  struct Item: Equatable, Sendable {
    /// Rises from one element to the next.
    var place: UInt64 = 0
    var element = Datum.nothing
  }

  struct Loan: Equatable, Sendable {
    var item = Item()
    var until: UInt64 = 0
  }

  /// By place.
  private var waiting: [Item] = []
  /// By token.
  private var lent: [UInt64: Loan] = [:]
  private var lastPlace: UInt64 = 0
  private var lastToken: UInt64 = 0

  mutating func enqueue(_ element: Datum) {
    lastPlace &+= 1
    waiting.append(Item(place: lastPlace, element: element))
  }

  /// [element, token], or nothing where nothing waits and nothing is lent.
  mutating func take(lease: UInt64, inOrder: Bool, _ stamp: Stamp, at now: UInt64) -> Answer {
    reclaim(stamp, at: now)
    guard !waiting.isEmpty, !inOrder || lent.isEmpty else {
      return lent.isEmpty ? .done(.nothing) : .declined("others have what is left")
    }
    let item = waiting.removeFirst()
    lastToken &+= 1
    if lease > 0 {
      let (until, isOver) = now.addingReportingOverflow(lease)
      lent[lastToken] = Loan(item: item, until: isOver ? .max : until)
    }
    if stamp.has(.duplicatesMessage), lastToken % 20 == 0 { waiting.insert(item, at: 0) }
    return .done(.list([item.element, .natural(lastToken)]))
  }

  mutating func acknowledge(_ token: UInt64, _ stamp: Stamp, at now: UInt64) -> Answer {
    reclaim(stamp, at: now)
    guard lent.removeValue(forKey: token) != nil else {
      return .declined("its lease has run out, or it was acknowledged before")
    }
    return .done(.nothing)
  }

  /// Puts back what nobody acknowledged in time.
  private mutating func reclaim(_ stamp: Stamp, at now: UInt64) {
    let late = lent.filter { $0.value.until <= now }.sorted { $0.key < $1.key }
    for (token, loan) in late {
      lent[token] = nil
      if stamp.has(.losesMessageOnLeaseExpiry) { continue }
      let place =
        stamp.has(.redeliversOutOfOrder)
        ? waiting.endIndex : waiting.firstIndex { $0.place > loan.item.place } ?? waiting.endIndex
      waiting.insert(loan.item, at: place)
    }
  }
}

extension LeasedQueue: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&waiting)
    try coder.field(&lent)
    try coder.field(&lastPlace)
    try coder.field(&lastToken)
  }
}

extension LeasedQueue.Item: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&place)
    try coder.field(&element)
  }
}

extension LeasedQueue.Loan: CodedByFields {
  mutating func code<Coder: FieldCoder>(_ coder: inout Coder) throws(Coder.Failure) {
    try coder.field(&item)
    try coder.field(&until)
  }
}
