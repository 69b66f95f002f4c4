import Basics

/// What a driver was told with its first line.
struct DriverOptions: Sendable {
  /// What `add` and `read` are about, which several workloads have.
  enum Object: String, Sendable { case register, set, counter, bank }

  let object: Object
  /// Stands before the names of all objects, so that several workloads share a store.
  let prefix: String
  /// Of queues, topics and locks. An element is taken for good where it is 0.
  let leaseMilliseconds: Int64
  /// Whether what has no answer is sent again, under its old number, to the next server.
  let repeats: Bool
  /// Identifiers of one replica instead of numbers of a sequence.
  let isSnowflake: Bool
  /// How many bytes a value of a register or an element of a set has, where it is longer than the number itself.
  let size: Int
  /// Every so many deliveries are forgotten, as if the consumer had died: they are not acknowledged and come again. 0:
  /// none.
  let abandons: Int
  /// Of a bank.
  let accounts: Int
  let balance: Int64

  init(_ options: JSON, functions: [JSON]) {
    object =
      options.text("object").flatMap { Object(rawValue: $0) } ?? Self.object(of: functions)
    prefix = options.text("prefix") ?? ""
    leaseMilliseconds =
      options.text("lease").flatMap { Duration(text: $0) }.map { Int64($0.milliseconds) } ?? 2000
    repeats = options.text("repeat") != "no"
    isSnowflake = options.text("ids") == "snowflake"
    size = options.text("size").flatMap { Int($0) } ?? 0
    abandons = options.text("abandon").flatMap { Int($0) } ?? 0
    accounts = options.text("accounts").flatMap { Int($0) } ?? 8
    balance = options.text("balance").flatMap { Int64($0) } ?? 10
  }

  /// A workload is told by its functions and what they complete with.
  private static func object(of functions: [JSON]) -> Object {
    let names = functions.compactMap { $0.text("name") }
    if names.contains("transfer") { return .bank }
    if names.contains("increment") { return .counter }
    guard names.contains("add") else { return .register }
    let read = functions.first { $0.text("name") == "read" }
    return read?.text("result") == "scalar" ? .counter : .set
  }
}
