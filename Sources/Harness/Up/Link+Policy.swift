import Basics
import Links
import Stacks

/// What a link of the stack is to the fabric: a policy that is there from the start.
extension ResolvedStack.Link {
  var impairment: Impairment {
    var impairment = Impairment.delay(delay, jitter: jitter)
    impairment.loss = loss
    impairment.rateBitsPerSecond = rateBitsPerSecond
    impairment.rateQueue = queue
    return impairment
  }

  /// Its draws follow from the name.
  var policyName: String {
    switch ends {
    case .sites(let a, let b): "link \(a)-\(b)"
    case .nodes(let a, let b): "link node \(a)-\(b)"
    case .network(let name): "link network \(name)"
    }
  }

  func paths(in stack: ResolvedStack) -> [Path] {
    switch ends {
    case .sites(let a, let b):
      return Path.between(
        Set(stack.nodes(site: a).map(\.id)), Set(stack.nodes(site: b).map(\.id)))
    case .nodes(let a, let b): return Path.between([a], [b])
    case .network(let name):
      let all = Set(stack.nodes(on: name).map(\.id))
      return [Path(from: all, to: all, segment: SegmentID(name))]
    }
  }
}
