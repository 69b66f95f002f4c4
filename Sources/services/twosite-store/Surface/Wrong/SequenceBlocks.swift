import Synchronization

/// `sequence-reused-after-failover`: numbers are handed out from memory, and every 32nd time it is written down how far
/// they have come. A successor begins where it was last written.
final class SequenceBlocks: Sendable {
  fileprivate struct Block {
    var term: UInt64
    var next: Int64
    var unwritten: UInt64 = 0
  }

  fileprivate static let length: UInt64 = 32
  private let blocks = Mutex<[String: Block]>([:])

  func next(_ sequence: String, _ call: Call, _ store: Store) -> Outcome {
    let term = store.status.term
    guard store.status.role == .leader else {
      return store.submit(.number(sequence: sequence, count: 1), call)
    }
    if let number = take(sequence, term) { return finish(number, sequence, call, store) }
    guard case .done(let last) = store.ask(.lastNumber(sequence: sequence), call),
      let last = last.number
    else { return .refused("the sequence is not known", leader: nil) }
    let number = blocks.withLock { blocks in
      let known = blocks[sequence].flatMap { $0.term == term ? $0 : nil }
      var block = known ?? Block(term: term, next: last + 1)
      defer { blocks[sequence] = block }
      return block.take()
    }
    return finish(number, sequence, call, store)
  }

  private func take(_ sequence: String, _ term: UInt64) -> (Int64, isLast: Bool)? {
    blocks.withLock { blocks -> (Int64, isLast: Bool)? in
      guard blocks[sequence]?.term == term else { return nil }
      return blocks[sequence]?.take()
    }
  }

  private func finish(
    _ number: (Int64, isLast: Bool), _ sequence: String, _ call: Call, _ store: Store
  ) -> Outcome {
    if number.isLast { _ = store.submit(.number(sequence: sequence, count: Self.length), call) }
    return .done(.integer(number.0))
  }
}

extension SequenceBlocks.Block {
  fileprivate mutating func take() -> (Int64, isLast: Bool) {
    next += 1
    unwritten += 1
    guard unwritten == SequenceBlocks.length else { return (next - 1, false) }
    unwritten = 0
    return (next - 1, true)
  }
}
