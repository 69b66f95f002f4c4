import Checking
import Histories

extension Search {
  enum Step {
    case settled, impossible, spent
  }

  /// A call begins: it waits until a return demands it, unless it changes nothing and agrees.
  mutating func invoke(_ position: Int) {
    let entry = entries[position]
    if entry.isOpen, neededUntil[Int(entry.call)] < entry.began { return }
    let nature = natures[Int(entry.call)]
    let bit = entry.isOpen ? nextOpenBit() : freeBits.removeLast()
    let isReusable = nature == .overwriting && !entry.isOpen
    bits[position - entries.startIndex] = bit
    let call = PendingCall(
      call: entry.call, deadline: entry.deadline, doneBit: bit,
      usedBit: isReusable ? bit + mirror : bit, entry: Int32(position))
    if isReusable { overwriting[Int(bit >> 6)] |= 1 << UInt64(bit & 63) }
    guard nature == .reading else { return pending.insert(call) }
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

  /// How far the bit of a used write lies from that of the done call.
  private var mirror: Int32 { Int32(current.doneWords * 64) }

  func bit(of position: Int) -> Int { Int(bits[position - entries.startIndex]) }

  /// A call returns: every configuration must have taken it, or take it now.
  mutating func settle(_ position: Int) -> Step {
    let bit = bit(of: position)
    let call = entries[position].call
    now = entries[position].deadline
    let isReusable = natures[Int(call)] == .overwriting
    var isTaken = true
    for row in 0..<current.count where !current.has(row, bit) {
      isTaken = false
      break
    }
    if isTaken, !isReusable {
      for row in 0..<current.count { current.clear(row, bit) }
      return .settled
    }
    // A write that went unseen may also take effect now, for those who read it afterwards.
    let target = isReusable ? bit + Int(mirror) : bit
    next.removeAll()
    work.removeAll()
    for source in 0..<current.count {
      copy(source)
      if has(target) {
        keep(without: bit, isReusable)
      } else {
        let isDone = has(bit)
        if !isDone || neededUntil[Int(call)] > now { work.insert(row) }
        if isDone { keep(without: bit, isReusable) }
      }
    }
    guard exhaust(bit, isReusable) else { return .spent }
    guard next.count > 0 else { return .impossible }
    next.compact()
    swap(&current, &next)
    peakConfigurations = max(peakConfigurations, current.count)
    return .settled
  }

  /// Lets pending calls take effect in every order that may still lead to the returning one.
  private mutating func exhaust(_ bit: Int, _ isReusable: Bool) -> Bool {
    var source = 0
    while source < work.count {
      // Large states can outgrow the budget between two looks at the clock.
      let isDue = explored & 1023 == 0 || states.sizeBytes > budget.memoryBytes
      if isDue, isSpent { return false }
      explored += 1
      if !work.isDead(source) { expand(source, towards: bit, isReusable) }
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

  private mutating func expand(_ source: Int, towards bit: Int, _ isReusable: Bool) {
    let target = isReusable ? bit + Int(mirror) : bit
    var tried: Int32 = -1
    for candidate in pending.calls where candidate.call != tried {
      if work.has(source, Int(candidate.usedBit)) { continue }
      tried = candidate.call
      if neededUntil[Int(tried)] < now, isDispensable(candidate) { continue }
      let state = work.state(source)
      let successor = states.successor(of: state, after: candidate.call)
      if successor == StateTable<Model>.refused || (candidate.isOpen && successor == state) {
        continue
      }
      for word in 1..<work.stride { row[word] = work.words[source * work.stride + word] }
      row[0] = Configurations.head(state: successor, lastChange: candidate.entry)
      set(candidate.usedBit)
      set(candidate.doneBit)
      if natures[Int(candidate.call)] == .overwriting {
        for word in 0..<work.doneWords { row[1 + word] |= overwriting[word] }
      }
      reads.mark(&row, in: successor, &states)
      if has(target) { keep(without: bit, isReusable) } else { work.insert(row) }
    }
  }

  /// Whether a call may go unseen or never happen: not the one that returns now.
  private func isDispensable(_ call: PendingCall) -> Bool {
    call.isOpen || (natures[Int(call.call)] == .overwriting && call.deadline != now)
  }

  private mutating func copy(_ source: Int) {
    for word in 0..<current.stride { row[word] = current.words[source * current.stride + word] }
  }

  private func has(_ bit: Int) -> Bool { row[1 + bit >> 6] >> UInt64(bit & 63) & 1 == 1 }

  private mutating func set(_ bit: Int32) {
    row[Int(1 + bit >> 6)] |= 1 << UInt64(bit & 63)
  }

  private mutating func keep(without bit: Int, _ isReusable: Bool) {
    let mask = ~(1 << UInt64(bit & 63)) as UInt64
    row[1 + bit >> 6] &= mask
    if isReusable { row[1 + work.doneWords + bit >> 6] &= mask }
    next.insert(row)
  }

  /// The call has returned: its bit is free, and states nobody is in may be forgotten.
  mutating func retire(_ position: Int) {
    let bit = bits[position - entries.startIndex]
    if natures[Int(entries[position].call)] == .reading {
      reads.remove(entry: Int32(position))
    } else {
      pending.remove(entry: Int32(position))
      overwriting[Int(bit >> 6)] &= ~(1 << UInt64(bit & 63))
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
