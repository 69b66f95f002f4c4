internal import Basics
internal import Stacks

extension Repertoire {
  /// Somebody in charge whom another follows by itself, as the stack's configuration promises.
  struct Promise {
    let head: DrawnAim.Head
    /// No later than this after the fault; the longest of all that are predicted.
    let within: Duration
    /// Where those may be who can be in charge.
    let nodes: Set<NodeID>
    /// Which components, when they are taken away, make another take over.
    let components: Set<String>
  }

  /// All of them, in the order of the stack.
  var promised: [Promise] {
    let predictions = stack.nodes.flatMap(\.instances).flatMap(\.predictions)
    var found: [Promise] = []
    for head in choices.compactMap(\.aim.head) where !found.contains(where: { $0.head == head }) {
      let own = predictions.filter { prediction in
        switch (head, prediction.subject) {
        case (.leader(let component), .role(of: let predicted)): component == predicted
        case (.owner, .address): true
        default: false
        }
      }
      let times = own.compactMap(\.most)
      guard let longest = times.max(), longest <= .seconds(4) else { continue }
      let struck = own.flatMap(\.struckInstances)
      found.append(
        Promise(
          head: head, within: longest,
          nodes: Set(own.flatMap(\.struckNodes) + struck.map(\.node)),
          components: Set(struck.map(\.component))))
    }
    return found
  }
}
