/// A campaign as an array of Slurm: a batch script, of which each task makes the shard of its number.
public struct SlurmManifest: Sendable {
  /// What is run.
  public var plan: CampaignPlan
  /// The path of this program on the machines of the cluster.
  public var program: String
  /// The project's folder on them.
  public var project: String
  /// The campaign's file on them.
  public var file: String
  /// Where the shards leave what they did, on a file system that all machines share.
  public var results: String
  /// What each task is given, so that shards do not take time from each other.
  public var processors: Int
  /// At most so many tasks at once; nil: as many as there is room for.
  public var parallelism: Int?

  /// Everything that a script says. Paths are absolute.
  public init(
    plan: CampaignPlan, program: String, project: String, file: String, results: String,
    processors: Int = 2, parallelism: Int? = nil
  ) {
    self.plan = plan
    self.program = program
    self.project = project
    self.file = file
    self.results = results
    self.processors = processors
    self.parallelism = parallelism
  }

  /// The script, for `sbatch` (sbatch(1)).
  ///
  /// A task whose machine is lost is put into the queue again (`--requeue`) and begins its shard anew, in a folder of its
  /// own. What a run ends with is its verdict and no reason to make it again. The log is opened by the script, for Slurm
  /// makes no folder for one, and a task without its log does not begin.
  public var text: String {
    """
    #!/bin/sh
    # Campaign \(plan.shortID): \(plan.numbers.count) of \(plan.shardCount) shards. Submit it with: sbatch FILE
    # Then: faultline campaign merge \(Self.quoted(file)) \(Self.quoted(results))
    #SBATCH --job-name=faultline-\(plan.shortID)
    #SBATCH --array=\(Self.ranges(plan.numbers))\(parallelism.map { "%\($0)" } ?? "")
    #SBATCH --requeue
    #SBATCH --nodes=1
    #SBATCH --ntasks=1
    #SBATCH --cpus-per-task=\(processors)
    #SBATCH --chdir=\(Self.directive(project))
    #SBATCH --output=/dev/null
    umask 077
    mkdir -p \(Self.quoted(results))
    exec \(Self.quoted(program)) campaign run \(Self.quoted(file)) --reports \(Self.quoted(results)) \\
      >> \(Self.quoted(results))/slurm-"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID".log 2>&1

    """
  }

  /// Numbers in order as Slurm lists them: `0-3,5,8-9`.
  static func ranges(_ numbers: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }.joined(separator: ",")
  }

  /// A word of a shell: within single quotes, where it has anything that a shell would act upon.
  static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.unicodeScalars.allSatisfy {
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+=:,@%".unicodeScalars
          .contains($0)
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  /// A path behind `#SBATCH`, where `"` begins a word with blanks.
  private static func directive(_ path: String) -> String {
    path.contains(" ") ? "\"\(path)\"" : path
  }
}
