/// Every text that a key may have been put to or had appended, and how they make up a longer one.
struct TextAlphabet {
  /// What a text that was read is made of.
  enum Parse {
    /// No put and appends make it, in whatever number and order.
    case impossible
    case unique(Composition)
    case ambiguous
  }

  /// What was put, then what was appended, by numbers, and where each of them ends.
  struct Composition {
    /// `initialOrigin` for the value at the start.
    var origin: Int32
    var appends: [Int32]
    /// The length at which the origin ends, then each append.
    var ends: [Int]
  }

  static var initialOrigin: Int32 { -1 }

  private let initial: ArraySlice<UInt8>
  private var puts = TextTrie()
  private var appends = TextTrie()

  init(
    initial: ArraySlice<UInt8>, puts: [ArraySlice<UInt8>], appends: [ArraySlice<UInt8>]
  ) {
    self.initial = initial
    for (number, text) in puts.enumerated() { self.puts.insert(text, number: Int32(number)) }
    for (number, text) in appends.enumerated() { self.appends.insert(text, number: Int32(number)) }
  }

  /// One way to arrive at a length: from where, with what. Only told where there is one way.
  private struct Arrival {
    /// How many ways there are; more than two are two.
    var ways: UInt8 = 0
    /// The length before; -1 for an origin.
    var from: Int32 = -1
    var number: Int32 = 0
  }

  /// Counts the ways to make up every beginning of the text, shortest first.
  func parse(_ text: ArraySlice<UInt8>) -> Parse {
    let start = text.startIndex
    var arrivals = ContiguousArray(repeating: Arrival(), count: text.count + 1)
    func arrive(_ length: Int, from: Int32, _ number: Int32, ways: UInt8) {
      let sum = min(2, arrivals[length].ways + ways)
      arrivals[length] = Arrival(ways: sum, from: from, number: number)
    }
    if text.starts(with: initial) {
      arrive(initial.count, from: -1, Self.initialOrigin, ways: 1)
    }
    puts.forEachText(in: text, from: start) { arrive($0 - start, from: -1, $1, ways: 1) }
    for length in 0..<text.count {
      let ways = arrivals[length].ways
      guard ways > 0 else { continue }
      appends.forEachText(in: text, from: start + length) {
        arrive($0 - start, from: Int32(length), $1, ways: ways)
      }
    }
    switch arrivals[text.count].ways {
    case 0: return .impossible
    case 1: return .unique(composition(arrivals))
    default: return .ambiguous
    }
  }

  private func composition(_ arrivals: ContiguousArray<Arrival>) -> Composition {
    var appends: [Int32] = []
    var ends: [Int] = []
    var length = arrivals.count - 1
    while true {
      let arrival = arrivals[length]
      ends.append(length)
      guard arrival.from >= 0 else {
        return Composition(
          origin: arrival.number, appends: appends.reversed(), ends: ends.reversed())
      }
      appends.append(arrival.number)
      length = Int(arrival.from)
    }
  }
}
