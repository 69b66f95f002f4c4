import Basics
import Bindings
import Experiments
import Linux
import Workloads

extension Plan {
  /// Folders of the project that a node must see for the sake of the clients on it.
  var clientFolders: [NodeID: Set<String>] {
    workloads.reduce(into: [:]) { folders, workload in
      let kinds = [workload.client.traffic, workload.client.finalReads].map { type(of: $0) }
      for node in workload.nodes {
        folders[node, default: []].formUnion(kinds.flatMap { $0.folders })
      }
    }
  }
}

extension WorkloadPlan {
  /// The workload itself; its settings were validated when the run was planned.
  func workload() throws -> any Workload {
    guard let type = WorkloadCatalogue.workload(ofKind: kind) else {
      throw HarnessError.other("there is no workload of kind '\(kind)'")
    }
    return try type.init(settings, mark: mark)
  }

  /// The same with the files that its client needs. Call it outside the nodes, where the project's files are
  /// seen; that they may be named was made sure when the run was planned.
  ///
  /// - Parameter followsLinks: whether a file may be a link.
  func loaded(followingLinks followsLinks: Bool) throws -> WorkloadPlan {
    let files = try Project.here().library(followingLinks: followsLinks)
    var plan = self
    func read(_ path: String) throws(Errno) -> [UInt8] {
      try files.contents(of: path)
    }
    try plan.client.traffic.load(read)
    try plan.client.finalReads.load(read)
    return plan
  }
}
