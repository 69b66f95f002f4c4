import Checking
import Histories

/// Decides one part of a history by following every configuration the object could be in, return
/// by return (Wing and Gong 1993, with the just-in-time order of Lowe 2017).
///
/// Calls take effect only when a return demands it: of the order that explains a history, as much
/// is replayed at each return as ends with the returning call, so at that moment every call in it
/// has been invoked. Four facts keep the sets small; each loses no verdict:
/// - a call that never changes the state is taken at once where the state agrees: having it done
///   is as good as having it to do;
/// - of equal pending calls, the one that must return first is taken first: exchanging two of
///   them in an order that explains the history gives another that explains it;
/// - among equal open calls the oldest is taken first, for the same reason;
/// - a configuration that used up more calls than another equal one is dropped.
///
/// A call that need not take effect (an open one, or a write that may go unseen) is only tried
/// while somebody who has not returned needs what it brings about.
///
/// Where a call overwrites the state, every pending call that overwrites it too is done: it could
/// have taken effect just before, unseen. It is not used up: it may still take effect later, at
/// its return at the latest, where both cases are followed. So a configuration remembers which
/// writes somebody needed, not which of the others went unseen.
struct Search<Model: SequentialModel> {
  let model: Model
  let entries: ArraySlice<Entry>
  let natures: [Nature]
  let neededUntil: [Int32]
  let budget: Budget
  var states: StateTable<Model>
  var current: Configurations
  var next: Configurations
  var work: Configurations
  var pending = PendingCalls()
  var reads: ReadMasks
  /// The bit of a pending call, by its entry.
  var bits: [Int32]
  /// The calls in flight that overwrite the state, as bits of done calls.
  var overwriting: ContiguousArray<UInt64>
  var freeBits: [Int32]
  var openBits: Int32
  var row: ContiguousArray<UInt64>
  /// The position of the return that is being settled.
  var now: Int32 = 0
  var explored = 0
  var peakBytes = 0
  var peakConfigurations = 1

  /// A call of the part: when it began, by when it must have taken effect.
  struct Entry {
    /// Its position in `History.operations`.
    let operation: Int32
    let call: Int32
    let began: Int32
    /// `.max` for an open call.
    let deadline: Int32

    var isOpen: Bool { deadline == .max }
  }

  init(
    _ model: Model, part: Value, entries: ArraySlice<Entry>, calls: [Model.Call],
    natures: [Nature], neededUntil: [Int32], budget: Budget
  ) {
    self.model = model
    self.entries = entries
    self.natures = natures
    self.neededUntil = neededUntil
    self.budget = budget
    let width = Self.width(of: entries)
    let doneWords = max(1, (width + 63) / 64)
    let open = entries.reduce(0) { $0 + ($1.isOpen ? 1 : 0) }
    // The bits of used writes mirror those of done calls; open calls follow.
    current = Configurations(doneWords: doneWords, usedWords: doneWords + (open + 63) / 64)
    next = current
    work = current
    row = .init(repeating: 0, count: current.stride)
    states = StateTable(model, calls: calls, steps: entries.count)
    reads = ReadMasks(words: doneWords)
    bits = Array(repeating: -1, count: entries.count)
    freeBits = (0..<Int32(width)).reversed()
    openBits = Int32(doneWords * 128)
    overwriting = .init(repeating: 0, count: doneWords)
    row[0] = Configurations.head(
      state: states.number(of: model.initialState(of: part)), lastChange: -1)
    current.insert(row)
  }

  /// The greatest number of calls pending at once that will return.
  private static func width(of entries: ArraySlice<Entry>) -> Int {
    let ends = entries.lazy.filter { !$0.isOpen }.map(\.deadline).sorted()
    var (active, widest, end) = (0, 0, 0)
    for entry in entries where !entry.isOpen {
      while end < ends.count, ends[end] < entry.began {
        end += 1
        active -= 1
      }
      active += 1
      widest = max(widest, active)
    }
    return widest
  }
}

extension Search {
  /// What became of one part.
  struct Outcome {
    var verdict: Verdict
    var explored: Int
    var peakConfigurations: Int
    var peakBytes: Int
    /// How many calls had returned when the search ended.
    var decided: Int
    var failure: Failure?
  }

  mutating func run() -> Outcome {
    let returns = entries.indices.filter { !entries[$0].isOpen }
      .sorted { entries[$0].deadline < entries[$1].deadline }
    var begun = entries.startIndex
    for (done, position) in returns.enumerated() {
      if done & 255 == 0, budget.isSpent() { return outcome(.unknown, decided: done) }
      while begun < entries.endIndex, entries[begun].began < entries[position].deadline {
        invoke(begun)
        begun += 1
      }
      switch settle(position) {
      case .spent: return outcome(.unknown, decided: done)
      case .impossible:
        return outcome(.invalid, decided: done, failure: failure(at: position, decided: done))
      case .settled: retire(position)
      }
    }
    return outcome(.valid, decided: returns.count)
  }

  private func outcome(
    _ verdict: Verdict, decided: Int, failure: Failure? = nil
  ) -> Outcome {
    Outcome(
      verdict: verdict, explored: explored, peakConfigurations: peakConfigurations,
      peakBytes: max(peakBytes, sizeBytes), decided: decided, failure: failure)
  }

  var sizeBytes: Int {
    current.sizeBytes + next.sizeBytes + work.sizeBytes + states.sizeBytes + entries.count * 24
  }
}
