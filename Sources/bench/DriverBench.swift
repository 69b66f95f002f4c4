import Basics
import Bindings
import Clients
import Histories
import Linux
import Synchronization
import Workloads

/// What it costs to speak to a driver: operations per second, and the time added to each.
enum DriverBench {
  static func run() {
    let clients = 16
    let folder = Bench.programFolder
    print("  \(clients) clients in one driver that answers at once")
    if let python = host(["/usr/bin/python3", "${dir}/bench.py"], "fixtures/drivers/echo") {
      row("Python driver, operations/s", rate(python, clients), aim: "≥ 5,000")
      row("  one client, median µs added", median(python), aim: "(the interpreter's own included)")
    }
    if let compiled = host(["\(folder)/echo-driver"], "") {
      row("compiled driver, operations/s", rate(compiled, clients), aim: "≥ 50,000")
      row("  one client, median µs added", median(compiled), aim: "≤ 200")
    }
  }

  private static func row(_ name: String, _ value: Double, aim: String) {
    print("  \(name): \(Decimal.trimmed(value, decimals: 0))  aim \(aim)")
  }

  private static let add = SetWorkload.functions.first { !$0.isRead }

  private static func host(_ command: [String], _ folder: String) -> (any ClientHost)? {
    do {
      var bindings = try DriverBindings(
        ClientSettings(own: Settings(["name": .text("bench")])), functions: SetWorkload.functions)
      try bindings.take(
        DriverDeclaration(name: "bench", summary: "", command: command, folder: folder), for: [])
      let root = try Files.workingFolder()
      return bindings.host(
        on: .machine(
          place: { "\(root)/\($0)" }, environment: ["PYTHONPATH=\(root)/fixtures/drivers"],
          note: { print("  \($0)") }))
    } catch {
      print("  not measured: \(error)")
      return nil
    }
  }

  /// Each client asks again as soon as it is answered.
  private static func rate(_ host: any ClientHost, _ clients: Int) -> Double {
    let total = Atomic(0)
    let length: Int64 = 3_000_000_000
    let start = MonotonicClock.nanoseconds
    let threads = (0..<clients).compactMap { _ in
      try? Thread(named: "client") {
        let count = ask(host, until: start + length)
        total.add(count, ordering: .relaxed)
      }
    }
    for thread in threads { thread.join() }
    let seconds = Double(MonotonicClock.nanoseconds - start) / 1e9
    return Double(total.load(ordering: .relaxed)) / seconds
  }

  private static func ask(_ host: any ClientHost, until end: Int64) -> Int {
    guard let add else { return 0 }
    let client = host.client(of: "none://", timeout: .seconds(5))
    var count = 0
    while MonotonicClock.nanoseconds < end {
      if client.invoke(Invocation(add, .integer(Int64(count)))).kind == .ok { count += 1 }
    }
    return count
  }

  private static func median(_ host: any ClientHost) -> Double {
    guard let add else { return 0 }
    let client = host.client(of: "none://", timeout: .seconds(5))
    _ = client.invoke(Invocation(add, .integer(0)))
    let times = (0..<5000).map { number in
      let start = MonotonicClock.nanoseconds
      _ = client.invoke(Invocation(add, .integer(Int64(number))))
      return MonotonicClock.nanoseconds - start
    }
    return Double(times.sorted()[times.count / 2]) / 1000
  }
}
