import Basics
import Campaigns
import Glibc
import Harness
import Linux

/// `campaign merge`: what came back of a campaign, what is lost, and what all runs come to.
struct CampaignMerging {
  private let arguments: Arguments
  private let file: String
  private let plan: CampaignPlan
  private let folders: [CampaignFolder]

  /// - Parameter given: folders with shards in them; none: where `campaign run` leaves them.
  init(_ arguments: Arguments, campaign file: String, _ given: [String]) throws {
    self.arguments = arguments
    self.file = file
    plan = try CampaignPlan.read(file)
    let usual = try Project.here().reports(ofCampaign: plan, arguments)
    folders = (given.isEmpty ? [usual] : given).map { path in
      CampaignFolder(path: path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    }
    if let missing = folders.first(where: { !Files.isFolder($0.path) }) {
      throw UsageError(
        "\(missing.path) is no folder; give the one in which 'campaign run' left the shards")
    }
  }

  func perform() throws -> ExitCode {
    let merge = CampaignMerge(plan, try folders.flatMap { try $0.attempts(of: plan) })
    try merge.refuseForeign(file)
    let list = try merge.rerun.flatMap { try writeRerun($0) }
    let output = arguments.value("output") ?? folders[0].path
    let mode: UInt32 = arguments.has("share") ? 0o755 : 0o700
    if !Files.exists(output) { try Files.makeFolder(output, mode: mode) }
    let ground = try Beneath(output)
    for (name, text) in [
      ("merged.json", merge.json.text(indented: true) + "\n"), ("junit.xml", merge.junit),
    ] {
      try ground.replace(name, Array(text.utf8), mode: mode & 0o666)
    }
    if arguments.has("json") {
      show(merge.json.text())
    } else {
      print(Closing.text(merge, output, rerun: list))
    }
    fflush(nil)
    return merge.exit
  }

  /// Writes the list of the lost shards; one that an earlier merge wrote is replaced, and nothing else.
  private func writeRerun(_ list: CampaignPlan) throws -> String? {
    guard let path = arguments.value("rerun") else { return nil }
    if Files.exists(path) {
      let there = try? CampaignPlan.read(path)
      guard let there, there.id == plan.id, there.isPart, there.numbers != plan.numbers else {
        throw UsageError("\(path) is there already; choose another name with --rerun")
      }
    }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[...$0]) } ?? "."
    let name = String(slash.map { path[path.index(after: $0)...] } ?? path[...])
    let text = list.json.text(indented: true) + "\n"
    try Beneath(folder).replace(name, Array(text.utf8), mode: 0o644)
    return path
  }
}
