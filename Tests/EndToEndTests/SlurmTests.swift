import Foundation
import Testing

extension EndToEnd {
  /// A campaign on real Slurm: the manifest as it is written, real daemons, and a machine that dies.
  @Suite(
    .needs(SlurmCluster.controller), .needs("/usr/sbin/slurmd"), .needs("/usr/bin/sbatch"),
    .needs("/usr/sbin/munged"), .needs("/usr/bin/unshare"))
  struct SlurmCampaigns {
    private static let shards = 6

    /// What a script of a user's would read of a merge.
    private struct Merged: Decodable {
      struct Shard: Decodable {
        let shard: Int
        let copies: [String]?
        let torn: [String]?
      }
      struct Experiment: Decodable {
        struct Series: Decodable {
          struct Run: Decodable {
            let run: Int
            let seed: String
            let exitCode: Int32
          }
          let runs: [Run]
        }
        let series: Series
      }
      let done: [Shard]
      let lost: [Shard]
      let experiments: [Experiment]
    }

    private func project() throws -> SmallProject {
      let project = try SmallProject()
      let ready = try project.shell(
        """
        \(Machine.faultline) campaign plan experiments/small.yaml --repeat \(Self.shards) --seed 5 --output c.json &&
        \(Machine.faultline) campaign manifest slurm c.json --reports out --processors 1 --output c.sh
        """)
      #expect(ready.code == 0, "\(ready)")
      return project
    }

    private func merge(
      _ project: SmallProject, _ more: String...
    ) throws -> (code: Int32, said: Merged) {
      let ended = try Program(
        Machine.faultline, ["campaign", "merge", "c.json", "out", "--json"] + more,
        in: project.folder
      ).finish()
      try #require(!ended.output.isEmpty, "\(ended)")
      return (ended.code, try JSONDecoder().decode(Merged.self, from: Data(ended.output.utf8)))
    }

    /// The shard that a node is making, once its run has begun.
    private func underWay(on node: String, _ cluster: SlurmCluster, _ project: SmallProject) throws
      -> Int?
    {
      let said = try cluster.command(
        "squeue", "--noheader", "--states=R", "--nodelist=\(node)", "--format=%K"
      ).output
      guard let number = Int(said.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        return nil
      }
      let folder = project.folder + "/out/shard-00\(number)/attempt-1"
      let walker = FileManager.default.enumerator(atPath: folder)
      let names = walker?.compactMap { $0 as? String } ?? []
      return names.contains { $0.hasSuffix("history.sqlite") } && !names.contains("shard.json")
        ? number : nil
    }

    @Test func aMachineDiesAndEveryShardIsDoneOnce() throws {
      let project = try project()
      let cluster = try SlurmCluster(in: project.folder)
      let variables = project.environment.merging(cluster.environment) { $1 }
      let submitted = try Program(
        "/usr/bin/sbatch", ["--parsable", "c.sh"], in: project.folder, environment: variables
      ).finish()
      try #require(submitted.code == 0, "\(submitted)\n\(cluster.log)")

      // Half way: something is done, and the second node is in the middle of a shard.
      var victim: Int?
      let isHalfWay = try Wait.until(within: 60) {
        guard FileManager.default.fileExists(atPath: project.folder + "/out"),
          try merge(project).said.done.count >= 2
        else { return false }
        victim = try underWay(on: "n2", cluster, project)
        return victim != nil
      }
      try #require(isHalfWay, "\(cluster.log)")
      cluster.powerOff("n2")
      let lost = try #require(victim)
      let half = try merge(project, "--rerun", "lost.json")
      #expect(half.code == 6 && half.said.lost.contains { $0.shard == lost }, "\(half)")
      #expect(!half.said.done.contains { $0.shard == lost })

      // Slurm misses the node, and its task goes to the other.
      let isOver = try Wait.until(within: 120) {
        try cluster.command("squeue", "--noheader").output.isEmpty
      }
      try #require(isOver, "\(cluster.log)")
      let whole = try merge(project)
      #expect(whole.said.lost.isEmpty && whole.said.done.map(\.shard) == Array(0..<Self.shards))
      #expect(whole.said.done.allSatisfy { $0.copies == [] }, "\(whole)")
      #expect(whole.said.done.filter { $0.torn != [] }.map(\.shard) == [lost], "\(whole)")
      let runs = try #require(whole.said.experiments.first).series.runs
      #expect(
        runs.map(\.run) == Array(1...Self.shards) && Set(runs.map(\.seed)).count == Self.shards)
      #expect(runs.allSatisfy { $0.exitCode == 0 } && whole.code == 0, "\(whole)")
    }
  }
}
