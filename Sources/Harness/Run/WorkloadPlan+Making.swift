import Experiments
import Linux
import Workloads

extension WorkloadPlan {
  /// The workload itself, with the files it needs; its settings were validated when the run was
  /// planned, and so was that it may name them. Call it outside the nodes, where the project's files
  /// are seen.
  ///
  /// - Parameter followsLinks: whether a file may be a link.
  func workload(followingLinks followsLinks: Bool) throws -> any Workload {
    guard let type = WorkloadCatalogue.workload(ofKind: kind) else {
      throw HarnessError.other("there is no workload of kind '\(kind)'")
    }
    var workload = try type.init(settings, mark: mark)
    let root = try Project.here().root
    try workload.options.load { path throws(Errno) in
      try FolderLibrary(root: root, followsLinks: followsLinks).contents(of: path)
    }
    return workload
  }
}
