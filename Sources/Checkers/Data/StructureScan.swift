import Basics
import Histories

/// Judges identifiers by what they say about their making.
struct StructureScan {
  let structure: IDStructure
  let history: History
  let calls: [Int32]

  init(_ structure: IDStructure, _ history: History, _ calls: [Int32]) {
    self.structure = structure
    self.history = history
    self.calls = calls.filter {
      let call = history.operations[Int($0)]
      return call.outcome == .ok && !call.result.isNone
    }
  }

  func judge(_ judgement: inout Judgement) -> [JSON.Member] {
    let malformed = calls.filter {
      structure.parts(of: history.operations[Int($0)].result, in: history) == nil
    }
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
    for position in calls {
      let call = history.operations[Int(position)]
      guard call.node != .none,
        let bits = structure.parts(of: call.result, in: history)?.generator
      else { continue }
      if users[bits]?[call.node] == nil { users[bits, default: [:]][call.node] = position }
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
    var newest: [Generator: (time: Int64, position: Int)] = [:]
    var before: [Int: (time: Int64, position: Int)] = [:]
    var backwards = 0
    for step in Sweep(history, calls).all {
      let call = history.operations[step.position]
      guard let (generator, time) = generator(of: call) else { continue }
      if step.isInvocation {
        before[step.position] = newest[generator]
        continue
      }
      if let earlier = before.removeValue(forKey: step.position), time < earlier.time {
        if backwards == 0 { report(call, time, earlier, step.position, &judgement) }
        backwards += 1
      }
      if newest[generator].map({ time > $0.time }) ?? true {
        newest[generator] = (time, step.position)
      }
    }
    return backwards
  }

  private enum Generator: Hashable {
    case bits(Int64)
    case node(LabelID)
  }

  private func generator(of call: Operation) -> (Generator, Int64)? {
    guard let parts = structure.parts(of: call.result, in: history) else { return nil }
    if let bits = parts.generator { return (.bits(bits), parts.time) }
    return call.node == .none ? nil : (.node(call.node), parts.time)
  }

  private func report(
    _ call: Operation, _ time: Int64, _ earlier: (time: Int64, position: Int), _ position: Int,
    _ judgement: inout Judgement
  ) {
    let old = history.values.describe(history.operations[earlier.position].result)
    let new = history.values.describe(call.result)
    judgement.violated(
      "time backwards",
      "the time of a generator went back by \(earlier.time - time): \(new) was issued after \(old)",
      [earlier.position, position].sorted())
  }
}
