import Basics
import Experiments
import Exploring
import Faults
import Harness
import Stacks
import Testing
import YAML

/// What there is to draw from for the stacks that are shipped, as the command line finds it; no server need be there.
struct ShippedGround {
  let stack: ResolvedStack
  let pool: TrafficPool
  let repertoire: Repertoire

  private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  static var loader: Loader<FolderLibrary> {
    Loader(FolderLibrary(root: root), machine: .imaginary)
  }

  /// Every stack that some experiment is about.
  static let stacks: [String] = {
    let loader = ShippedGround.loader
    return loader.listing().stacks.map(\.name).filter { name in
      guard let stack = try? loader.stack(name) else { return false }
      return !loader.experimentFiles(in: "experiments", aboutStack: stack.file).isEmpty
    }
  }()

  init(
    _ name: String, lacking: [MachineNeed: String] = [:], only: [String]? = nil
  ) throws {
    let loader = Self.loader
    let plain = try loader.stack(name)
    let sources = try loader.experimentFiles(in: "experiments", aboutStack: plain.file).map {
      TrafficPool.Source(
        path: $0, root: try #require(loader.tree(ofExperiment: $0)),
        plan: try loader.experiment($0, seed: 1))
    }
    let matching = TrafficPool.matching(sources, parameters: plain.shownParameters)
    stack = try #require(matching.first, "\(name) has no traffic").plan.stack
    pool = TrafficPool(matching)
    repertoire = Repertoire(stack: stack, pool: pool, lacking: lacking, only: only)
  }

  func drawing(seed: UInt64, atMost: Int = 2) -> ExperimentDrawing {
    ExperimentDrawing(repertoire, pool, seed: seed, atMost: atMost)
  }

  /// - Throws: everything that is wrong with a drawn experiment.
  static func plan(_ text: String, seed: UInt64) throws(Problems) -> Plan {
    try loader.experiment(written: text, as: "experiments/drawn.yaml", seed: seed)
  }
}
