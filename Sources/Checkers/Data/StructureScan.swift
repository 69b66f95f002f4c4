import Checking
import Basics
import Histories

/// Judges identifiers by what they say about their making.
struct StructureScan {
  let structure: IDStructure
  let history: History
  let calls: [Int32]
  /// By call, in the same order: what its identifier says; nil when it is malformed.
  private let parts: [IDStructure.Parts?]

  init(_ structure: IDStructure, _ history: History, _ calls: [Int32]) {
    self.structure = structure
    self.history = history
    self.calls = calls.filter {
      let call = history.operations[Int($0)]
      return call.outcome == .ok && !call.result.isNone
    }
    parts = self.calls.map { structure.parts(of: history.operations[Int($0)].result, in: history) }
  }

  func judge(_ judgement: inout Judgement) -> [JSON.Member] {
    let malformed = zip(calls, parts).filter { $0.1 == nil }.map(\.0)
    if let first = malformed.first {
      let values = malformed.map { history.operations[Int($0)].result }
      judgement.violated(
        "malformed",
        "\(Wording.count(malformed.count, "identifier")) not of the structure: "
          + Wording.list(values, history, limit: 5), [Int(first)])
    }
    let shared = judgeGenerators(&judgement)
    let backwards = judgeTime(&judgement)
    return [
      .init("malformed", .integer(malformed.count)),
      .init("sharedNodeBits", .integer(shared)), .init("backwards", .integer(backwards)),
    ]
  }

  /// The same node bits from two nodes; the number of such node bits.
  private func judgeGenerators(_ judgement: inout Judgement) -> Int {
    var users: [Int64: [LabelID: Int32]] = [:]
    var seen = Numbering()
    for (position, parts) in zip(calls, parts) {
      let node = history.operations[Int(position)].node
      guard node != .none, let bits = parts?.generator else { continue }
      // Most calls say nothing new, and a look into the small table is cheap.
      let known = seen.count
      let pair = UInt64(bitPattern: bits) << 16 | UInt64(node.index)
      if seen.number(pair) == known { users[bits, default: [:]][node] = position }
    }
    let shared = users.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
    for (bits, nodes) in shared {
      let first = nodes.sorted { $0.value < $1.value }
      let names = first.compactMap { history.name($0.key) }.sorted().joined(separator: " and ")
      judgement.violated(
        "shared node bits", "\(names) both issue identifiers under the node bits \(bits)",
        first.prefix(2).map { Int($0.value) })
    }
    if calls.allSatisfy({ history.operations[Int($0)].node == .none }) {
      judgement.doubt("No answer says which node gave it, so generators cannot be told apart.")
    }
    return shared.count
  }

  /// A later call of one generator with a smaller time; the number of such calls.
  private func judgeTime(_ judgement: inout Judgement) -> Int {
    var generators = Numbering()
    var newest: [Newest?] = []
    // By call, for those in flight: the newest time of its generator when it began.
    var before = [Newest?](repeating: nil, count: calls.count)
    var backwards = 0
    var places = Array(repeating: Int32(-1), count: history.operations.count)
    for (place, position) in calls.enumerated() { places[Int(position)] = Int32(place) }
    for step in Sweep(history, calls).all {
      let place = Int(places[step.position])
      guard let parts = parts[place], let key = generator(step.position, parts) else { continue }
      let generator = generators.number(key)
      if generator == newest.count { newest.append(nil) }
      if step.isInvocation {
        before[place] = newest[generator]
        continue
      }
      if let earlier = before[place], parts.time < earlier.time {
        if backwards == 0 { report(parts.time, earlier, step.position, &judgement) }
        backwards += 1
      }
      if newest[generator].map({ parts.time > $0.time }) ?? true {
        newest[generator] = Newest(time: parts.time, position: step.position)
      }
    }
    return backwards
  }

  private struct Newest {
    let time: Int64
    let position: Int
  }

  /// What tells generators apart: the node bits, else the node that answered.
  private func generator(_ position: Int, _ parts: IDStructure.Parts) -> UInt64? {
    if let bits = parts.generator { return UInt64(bitPattern: bits) }
    let node = history.operations[position].node
    return node == .none ? nil : UInt64(node.index)
  }

  private func report(
    _ time: Int64, _ earlier: Newest, _ position: Int, _ judgement: inout Judgement
  ) {
    let old = history.values.describe(history.operations[earlier.position].result)
    let new = history.values.describe(history.operations[position].result)
    judgement.violated(
      "time backwards",
      "the time of a generator went back by \(earlier.time - time): \(new) was issued after \(old)",
      [earlier.position, position].sorted())
  }
}
