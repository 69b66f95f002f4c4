import Archive
import Basics
import Glibc
import Histories
import Linux

/// Reading, recording and archiving of histories, against the aims of the design.
enum HistoryBench {
  static func run() {
    let registers = HistoryGenerator.make { $0.registers(operations: 500_000, keys: 100) }
    let transactions = HistoryGenerator.make {
      $0.transactions(count: 60_000, keys: 10, perKey: 32)
    }
    reading("EDN, registers", registers, .jepsenEDN)
    reading("EDN, list-append", transactions, .jepsenEDN)
    reading("JSON lines, registers", registers, .jsonLines)
    reading("JSON lines, list-append", transactions, .jsonLines)
    archive(registers)
    recording(threads: 1)
    recording(threads: 2)
    recordingDurably()
  }

  /// The best of several rounds, in seconds of this thread's processor time: what one core needs,
  /// whoever else is on the machine.
  private static func best(of rounds: Int, _ body: () -> Void) -> Double {
    (0..<rounds).map { _ in
      let start = processorTime()
      body()
      return processorTime() - start
    }.min() ?? 0
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The best of several rounds, in seconds that passed.
  private static func quickest(of rounds: Int, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    return (0..<rounds).map { _ in clock.measure(body).seconds }.min() ?? 0
  }

  private static func report(_ name: String, _ figure: Double, _ unit: String, aim: Double) {
    let padded = name + String(repeating: " ", count: max(1, 36 - name.count))
    let met = figure >= aim ? "met" : "missed"
    print(
      "  \(padded)\(Decimal.trimmed(figure, decimals: 2)) \(unit)"
        + "  (aim ≥ \(Decimal.trimmed(aim, decimals: 2)): \(met))")
  }

  private static func reading(_ name: String, _ history: History, _ format: HistoryFormat) {
    var bytes: [UInt8] = []
    do { try history.write(as: format) { bytes += $0 } } catch { fatalError("\(error)") }
    let seconds = best(of: 3) {
      do {
        var reader = try HistoryReader(format)
        for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
          try reader.feed(Array(bytes[start..<min(start + 1 << 20, bytes.count)]))
        }
        let read = try reader.finish()
        guard read.operations.count == history.operations.count else { fatalError("lost some") }
      } catch { fatalError("\(error)") }
    }
    report("reading \(name)", Double(bytes.count) / seconds / 1e6, "MB/s", aim: 100)
  }

  private static func archive(_ history: History) {
    let path = "/tmp/faultline-bench-\(getpid()).sqlite"
    defer { unlink(path) }
    do {
      let clock = ContinuousClock()
      let stored = try clock.measure { try HistoryFile.store(history, at: path) }
      let events = Double(2 * history.operations.count)
      report("storing a history", events / stored.seconds, "events/s", aim: 200_000)
      let seconds = best(of: 3) {
        do { _ = try HistoryFile.read(path) } catch { fatalError("\(error)") }
      }
      report(
        "reading history.sqlite", Double(history.operations.count) / seconds, "operations/s",
        aim: 1_000_000)
    } catch { fatalError("\(error)") }
  }

  private static func recording(threads: Int) {
    let each = 1_000_000 / threads
    let clock = RunClock()
    let seconds = quickest(of: 3) {
      let recorder = Recorder(now: { clock.now })
      Threads.run(threads) { thread in record(each, on: Int32(thread), recorder) }
    }
    report(
      "recording in memory, \(threads) thread(s)", Double(2 * each * threads) / seconds,
      "events/s", aim: 1_000_000)
  }

  private static func record(_ operations: Int, on process: Int32, _ recorder: Recorder) {
    let function = recorder.function("write")
    var event = Event(
      process: process, kind: .invoke, function: function, value: .none, time: .start)
    for number in 0..<operations {
      event.value = .small(Int64(number)) ?? .none
      event.kind = .invoke
      recorder.record(event)
      event.kind = .ok
      recorder.record(event)
    }
  }

  /// As fast as one client thread can record, until all of it is committed.
  private static func recordingDurably() {
    let path = "/tmp/faultline-bench-\(getpid())-durable.sqlite"
    defer { for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) } }
    let operations = 500_000
    let clock = ContinuousClock()
    let run = RunClock()
    do {
      let recorder = Recorder(isJournaled: true, now: { run.now })
      let writer = try HistoryWriter(path: path, recorder: recorder)
      let start = clock.now
      record(operations, on: 0, recorder)
      let recorded = start.duration(to: clock.now).seconds
      try writer.flush()
      let committed = start.duration(to: clock.now).seconds
      try writer.finish()
      report(
        "recording, writer beside it", Double(2 * operations) / recorded, "events/s",
        aim: 1_000_000)
      report(
        "recording until committed", Double(2 * operations) / committed, "events/s", aim: 200_000)
    } catch { fatalError("\(error)") }
  }
}

extension HistoryGenerator {
  /// A history of the benchmark's own seed.
  static func make(_ body: (inout HistoryGenerator) -> History) -> History {
    var generator = HistoryGenerator(seed: 20_261_120)
    return body(&generator)
  }
}

/// Runs a body on several threads at once and waits for all of them.
private enum Threads {
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    do {
      let threads = try (0..<count).map { number in
        try Linux.Thread(named: "bench") { body(number) }
      }
      for thread in threads { thread.join() }
    } catch { fatalError("\(error)") }
  }
}
