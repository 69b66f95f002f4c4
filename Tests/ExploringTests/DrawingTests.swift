import Basics
import Experiments
import Exploring
import Harness
import Stacks
import Testing
import YAML

/// What is drawn for the stacks that are shipped.
@Suite struct DrawingTests {
  static let root =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  static var loader: Loader<FolderLibrary> {
    Loader(FolderLibrary(root: root), machine: .imaginary)
  }

  /// Every stack that some experiment is about.
  static let stacks: [String] = loader.listing().stacks.map(\.name).filter { name in
    guard let stack = try? loader.stack(name) else { return false }
    return !loader.experimentFiles(in: "experiments", aboutStack: stack.file).isEmpty
  }

  private struct Ground {
    let drawing: ExperimentDrawing
    let repertoire: Repertoire
    let folder: String
  }

  private static func ground(_ name: String, seed: UInt64, atMost: Int = 2) throws -> Ground? {
    let stack = try loader.stack(name)
    let sources = try loader.experimentFiles(in: "experiments", aboutStack: stack.file).map {
      TrafficPool.Source(
        path: $0, root: try #require(loader.tree(ofExperiment: $0)),
        plan: try loader.experiment($0, seed: 1))
    }
    let own = TrafficPool.matching(sources, parameters: stack.shownParameters)
    let pool = TrafficPool(own)
    guard pool.count > 0 else { return nil }
    let repertoire = Repertoire(stack: own[0].plan.stack, pool: pool)
    return Ground(
      drawing: ExperimentDrawing(repertoire, pool, seed: seed, atMost: atMost),
      repertoire: repertoire, folder: "experiments/x")
  }

  @Test(arguments: stacks) func everythingDrawnCanBePlanned(name: String) throws {
    guard let ground = try Self.ground(name, seed: 7) else {
      print("NOPOOL", name)
      return
    }
    print(name, ground.repertoire.faults, ground.repertoire.omissions.map { "\($0.fault): \($0.reason)" }.joined(separator: "\n"))
    var refused = 0
    for number in 1...10 {
      let drawn = ground.drawing.experiment(number: number) { text, seed in
        do throws(Problems) {
          _ = try Self.loader.experiment(written: text, as: "experiments/x/drawn.yaml", seed: seed)
          return true
        } catch {
          refused += 1
          print(text, error)
          return false
        }
      }
      if let drawn, number < 4 { print(drawn.text()) } else if drawn == nil { print("NONE") }
    }
    print("REFUSED", name, refused)
  }
}
