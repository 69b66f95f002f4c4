import Basics
import Campaigns
import Linux
import YAML

/// Where the shards of a campaign leave what they did: `shard-003/attempt-1`, a folder for each attempt. It may come from
/// anywhere, so only regular files of a bounded size are read, and no link.
struct CampaignFolder {
  let path: String

  /// Every attempt at any shard that is found.
  func attempts(of plan: CampaignPlan) throws(Errno) -> [ShardAttempt] {
    var found: [ShardAttempt] = []
    for name in try Files.list(path) {
      guard let number = Self.number(name, after: "shard-") else { continue }
      found += try attempts(number, in: name, of: plan)
    }
    return found
  }

  /// Those at one.
  func attempts(at shard: Int, of plan: CampaignPlan) throws(Errno) -> [ShardAttempt] {
    let name = Self.name(of: shard, plan)
    return Files.isFolder("\(path)/\(name)") ? try attempts(shard, in: name, of: plan) : []
  }

  private func attempts(
    _ number: Int, in name: String, of plan: CampaignPlan
  ) throws(Errno) -> [ShardAttempt] {
    guard Files.isFolder("\(path)/\(name)") else { return [] }
    return try Files.list("\(path)/\(name)").compactMap { attempt in
      guard Self.number(attempt, after: "attempt-") != nil else { return nil }
      let place = "\(path)/\(name)/\(attempt)"
      return ShardAttempt(shard: number, place: place, of: plan) { file in
        guard let bytes = try? Beneath(place).read(file, atMost: Limits.stored.bytes) else {
          return nil
        }
        return String(decoding: bytes, as: UTF8.self)
      }
    }
  }

  private static func number(_ name: String, after word: String) -> Int? {
    guard name.hasPrefix(word), name.dropFirst(word.count).allSatisfy(\.isNumber) else {
      return nil
    }
    return Int(name.dropFirst(word.count))
  }

  /// `shard-003`: as many digits as the last has, and three at least, so that names sort as numbers do.
  static func name(of shard: Int, _ plan: CampaignPlan) -> String {
    let width = max(3, "\(plan.shardCount - 1)".count)
    let text = "\(shard)"
    return "shard-" + String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

/// The folder of an attempt that is being made.
struct AttemptFolder {
  let path: String
  private let isShared: Bool

  /// Makes a folder that nobody else has, also where another machine begins the same shard at the same moment.
  ///
  /// - Parameter isShared: for every user (0755, files 0644); else for this one alone (0700, 0600).
  static func begin(
    _ beginning: ShardBeginning, of plan: CampaignPlan, in folder: CampaignFolder, isShared: Bool
  ) throws(Errno) -> AttemptFolder {
    let mode: UInt32 = isShared ? 0o755 : 0o700
    try Files.makeFolder(folder.path, mode: mode)
    let ground = try Beneath(folder.path)
    let shard = CampaignFolder.name(of: beginning.shard, plan)
    try ground.makeFolder(shard, mode: mode)
    var number = 1
    while !(try ground.makeNewFolder("\(shard)/attempt-\(number)", mode: mode)) { number += 1 }
    let attempt = AttemptFolder(
      path: "\(folder.path)/\(shard)/attempt-\(number)", isShared: isShared)
    try attempt.write(ShardBeginning.file, beginning.json.text() + "\n")
    return attempt
  }

  /// Where its runs leave their reports.
  var runs: String { path + "/runs" }

  /// Writes a file that is there whole or not at all, also after a loss of power.
  func write(_ name: String, _ text: String) throws(Errno) {
    let ground = try Beneath(path)
    try ground.create(
      name + ".new", Array(text.utf8), mode: isShared ? 0o644 : 0o600, isDurable: true)
    try Files.rename("\(path)/\(name).new", to: "\(path)/\(name)")
    try Descriptor.open(path, .folder).flush()
  }
}
