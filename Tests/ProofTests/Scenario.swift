import Basics
import Checking
import Histories

/// A checker with settings, and the object whose legal histories it must not refuse.
struct Scenario: CustomStringConvertible, Sendable {
  let checker: String
  let settings: [String: String]
  /// Whether integers are mere names to the checker, so that they may be exchanged.
  let valuesAreNames: Bool
  /// Whether a verdict depends on the order of events alone.
  let isOfOrder: Bool
  /// Whether operations of different keys are independent of each other.
  let isKeyed: Bool
  let clients: Int
  let object: @Sendable () -> any LegalObject

  init(
    _ checker: String, _ settings: [String: String] = [:], valuesAreNames: Bool = true,
    isOfOrder: Bool = true, isKeyed: Bool = true, clients: Int = 5,
    object: @escaping @Sendable () -> any LegalObject
  ) {
    self.checker = checker
    self.settings = settings
    self.valuesAreNames = valuesAreNames
    self.isOfOrder = isOfOrder
    self.isKeyed = isKeyed
    self.clients = clients
    self.object = object
  }

  var description: String {
    ([checker] + settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
      .joined(separator: " ")
  }

  func finding(_ history: History) throws -> Finding {
    try ProofTests.checker(checker, settings).check(history, within: .small)
  }

  func legal(calls: Int, _ chance: inout Chance) -> LegalHistory {
    let seed = chance.next()
    return LegalHistory(object(), calls: calls, clients: clients, Chance(seed: seed))
  }

  static let all: [Scenario] =
    sets + sessions + linearizable + transactions + others + services

  private static let sets = [
    Scenario("set") { LegalSet() },
    Scenario("set-full", ["linearizable": "true"]) { LegalSet() },
    Scenario("no-lost-writes", ["replicas": "every"]) { LegalSet() },
    Scenario("staleness", ["bound": "1us"]) { LegalSet() },
    Scenario("converges") { LegalSet() },
    Scenario("causal-reverse") { LegalSet() },
    Scenario("linearizable", ["model": "set"]) { LegalSet() },
  ]

  private static let sessions =
    ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"].map {
      Scenario($0, isKeyed: false) { LegalRegisters(keys: [1, 2, 3]) }
    } + [
      Scenario("staleness", ["bound": "1us"]) {
        LegalRegisters(keys: [1, 2, 3])
      }
    ]

  private static let linearizable =
    ["register", "cas-register", "kv"].flatMap { model in
      ["fastest", "search"].map {
        Scenario("linearizable", ["model": model, "algorithm": $0]) {
          LegalRegisters(keys: [1, 2, 3])
        }
      }
    } + [
      Scenario("linearizable", ["model": "mutex"], clients: 1) { LegalLock() },
      Scenario("linearizable", ["model": "fifo-queue"], clients: 2) {
        LegalQueue(drains: false)
      },
      Scenario("linearizable", ["model": "unordered-queue"]) {
        LegalQueue(drains: false)
      },
      Scenario("linearizable", ["model": "counter"], valuesAreNames: false) {
        LegalCounter()
      },
      Scenario("linearizable", ["model": "multi-register"], isKeyed: false) {
        LegalTransactions(.registers)
      },
    ]

  private static let transactions =
    ["strict-serializable", "strong-snapshot-isolation", "read-committed"].flatMap { model in
      [
        Scenario("list-append", ["models": model], isKeyed: false) {
          LegalTransactions(.lists)
        },
        Scenario("rw-register", ["models": model], isKeyed: false) {
          LegalTransactions(.registers)
        },
      ]
    } + [Scenario("long-fork", isKeyed: false) { LegalTransactions(.longForkReads) }]

  private static let others = [
    Scenario("unique-ids", isKeyed: false) { LegalIdentifiers() },
    Scenario("counter", valuesAreNames: false) { LegalCounter() },
    Scenario("monotonic", valuesAreNames: false) { LegalCounter() },
    Scenario("total-queue") { LegalQueue(drains: true) },
    Scenario("messages", ["delivery": "exactly-once"]) { LegalMessages() },
    Scenario("timers", valuesAreNames: false, isOfOrder: false) { LegalTimers() },
    Scenario("bank", valuesAreNames: false) { LegalBank() },
  ]

  private static let services = [
    Scenario("availability", ["at-least": "50%"], isOfOrder: false) {
      LegalService()
    },
    Scenario("latency", ["below": "10s"], isOfOrder: false) { LegalService() },
    Scenario("balanced", ["tolerance": "90%"], isOfOrder: false) {
      LegalService()
    },
  ]

  /// Checkers whose histories need faults, observers or refusals: the fixtures alone speak of them.
  static let withFaults: Set<String> = [
    "failover-time", "recovers", "settles", "single-owner", "single-leader", "bounded",
    "address-returns", "encrypted", "unreadable", "unreachable", "secrets-kept", "forbidden",
    "as-predicted",
  ]

  /// Checkers of processes whose calls follow from what they were told: workloads play them against small
  /// services.
  static let ofWorkloads: Set<String> = ["lock", "lost-update"]
}
