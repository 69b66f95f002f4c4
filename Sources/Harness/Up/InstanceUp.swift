import Basics
import Clients
import Linux
import Nodes
import Stacks

/// Brings one instance up: its files, its prepared data, its process, until it is ready; on a node that stands
/// by only its files and its data.
struct InstanceUp {
  let lab: Lab
  let instance: Instance
  let cache: DataCache
  let stop: StopFlag

  /// How often the ready probe asks.
  private static let interval = Duration.milliseconds(25)
  /// How long one step of preparing may take.
  private static let prepareLimit = Duration.seconds(60)

  /// What is done before its node's network carries anything, for which its files must be there: they are its user's.
  func boot() throws {
    guard let node = lab.nodes[instance.id.node] else { return }
    let furnishing = try Furnishing.begin(instance, on: node)
    try furnishing.furnish()
    try furnishing.handOver()
    try lab.boot(instance)
  }

  func run() throws {
    guard let node = lab.nodes[instance.id.node] else { return }
    let furnishing: Furnishing
    if instance.boot.isEmpty {
      furnishing = try Furnishing.begin(instance, on: node)
      try furnishing.furnish()
    } else {
      furnishing = try Furnishing.reopen(instance, on: node)
    }
    if let preparation = instance.prepare {
      try prepare(preparation, furnishing, node)
    } else {
      try furnishing.handOver()
    }
    if lab.isSpare(instance.id.node) { return }
    try lab.spawn(instance)
    try awaitReady()
  }

  /// From the cache when nothing that made it has changed, else made and kept.
  private func prepare(
    _ preparation: Instance.Preparation, _ furnishing: borrowing Furnishing, _ node: Node
  ) throws {
    let key = try cacheKey(preparation)
    if let data = try cache.data(for: key) {
      try furnishing.place(data, at: preparation.folder)
      return try furnishing.handOver(except: preparation.folder)
    }
    try furnishing.handOver()
    for words in preparation.steps {
      let completed = try node.run(
        lab.command(words, of: instance), timeout: Self.prepareLimit)
      guard completed.isSuccess else {
        throw HarnessError.prepareFailed(
          instance: instance.id.description, command: words.joined(separator: " "),
          said: completed.lastLines)
      }
    }
    try keep(preparation, furnishing, for: key)
  }

  /// What the steps made is read as it lies there: a link in its place leads anywhere. A run needs nothing that is
  /// kept, so a cache without room is no more than a note.
  private func keep(
    _ preparation: Instance.Preparation, _ furnishing: borrowing Furnishing, for key: String
  ) throws {
    do throws(Errno) {
      try cache.keep(furnishing.folder(preparation.folder), for: key)
    } catch {
      guard error.isLink else {
        return lab.state.note(
          "what was prepared for \(instance.id) is not kept for other runs: \(error)")
      }
      throw HarnessError.other(
        "preparing \(instance.id) made a link where a folder must be, so nothing is kept: \(error)")
    }
  }

  /// All that goes into the data, the binary as it is on this machine included, and whom the numbers of its owners mean.
  private func cacheKey(_ preparation: Instance.Preparation) throws -> String {
    let stamp = try Files.stamp(instance.binary)
    let users = try Files.read("/proc/self/uid_map").split(whereSeparator: \.isWhitespace)
    return preparation.cacheKeyInput
      + "\n\(instance.binary) \(stamp)\n\(users.joined(separator: " "))\n"
  }

  private func awaitReady() throws {
    let limit = instance.ready?.within ?? .seconds(5)
    var reason = "it was never asked"
    let isReady = try lab.clock.wait(within: limit, every: Self.interval, unless: stop) {
      switch lab.supervisor.state(instance.id) {
      case .died(let exit)?, .stopped(let exit)?: throw diedBeforeReady(exit)
      default: break
      }
      guard let refusal = try lab.refusal(of: instance) else { return true }
      reason = refusal
      return false
    }
    if isReady { return }
    if stop.isRaised { throw HarnessError.interrupted }
    throw HarnessError.neverReady(
      instance: instance.id.description, reason: reason, within: limit,
      log: lab.log(of: instance), tail: tail)
  }

  private func diedBeforeReady(_ exit: Exit) -> HarnessError {
    .diedBeforeReady(
      instance: instance.id.description, exit: exit.description, log: lab.log(of: instance),
      tail: tail)
  }

  /// How much of the end of a log is looked at, in bytes.
  private static let tailBytes = 16 << 10

  /// The last lines of its log, each cut where it is long; an unreadable log says so itself.
  private var tail: [String] {
    do throws(Errno) {
      let end = try Files.tail(lab.log(of: instance), bytes: Self.tailBytes)
      return String(decoding: end, as: UTF8.self).split(separator: "\n").suffix(8).map {
        String($0).cut(toBytes: 500)
      }
    } catch {
      return [error.description]
    }
  }
}
