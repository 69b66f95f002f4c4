import Basics
import Campaigns
import Harness
import Linux

struct CampaignVerb: Verb {
  static let name = "campaign"
  static let summary = "Share many runs out over many machines, and put together what came back."
  static let usage =
    "plan FILE... | run CAMPAIGN | merge CAMPAIGN [DIR...] | manifest KIND CAMPAIGN"
  static let options: [Option] = [
    Option(
      name: "repeat", value: "N",
      summary: "plan: so many runs of each file; as the file's 'repeat' says by default."),
    Option(
      name: "shards", value: "N", summary: "plan: so many shards; one for each run by default."),
    Option(
      name: "set", value: "KEY=VALUE",
      summary:
        "plan: set a parameter; a key that is given again makes runs with each of its values."),
    Option(name: "seed", value: "N", summary: "plan: where every random choice comes from."),
    Option(
      name: "output", value: "PATH",
      summary:
        "plan, manifest: the file to write, standard output by default; merge: the folder for merged.json and"
        + " junit.xml, the first DIR by default."),
    Option(
      name: "shard", value: "N",
      summary: "run: the shard's number; JOB_COMPLETION_INDEX or SLURM_ARRAY_TASK_ID by default."),
    Option(
      name: "place", value: "N",
      summary: "run: the shard at this place of the list instead, counted from 0."),
    Option(
      name: "reports", value: "DIR",
      summary:
        "run, merge, manifest slurm: where shards leave what they did; reports/campaigns/ID by default."
    ),
    Option(
      name: "rerun", value: "FILE",
      summary: "merge: write the list of the lost shards there, for 'campaign run'."),
    Option(name: "image", value: "NAME", summary: "manifest kubernetes: the container's image."),
    Option(
      name: "name", value: "NAME",
      summary: "manifest kubernetes: the Job's; faultline-ID by default."),
    Option(
      name: "claim", value: "NAME",
      summary:
        "manifest kubernetes: a PersistentVolumeClaim that is there; else one of 10Gi is made."
    ),
    Option(
      name: "retries", value: "N",
      summary:
        "manifest kubernetes: how often a shard whose pod was lost is begun again; 2 by default."
    ),
    Option(
      name: "privileged", value: nil,
      summary:
        "manifest kubernetes: containers with all powers, where a cluster gives no devices to others."
    ),
    Option(
      name: "parallelism", value: "N", summary: "manifest: so many shards at once; all by default."),
    Option(
      name: "processors", value: "N",
      summary: "manifest: what each shard is given to itself; 2 by default."),
    Option(
      name: "project", value: "DIR",
      summary:
        "manifest: the project's folder there; /faultline in an image, else where it is here."),
    Option(
      name: "program", value: "PATH",
      summary: "manifest: this program there; 'faultline' in an image, else where it is here."),
    .keep, .share, .trust, .json,
    Option(name: "quiet", value: nil, summary: "run: show no progress."),
  ]
  static let notes = """
    'plan' writes one file that says everything: the runs with their seeds, the shards, and a hash of each file
    they are made of. 'run' makes the runs of one shard, each as 'faultline run' does, into a folder of its own,
    and writes shard.json last: a shard that was killed has none, and is lost. 'merge' counts each shard once,
    names those that are lost, and says what all runs come to. It looks into reports/campaigns/ID unless it is
    given other folders, which may be copies from several machines.
      faultline campaign plan experiments/x/*.yaml --repeat 20 --output x.json
      faultline campaign manifest slurm x.json --output x.sh; sbatch x.sh
      faultline campaign manifest kubernetes x.json --image registry/faultline:1 | kubectl apply -f -
      faultline campaign merge x.json --rerun lost.json
    Of a shard that was done twice the first counts; a violation in the other stands all the same. Exit codes:
    'run' and 'merge' end with the worst of their runs, 'merge' with 6 at best where a shard is lost. 2: the file, the
    number or the project is not what was planned; 7: this machine cannot make the shard, which stays lost.
    """

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let words = arguments.operands
    let kinds = ["plan", "run", "merge", "manifest"]
    switch words.first {
    case "plan": return try CampaignPlanning(arguments, Array(words.dropFirst())).perform()
    case "run":
      guard words.count == 2 else {
        throw UsageError(
          "'campaign run' takes one campaign's file: faultline campaign run CAMPAIGN")
      }
      return try ShardRun(arguments, campaign: words[1]).perform()
    case "merge":
      guard words.count > 1 else {
        throw UsageError(
          "'campaign merge' takes a campaign's file: faultline campaign merge CAMPAIGN [DIR...]")
      }
      return try CampaignMerging(arguments, campaign: words[1], Array(words.dropFirst(2))).perform()
    case "manifest": return try CampaignManifest(arguments, Array(words.dropFirst())).perform()
    case let word?:
      let near = Suggestion.nearest(to: word, among: kinds)
      throw UsageError(
        "'campaign' takes plan, run, merge or manifest, not '\(word)'"
          + (near.map { "; did you mean '\($0)'?" } ?? ""))
    case nil:
      throw UsageError(
        "'campaign' takes plan, run, merge or manifest: faultline campaign plan FILE...")
    }
  }
}

extension CampaignPlan {
  /// Reads a campaign's file from the command line.
  static func read(_ path: String) throws(UsageError) -> CampaignPlan {
    let text: String
    do throws(Errno) {
      text = String(decoding: try Files.read(path, atMost: longestFile), as: UTF8.self)
    } catch {
      if error.isGone { throw UsageError("\(path): there is no such file") }
      if error.isTooLarge { throw UsageError("\(path): it is larger than \(longestFile) bytes") }
      throw UsageError("\(path): it cannot be read: \(error.reason)")
    }
    do throws(CampaignError) { return try CampaignPlan(reading: text) } catch {
      throw UsageError("\(path): \(error.message)")
    }
  }

  /// In bytes.
  private static let longestFile = 256 << 20
}
