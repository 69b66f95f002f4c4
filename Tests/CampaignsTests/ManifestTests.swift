import Basics
import Campaigns
import Foundation
import TestGround
import Testing
import YAML

@Suite struct KubernetesManifestTests {
  private let plan = MadeCampaign.plan()

  /// Every way in which a manifest may be written.
  private static let variants: [(name: String, text: String)] = {
    let plan = MadeCampaign.plan()
    var plain = KubernetesManifest(plan: plan, image: "registry:5000/faultline:1")
    plain.parallelism = 2
    var privileged = plain
    privileged.isPrivileged = true
    privileged.claim = "shared"
    privileged.image = "odd\": {image} # \\"
    let part = KubernetesManifest(plan: plan.keeping([1, 4]), image: "on")
    return [("plain", plain.text), ("privileged", privileged.text), ("part", part.text)]
  }()

  private func documents(_ text: String) throws -> [YAMLNode] {
    try text.components(separatedBy: "---\n").map { try YAMLNode.parse(text: $0, file: "job.yaml") }
  }

  private func job(_ text: String) throws -> YAMLNode {
    try #require(try documents(text).first { $0["kind"]?.text == "Job" })
  }

  @Test(arguments: KubernetesManifestTests.variants)
  func everyFieldIsOneOfTheReference(name: String, text: String) throws {
    let shapes: [String: APIShape] = [
      "ConfigMap": .configMap, "PersistentVolumeClaim": .claim, "Job": .job,
    ]
    let documents = try documents(text)
    #expect(documents.count == (name == "privileged" ? 2 : 3))
    for document in documents {
      let kind = try #require(document["kind"]?.text)
      #expect(shapes[kind]?.problems(document) == [], "\(name) \(kind)")
    }
  }

  /// The table must find what it is there for.
  @Test(arguments: [
    ("completions: 6", "completions: \"6\"", ".spec.completions: an integer"),
    ("parallelism:", "paralelism:", ".spec.paralelism: unknown"),
    ("completionMode: Indexed", "completionMode: indexed", ".spec.completionMode: one of"),
    ("runAsUser: 0", "runAsUser: root", "runAsUser: an integer"),
    ("drop: [ALL]", "drop: ALL", "drop: a list"),
    ("name: tun, mount", "name: 5, mount", "a string"),
    ("restartPolicy: Never", "restartPolicy: OnFailure", "restartPolicy: one of"),
    (
      "- {type: DisruptionTarget, status: \"True\"}", "- {type: DisruptionTarget}",
      "status: is required"
    ),
  ])
  func aMisspeltFieldIsFound(old: String, new: String, problem: String) throws {
    let text = try #require(Self.variants.first).text
    let edited = text.replacing(old, with: new)
    #expect(edited != text)
    let problems = APIShape.job.problems(try job(edited))
    #expect(problems.contains { $0.contains(problem) }, "\(problems)")
  }

  /// The API's own schema, where the Python package that carries it is installed.
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: schemaPython),
      "needs \(schemaPython) (.ci/install campaigns)"), arguments: KubernetesManifestTests.variants)
  func theAPIsSchemaTakesIt(name: String, text: String) throws {
    let folder = try TemporaryFolder()
    for (good, text) in [
      (true, text), (false, text.replacing("completions: ", with: "completions: x")),
      (false, text.replacing("restartPolicy:", with: "restartPolicies:")),
    ] {
      let file = folder.file("job.yaml")
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let check = Process()
      check.executableURL = URL(filePath: Self.schemaPython)
      check.arguments = ["-m", "kubernetes_validate", "--strict", file]
      let output = Pipe()
      (check.standardOutput, check.standardError) = (output, output)
      try check.run()
      let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      check.waitUntilExit()
      #expect((check.terminationStatus == 0) == good, "\(name): \(said)")
    }
  }

  private static let schemaPython = "/opt/faultline/kubernetes-schema/bin/python"

  @Test func theCampaignsFileIsInIt() throws {
    let plan = MadeCampaign.plan()
    for (name, text) in Self.variants {
      let map = try #require(try documents(text).first)
      let file = try #require(map["data"]?["campaign.json"]?.text)
      let whole = name == "part" ? plan.keeping([1, 4]) : plan
      #expect(try CampaignPlan(reading: file) == whole)
      let spec = try #require(try job(text)["spec"])
      #expect(spec["completions"]?.text == "\(whole.numbers.count)")
      let pod = try #require(spec["template"]?["spec"]?["containers"]?.elements?.first)
      let command = pod["command"]?.elements?.compactMap(\.text) ?? []
      #expect(command.starts(with: ["faultline", "campaign", "run", "/campaign/campaign.json"]))
      // The indices of a Job have no gaps.
      #expect(command.contains("--place") == (name == "part"))
    }
  }

  @Test func everyListOfACampaignHasAJobAndTheSameVolume() throws {
    let plan = MadeCampaign.plan()
    let manifests = [plan, plan.keeping([1]), plan.keeping([2])].map {
      KubernetesManifest(plan: $0, image: "x")
    }
    #expect(Set(manifests.map(\.name)).count == 3)
    #expect(
      manifests.allSatisfy {
        KubernetesManifest.isLabel($0.name) && $0.name.count <= $0.longestName
      })
    for manifest in manifests {
      #expect(manifest.text.contains("claimName: \"faultline-\(plan.shortID)-results\""))
    }
  }

  @Test func aVerdictIsNoReasonToBeginAgain() throws {
    let rules = try #require(
      try job(Self.variants[0].text)["spec"]?["podFailurePolicy"]?["rules"]?.elements)
    let values = rules[1]["onExitCodes"]?["values"]?.elements?.compactMap(\.text) ?? []
    #expect(rules[1]["action"]?.text == "FailIndex" && values == ["1", "2", "3", "4", "5", "6"])
  }

  @Test func aPrivilegedContainerNamesNoPowers() {
    #expect(!Self.variants[1].text.contains("capabilities"))
    #expect(
      Self.variants[0].text.contains("SYS_ADMIN") && !Self.variants[0].text.contains("SYS_MODULE"))
  }
}

@Suite struct SlurmManifestTests {
  private func script(_ plan: CampaignPlan, results: String = "/r") -> String {
    SlurmManifest(
      plan: plan, program: "/usr/bin/faultline", project: "/p", file: "/p/c.json", results: results,
      parallelism: 2
    ).text
  }

  @Test func aTaskMakesTheShardOfItsNumber() {
    let plan = MadeCampaign.plan()
    #expect(
      script(plan) == """
        #!/bin/sh
        # Campaign \(plan.shortID): 6 of 6 shards. Submit it with: sbatch FILE
        # Then: faultline campaign merge /p/c.json /r
        #SBATCH --job-name=faultline-\(plan.shortID)
        #SBATCH --array=0-5%2
        #SBATCH --requeue
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=2
        #SBATCH --chdir=/p
        #SBATCH --output=/dev/null
        umask 077
        mkdir -p /r
        exec /usr/bin/faultline campaign run /p/c.json --reports /r \\
          >> /r/slurm-"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID".log 2>&1

        """)
  }

  @Test func ofAListWithGapsOnlyItsNumbersAreAsked() {
    #expect(script(MadeCampaign.plan().keeping([0, 1, 2, 4])).contains("--array=0-2,4%2\n"))
    #expect(script(MadeCampaign.plan().keeping([5])).contains("--array=5%2\n"))
  }

  @Test func whatAShellWouldActUponIsQuoted() throws {
    let text = script(MadeCampaign.plan(), results: "/a b/$(x)'50%")
    #expect(text.contains("--reports '/a b/$(x)'\\''50%' \\\n"), "\(text)")
    #expect(text.contains("mkdir -p '/a b/$(x)'\\''50%'\n"), "\(text)")
  }
}
