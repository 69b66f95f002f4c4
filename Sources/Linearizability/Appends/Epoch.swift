import Histories

/// A put with what was seen appended to it, and the gets of all that.
struct Epoch {
  let parts: TextAlphabet.Composition
  private let text: ArraySlice<UInt8>
  /// The get that saw the most of it.
  let longest: TextCalls.Call
  /// By how many appends a get saw: those gets, if any.
  private(set) var reads: [Reads?]

  /// Gets of one text: the one that completed first and the one that began last.
  struct Reads {
    var first: TextCalls.Call
    var last: TextCalls.Call
  }

  init(_ parts: TextAlphabet.Composition, _ text: ArraySlice<UInt8>, _ get: TextCalls.Call) {
    self.parts = parts
    self.text = text
    longest = get
    reads = .init(repeating: nil, count: parts.ends.count)
    add(get, at: parts.ends.count - 1)
  }

  /// How many appends a text holds that is a beginning of this epoch; nil when it is none.
  func depth(of other: ArraySlice<UInt8>) -> Int? {
    guard other.count <= text.count else { return nil }
    var (low, high) = (0, parts.ends.count)
    while low < high {
      let middle = (low + high) / 2
      if parts.ends[middle] < other.count { low = middle + 1 } else { high = middle }
    }
    guard low < parts.ends.count, parts.ends[low] == other.count else { return nil }
    return text.starts(with: other) ? low : nil
  }

  mutating func add(_ get: TextCalls.Call, at depth: Int) {
    guard var known = reads[depth] else {
      reads[depth] = Reads(first: get, last: get)
      return
    }
    if get.deadline < known.first.deadline { known.first = get }
    if get.began > known.last.began { known.last = get }
    reads[depth] = known
  }
}
