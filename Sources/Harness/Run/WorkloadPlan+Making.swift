import Experiments
import Linux
import Workloads

extension WorkloadPlan {
  /// The workload itself, with the files it needs; its settings were validated when the run was
  /// planned. Call it outside the nodes, where the project's files are seen.
  func workload() throws -> any Workload {
    guard let type = WorkloadCatalogue.workload(ofKind: kind) else {
      throw HarnessError.other("there is no workload of kind '\(kind)'")
    }
    var workload = try type.init(settings, mark: mark)
    let root = try Project.here().root
    try workload.options.load { path throws(Errno) in
      try Descriptor.open(path.hasPrefix("/") ? path : root + "/" + path, .read).readAll()
    }
    return workload
  }
}
