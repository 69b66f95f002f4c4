import Histories

extension Search {
  enum Step {
    case settled, impossible, spent
  }

  /// A call begins: it waits until a return demands it, unless it changes nothing and agrees.
  mutating func invoke(_ position: Int) {
    let entry = entries[position]
    let bit = entry.isOpen ? nextOpenBit() : freeBits.removeLast()
    bits[position - entries.startIndex] = bit
    let call = PendingCall(
      call: entry.call, deadline: entry.deadline, bit: bit, entry: Int32(position))
    guard natures[Int(entry.call)] == .reading else { return pending.insert(call) }
    reads.insert(call)
    for row in 0..<current.count {
      let state = current.state(row)
      if states.successor(of: state, after: entry.call) != StateTable<Model>.refused {
        current.set(row, Int(bit))
      }
    }
  }

  private mutating func nextOpenBit() -> Int32 {
    defer { openBits += 1 }
    return openBits
  }

  func bit(of position: Int) -> Int { Int(bits[position - entries.startIndex]) }

  /// A call returns: every configuration must have taken it, or take it now.
  mutating func settle(_ bit: Int) -> Step {
    var isTaken = true
    for row in 0..<current.count where !current.has(row, bit) {
      isTaken = false
      break
    }
    if isTaken {
      for row in 0..<current.count { current.clear(row, bit) }
      return .settled
    }
    next.removeAll()
    work.removeAll()
    for source in 0..<current.count {
      copy(source)
      if has(bit) { keep(without: bit) } else { work.insert(row) }
    }
    guard exhaust(bit) else { return .spent }
    guard next.count > 0 else { return .impossible }
    next.compact()
    swap(&current, &next)
    peakConfigurations = max(peakConfigurations, current.count)
    return .settled
  }

  /// Lets pending calls take effect in every order that may still lead to the returning one.
  private mutating func exhaust(_ bit: Int) -> Bool {
    var source = 0
    while source < work.count {
      if explored & 1023 == 0, isSpent { return false }
      explored += 1
      if !work.isDead(source) { expand(source, towards: bit) }
      source += 1
    }
    return true
  }

  private var isSpent: Bool {
    mutating get {
      peakBytes = max(peakBytes, sizeBytes)
      return budget.isSpent() || peakBytes > budget.memoryBytes
    }
  }

  private mutating func expand(_ source: Int, towards bit: Int) {
    var tried: Int32 = -1
    for candidate in pending.calls where candidate.call != tried {
      let candidateBit = Int(candidate.bit)
      if work.has(source, candidateBit) { continue }
      tried = candidate.call
      let state = work.state(source)
      let successor = states.successor(of: state, after: candidate.call)
      if successor == StateTable<Model>.refused || (candidate.isOpen && successor == state) {
        continue
      }
      for word in 1..<work.stride { row[word] = work.words[source * work.stride + word] }
      row[0] = Configurations.head(state: successor, lastChange: candidate.entry)
      row[1 + candidateBit >> 6] |= 1 << UInt64(candidateBit & 63)
      reads.mark(&row, in: successor, &states)
      if has(bit) { keep(without: bit) } else { work.insert(row) }
    }
  }

  private mutating func copy(_ source: Int) {
    for word in 0..<current.stride { row[word] = current.words[source * current.stride + word] }
  }

  private func has(_ bit: Int) -> Bool { row[1 + bit >> 6] >> UInt64(bit & 63) & 1 == 1 }

  private mutating func keep(without bit: Int) {
    row[1 + bit >> 6] &= ~(1 << UInt64(bit & 63))
    next.insert(row)
  }

  /// The call has returned: its bit is free, and states nobody is in may be forgotten.
  mutating func retire(_ position: Int) {
    let bit = Int32(bit(of: position))
    if natures[Int(entries[position].call)] == .reading {
      reads.remove(bit: bit)
    } else {
      pending.remove(bit: bit)
    }
    freeBits.append(bit)
    if states.isCrowded { forgetStates() }
  }

  private mutating func forgetStates() {
    let live = Set((0..<current.count).map(current.state)).sorted()
    states.keep(live)
    current.renumber(Dictionary(uniqueKeysWithValues: zip(live, 0...)))
    reads.forget()
  }
}
