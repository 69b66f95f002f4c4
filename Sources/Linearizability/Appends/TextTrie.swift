/// Texts by their bytes, each under a number: which of them begin at a place of another text.
struct TextTrie {
  private var firstChild: ContiguousArray<Int32> = [-1]
  private var sibling: ContiguousArray<Int32> = [-1]
  private var byte: ContiguousArray<UInt8> = [0]
  /// The number of the text that ends at a node; -1 for none.
  private var number: ContiguousArray<Int32> = [-1]

  mutating func insert(_ text: ArraySlice<UInt8>, number: Int32) {
    var node: Int32 = 0
    for next in text {
      var child = child(of: node, next)
      if child < 0 {
        child = Int32(byte.count)
        sibling.append(firstChild[Int(node)])
        firstChild[Int(node)] = child
        firstChild.append(-1)
        byte.append(next)
        self.number.append(-1)
      }
      node = child
    }
    self.number[Int(node)] = number
  }

  private func child(of node: Int32, _ wanted: UInt8) -> Int32 {
    var child = firstChild[Int(node)]
    while child >= 0, byte[Int(child)] != wanted { child = sibling[Int(child)] }
    return child
  }

  /// Calls with the end and the number of every text that begins at a place.
  func forEachText(
    in text: ArraySlice<UInt8>, from start: Int, _ body: (_ end: Int, _ number: Int32) -> Void
  ) {
    var node: Int32 = 0
    var place = start
    while true {
      if number[Int(node)] >= 0 { body(place, number[Int(node)]) }
      guard place < text.endIndex else { return }
      node = child(of: node, text[place])
      if node < 0 { return }
      place += 1
    }
  }
}
