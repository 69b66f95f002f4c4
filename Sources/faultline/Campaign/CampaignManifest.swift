import Basics
import Campaigns
import Harness
import Linux

/// `campaign manifest`: what a cluster is told, so that it makes every shard.
struct CampaignManifest {
  private let arguments: Arguments
  private let words: [String]

  init(_ arguments: Arguments, _ words: [String]) {
    self.arguments = arguments
    self.words = words
  }

  func perform() throws -> ExitCode {
    let kinds = ["kubernetes", "slurm"]
    guard let kind = words.first, words.count == 2 else {
      throw UsageError(
        "'campaign manifest' takes kubernetes or slurm, and a campaign's file: "
          + "faultline campaign manifest slurm CAMPAIGN")
    }
    guard kinds.contains(kind) else {
      let near = Suggestion.nearest(to: kind, among: kinds)
      throw UsageError(
        "'campaign manifest' takes kubernetes or slurm, not '\(kind)'"
          + (near.map { "; did you mean '\($0)'?" } ?? ""))
    }
    let plan = try CampaignPlan.read(words[1])
    let text = kind == "slurm" ? try slurm(plan) : try kubernetes(plan)
    guard let output = arguments.value("output") else {
      show(text, terminator: "")
      return .valid
    }
    guard !Files.exists(output) else {
      throw UsageError("\(output) is there already; choose another name with --output")
    }
    try Files.write(text, to: output)
    show("written: \(output)")
    return .valid
  }

  private func slurm(_ plan: CampaignPlan) throws -> String {
    try refuse(["image", "name", "claim", "retries", "privileged"], for: "slurm")
    let project = try Project.here()
    let root = arguments.value("project") ?? project.root
    var results = try project.reports(ofCampaign: plan, arguments)
    if !arguments.has("reports"), results.hasPrefix(project.root + "/") {
      results = root + results.dropFirst(project.root.count)
    }
    let file = words[1].hasPrefix("/") ? words[1] : try Files.workingFolder() + "/" + words[1]
    let program = try arguments.value("program") ?? Files.link("/proc/self/exe")
    for path in [root, results, file, program] where path.contains(where: \.isNewline) {
      throw UsageError("a path with a line break cannot stand in a script: '\(path.plainLine)'")
    }
    return SlurmManifest(
      plan: plan, program: program, project: root, file: file, results: results,
      processors: try count("processors", usual: 2),
      parallelism: try arguments.number("parallelism", within: Self.counts).map { Int($0) }
    ).text
  }

  private func kubernetes(_ plan: CampaignPlan) throws -> String {
    try refuse(["reports"], for: "kubernetes")
    guard let image = arguments.value("image"), !image.isEmpty else {
      throw UsageError(
        "--image NAME is needed: a container's image with this program, the servers and the project"
      )
    }
    guard plan.json.text().utf8.count <= KubernetesManifest.longestFile else {
      throw UsageError(
        "\(words[1]) has more than the \(KubernetesManifest.longestFile) bytes that a ConfigMap can hold; "
          + "plan several campaigns of fewer runs")
    }
    var manifest = KubernetesManifest(plan: plan, image: image, name: arguments.value("name"))
    for name in [manifest.name, arguments.value("claim") ?? "x"] {
      guard KubernetesManifest.isLabel(name) else {
        throw UsageError(
          "'\(name)' is no name for Kubernetes: small letters, digits and dashes, no dash at either end, 63 at most"
        )
      }
    }
    guard manifest.name.utf8.count <= manifest.longestName else {
      throw UsageError(
        "--name \(manifest.name) is too long: a pod's name adds its index, so \(manifest.longestName) letters are the most"
      )
    }
    manifest.claim = arguments.value("claim")
    manifest.parallelism = try count("parallelism", usual: plan.numbers.count)
    manifest.retries = try count("retries", usual: 2, within: 0...100)
    manifest.processors = try count("processors", usual: 2)
    manifest.isPrivileged = arguments.has("privileged")
    manifest.project = arguments.value("project") ?? manifest.project
    manifest.program = arguments.value("program") ?? manifest.program
    return manifest.text
  }

  private static let counts: ClosedRange<UInt64> = 1...UInt64(CampaignPlan.mostShards)

  private func count(
    _ name: String, usual: Int, within range: ClosedRange<UInt64> = counts
  ) throws(UsageError) -> Int {
    try arguments.number(name, within: range).map { Int($0) } ?? usual
  }

  private func refuse(_ names: [String], for kind: String) throws(UsageError) {
    if let name = names.first(where: arguments.has) {
      throw UsageError("--\(name) is not for 'manifest \(kind)'; leave it out")
    }
  }
}
