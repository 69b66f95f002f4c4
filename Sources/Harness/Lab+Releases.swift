import Basics
import Faults
import Stacks
import Synchronization

/// Replacing what runs, and nodes that stand by.
extension Lab {
  func replace(_ id: InstanceID, by release: Release) throws(FaultError) {
    let before = try instance(id)
    let node = try node(id.node)
    guard let next = stack.instance(id, of: release) else {
      throw FaultError("redeploy \(id)", "the plan has no such release of it")
    }
    try attempt("redeploy \(id)") {
      try Furnishing.reopen(next, on: node).refurnish(after: before)
    }
    ledger.withLock { $0.releases[id] = release }
  }

  func release(of id: InstanceID) throws(FaultError) -> Release? {
    ledger.withLock { $0.releases[id] }
  }

  func isSpare(_ node: NodeID) -> Bool { ledger.withLock { $0.spares.contains(node) } }

  func setSpare(_ node: NodeID, _ isSpare: Bool) {
    ledger.withLock { ledger in
      if isSpare { ledger.spares.insert(node) } else { ledger.spares.remove(node) }
    }
  }
}
