import Basics
import Bindings
import Clients
import Experiments
import Histories
import Linux
import Nodes
import Stacks
import Synchronization
import Workloads

/// The clients of one workload, each process on a thread of its own inside its node. They may be paused, and go
/// on at another rate; no operation is ever made twice.
final class LiveWorkload: Sendable {
  let name: String
  let meter: TrafficMeter
  /// Where each client is, by its number within the workload.
  let clientNodes: [NodeID]
  /// As the experiment says it.
  let usualLoad: Load
  private let places: [Place]
  private let assignment: @Sendable (Place, Load, _ first: Int) -> ClientProcess.Assignment
  private let stride: Int
  private let processes: Int
  private let recorder: Recorder
  private let clock: RunClock
  /// What is under way; nil while it is paused. Read by whoever wants to know, at once.
  private let load = Mutex<Load?>(nil)
  /// Held while clients are begun or ended.
  private let life: Mutex<Life>

  /// Where one client is, and whom it asks.
  struct Place: Sendable {
    let id: NodeID
    let node: Node
    let host: any ClientHost
    let target: (url: String, server: NodeID?)
  }

  private struct Life: Sendable {
    var stop = StopFlag()
    var threads: [Linux.Thread] = []
    var ends: [Handover<ClientProcess.End>] = []
    /// The next process number of each client.
    var numbers: [Int]
    /// The first operation that was never begun.
    var first = 0
  }

  /// - Parameters:
  ///   - spec: with its files loaded.
  ///   - firstNumber: its first client's process number.
  ///   - stride: how many clients all workloads have.
  init(
    _ spec: WorkloadPlan, places: [Place], seed: UInt64, firstNumber: Int, stride: Int,
    recorder: Recorder, clock: RunClock
  ) throws {
    name = spec.name
    usualLoad = spec.load
    meter = TrafficMeter(timeout: spec.timeout)
    self.places = places
    clientNodes = places.map(\.id)
    self.stride = stride
    processes = spec.clients
    self.recorder = recorder
    self.clock = clock
    let workload = try spec.workload()
    assignment = { place, load, first in
      ClientProcess.Assignment(
        workload: workload, name: spec.name, host: place.host, url: place.target.url,
        server: place.target.server?.text,
        schedule: Schedule(load, processes: spec.clients), firstSequence: first,
        timeout: spec.timeout, filler: spec.filler,
        chance: Chance(seed: seed).stream("workload \(spec.name)"))
    }
    life = Mutex(Life(numbers: places.indices.map { firstNumber + $0 }))
  }

  /// Operations a second at the least; 0 while it is paused.
  var rate: Double { load.withLock { $0?.lowest ?? 0 } }

  /// What is under way, as a person writes it; nil while it is paused.
  var loadText: String? { load.withLock { $0?.text } }

  /// Begins to send, or goes on.
  ///
  /// - Returns: whether it was paused.
  @discardableResult
  func begin(_ load: Load? = nil, from start: Instant) throws -> Bool {
    try life.withLock { life in
      guard life.threads.isEmpty else { return false }
      let load = load ?? usualLoad
      life.stop = StopFlag()
      life.ends = places.map { _ in Handover() }
      for (turn, place) in places.enumerated() {
        let process = ClientProcess(
          assignment(place, load, life.first), turn: turn, firstNumber: life.numbers[turn],
          stride: stride, recorder: recorder, meter: meter, clock: clock)
        let (stop, end) = (life.stop, life.ends[turn])
        life.threads.append(
          try place.node.thread(named: "client \(life.numbers[turn])") {
            end.value = process.run(from: start, until: stop)
          })
      }
      self.load.withLock { $0 = load }
      return true
    }
  }

  /// Asks all clients to end, without waiting for them.
  func ask() { life.withLock { $0.stop.raise() } }

  /// Lets every client finish the operation that it has in flight, and waits for that.
  ///
  /// - Returns: whether it was under way.
  @discardableResult
  func pause() -> Bool {
    life.withLock { life in
      guard !life.threads.isEmpty else { return false }
      life.stop.raise()
      for thread in life.threads { thread.join() }
      life.threads = []
      let ends = life.ends.map(\.value)
      life.first += processes * (ends.compactMap { $0?.turns }.max() ?? 0)
      for (turn, end) in ends.enumerated() { if let end { life.numbers[turn] = end.nextNumber } }
      load.withLock { $0 = nil }
      return true
    }
  }
}
