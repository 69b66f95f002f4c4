import Histories

/// Decides a key that texts are put to and appended to, where each text that was read can be made
/// up in one way only, in time nearly linear in the history.
///
/// An epoch is a put (or the value at the start) with the appends that somebody saw on top of it
/// and the gets of all that. What was read fixes the order inside an epoch, and nothing but
/// gets of the same text can be exchanged. In an order that explains the history, nothing else
/// comes between the first call of an epoch and the last. So epochs are to this object what values
/// are to a register (`Zones`): an epoch's zone runs from the earliest completion of its calls
/// to the latest invocation of them; when it is forward, the epoch must be under way from the one
/// to the other, when it is backward, the whole epoch fits in any moment of it. Every put and
/// append that nobody saw fits before the put of any epoch, or at the end, so it is a backward zone
/// of its own, and need not happen at all where its outcome is unknown.
///
/// There is an order exactly when every epoch's own order agrees with real time, no two forward
/// zones overlap, and no backward zone lies inside a forward one (after Gibbons and Korach 1997).
struct Epochs {
  enum Decision {
    case valid
    case invalid(EpochConflict)
    /// A text can be made up in two ways: the search must decide.
    case undecided
  }

  private let calls: TextCalls
  private let values: Values
  private var putNumbers: [Value: Int32] = [:]
  private var appendNumbers: [Value: Int32] = [:]
  /// By number of a text: the call with it, or -1 where there are several.
  private var putCalls: [Int] = []
  private var appendCalls: [Int] = []
  private var alphabet: TextAlphabet
  private var epochs: [Epoch] = []
  private var epochByOrigin: [Int32: Int] = [:]

  init(_ calls: TextCalls, initial: Value, _ values: Values) {
    self.calls = calls
    self.values = values
    func number(_ calls: [TextCalls.Call], _ numbers: inout [Value: Int32], _ sole: inout [Int])
      -> [ArraySlice<UInt8>]
    {
      var texts: [ArraySlice<UInt8>] = []
      for (index, call) in calls.enumerated() {
        if let known = numbers[call.text] {
          sole[Int(known)] = -1
          continue
        }
        numbers[call.text] = Int32(texts.count)
        texts.append(values.utf8(call.text) ?? [])
        sole.append(index)
      }
      return texts
    }
    let puts = number(calls.puts, &putNumbers, &putCalls)
    let appends = number(calls.appends, &appendNumbers, &appendCalls)
    alphabet = TextAlphabet(initial: values.utf8(initial) ?? [], puts: puts, appends: appends)
  }

  /// - Parameter initial: The key's value at the start, a text.
  static func decide(_ calls: TextCalls, initial: Value, _ values: Values) -> Decision {
    let hasEmptyAppend = calls.appends.contains { values.utf8($0.text)?.isEmpty ?? true }
    guard calls.isSuitable, initial.kind == .text, !hasEmptyAppend else { return .undecided }
    var epochs = Epochs(calls, initial: initial, values)
    return epochs.decide()
  }

  private mutating func decide() -> Decision {
    var isAmbiguous = false
    let longestFirst = calls.gets.indices.map { (length: -length($0), get: $0) }.sorted(by: <)
    for (_, get) in longestFirst {
      switch place(get) {
      case .placed: break
      case .ambiguous: isAmbiguous = true
      case .conflict(let conflict): return .invalid(conflict)
      }
    }
    if isAmbiguous { return .undecided }
    if let conflict = doubleUse() { return .invalid(conflict) }
    return zones()
  }

  private func length(_ get: Int) -> Int { values.utf8(calls.gets[get].text)?.count ?? 0 }
}

extension Epochs {
  private enum Placing {
    case placed, ambiguous
    case conflict(EpochConflict)
  }

  /// Puts a get into its epoch, which it opens when it is the longest of it.
  private mutating func place(_ get: Int) -> Placing {
    let call = calls.gets[get]
    let text = values.utf8(call.text) ?? []
    for index in epochs.indices {
      if let depth = epochs[index].depth(of: text) {
        epochs[index].add(call, at: depth)
        return .placed
      }
    }
    switch alphabet.parse(text) {
    case .ambiguous: return .ambiguous
    case .impossible:
      return .conflict(.unwritten(calls.key, call, values))
    case .unique(let parts):
      let isSole =
        (parts.origin < 0 || putCalls[Int(parts.origin)] >= 0)
        && parts.appends.allSatisfy { appendCalls[Int($0)] >= 0 }
      guard isSole else { return .ambiguous }
      if let other = epochByOrigin[parts.origin] {
        return .conflict(.divergent(calls.key, epochs[other].longest, call, values))
      }
      epochByOrigin[parts.origin] = epochs.count
      epochs.append(Epoch(parts, text, call))
      return .placed
    }
  }

  /// An append that was seen twice: in two epochs, or twice in one.
  private func doubleUse() -> EpochConflict? {
    var users = [Int](repeating: -1, count: appendCalls.count)
    for (index, epoch) in epochs.enumerated() {
      for append in epoch.parts.appends {
        if users[Int(append)] >= 0 {
          return .seenTwice(
            calls.key, calls.appends[appendCalls[Int(append)]],
            [epochs[users[Int(append)]].longest, epoch.longest], values)
        }
        users[Int(append)] = index
      }
    }
    return nil
  }

  private func zones() -> Decision {
    var (isPutSeen, isAppendSeen) = (Set<Int>(), Set<Int>())
    var zones: [EpochZone] = []
    for epoch in epochs {
      var chain = EpochChain(key: calls.key, witness: epoch.longest.operation, values)
      if epoch.parts.origin >= 0 {
        let put = putCalls[Int(epoch.parts.origin)]
        isPutSeen.insert(put)
        chain.take(calls.puts[put])
      } else {
        chain.takeStart()
      }
      for (depth, reads) in epoch.reads.enumerated() {
        if depth > 0 {
          let append = appendCalls[Int(epoch.parts.appends[depth - 1])]
          isAppendSeen.insert(append)
          chain.take(calls.appends[append])
        }
        if let reads { chain.take(reads) }
      }
      if let conflict = chain.conflict { return .invalid(conflict) }
      zones.append(chain.zone)
    }
    let unseen =
      calls.puts.indices.filter { !isPutSeen.contains($0) }.map { calls.puts[$0] }
      + calls.appends.indices.filter { !isAppendSeen.contains($0) }.map { calls.appends[$0] }
    zones += unseen.lazy.filter { $0.deadline != .max }.map { EpochZone($0) }
    return EpochZone.conflict(zones, key: calls.key, values).map { .invalid($0) } ?? .valid
  }
}
