/// Elements, each once, in the order in which they came.
struct ElementSet: Equatable, Sendable {
  private(set) var elements: [Datum] = []
  private var known: Set<Datum> = []

  mutating func add(_ element: Datum) {
    if known.insert(element).inserted { elements.append(element) }
  }
}

extension ElementSet: Coded {
  func write(to writer: inout ByteWriter) { writer.write(elements) }

  init(from reader: inout ByteReader) throws(MalformedBytes) {
    elements = try reader.value()
    known = Set(elements)
    guard known.count == elements.count else { throw MalformedBytes() }
  }
}
