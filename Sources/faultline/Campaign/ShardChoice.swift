import Campaigns
import Glibc

/// Which shard of a campaign a task makes: what the command line says, or the variable that a cluster sets.
enum ShardChoice {
  /// The index of a pod of an Indexed Job, and the number of a task of Slurm's array (sbatch(1)).
  private static let variables = ["JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID"]

  /// - Parameter file: the campaign's, for messages.
  static func shard(
    _ arguments: Arguments, of plan: CampaignPlan, in file: String
  ) throws(UsageError) -> CampaignPlan.Shard {
    if let place = try arguments.number("place") {
      guard !arguments.has("shard") else {
        throw UsageError("--shard and --place both say which shard; give one of them")
      }
      guard place < plan.numbers.count else {
        throw UsageError(
          "--place \(place): \(file) lists \(plan.numbers.count) shards, whose places count from 0")
      }
      return plan.shards[Int(place)]
    }
    let (source, number) = try number(arguments)
    if plan.numbers.contains(where: { UInt64($0) == number }),
      let shard = plan.shard(Int(number))
    {
      return shard
    }
    guard number < plan.shardCount else {
      throw UsageError(
        "\(source): the campaign has no shard \(number); it has \(plan.shardCount), counted from 0")
    }
    throw UsageError(
      "\(source): shard \(number) is not in \(file), which lists \(plan.numbers.count) of the campaign's "
        + "\(plan.shardCount) shards: \(plan.numbers.prefix(10).map { "\($0)" }.joined(separator: ", "))"
        + (plan.numbers.count > 10 ? ", …" : ""))
  }

  private static func number(
    _ arguments: Arguments
  ) throws(UsageError) -> (source: String, number: UInt64) {
    if let number = try arguments.number("shard") { return ("--shard \(number)", number) }
    var found: [(source: String, number: UInt64)] = []
    for name in variables {
      guard let text = getenv(name).map({ String(cString: $0) }) else { continue }
      guard let number = UInt64(text) else {
        throw UsageError("\(name) is '\(text)', which is no whole number")
      }
      found.append(("\(name) is \(text)", number))
    }
    guard let first = found.first else {
      throw UsageError(
        "which shard? Neither \(variables.joined(separator: " nor ")) is set; give --shard N")
    }
    if let other = found.first(where: { $0.number != first.number }) {
      throw UsageError("\(first.source) and \(other.source); say which with --shard N")
    }
    return first
  }
}
