import Basics
import Histories

/// Makes histories from a seed, for measuring readers and recorders: clients in flight at the
/// same time, every operation taking effect when it completes, so each history is legal.
struct HistoryGenerator {
  private var chance: Chance
  let clients: Int

  init(seed: UInt64, clients: Int = 10) {
    chance = Chance(seed: seed)
    self.clients = clients
  }

  /// Reads and writes of unique values, one register per key.
  mutating func registers(operations: Int, keys: Int) -> History {
    var builder = HistoryBuilder()
    let (read, write) = (builder.function("read"), builder.function("write"))
    var state = [Value](repeating: .none, count: keys)
    run(operations, &builder) { chance, number, builder in
      let key = Value.small(Int64(chance.next() % UInt64(keys)))!
      let isRead = chance.next() & 1 == 0
      return Work(
        function: isRead ? read : write, key: key,
        argument: isRead ? .none : builder.values.integer(Int64(number)))
    } complete: { work, _ in
      let key = Int(work.key.smallInteger ?? 0)
      if work.function == read { return state[key] }
      state[key] = work.argument
      return work.argument
    }
    return builder.finish()
  }

  /// List-append transactions of one to four operations; a key is retired after some appends.
  mutating func transactions(count: Int, keys: Int, perKey: Int) -> History {
    var builder = HistoryBuilder()
    let txn = builder.function("txn")
    let append = builder.values.symbol("append")
    let r = builder.values.symbol("r")
    var active = (0..<keys).map { Int64($0) }
    var appended: [Int64: Int64] = [:]
    var lists: [Int64: [Value]] = [:]
    run(count, &builder) { chance, _, builder in
      var micro: [Value] = []
      for _ in 0...chance.next() % 4 {
        let slot = Int(chance.next() % UInt64(keys))
        let key = active[slot]
        if chance.next() & 1 == 0 {
          let next = appended[key, default: 0] + 1
          appended[key] = next
          if next >= perKey {
            active[slot] = (active.max() ?? 0) + 1
          }
          micro.append(builder.values.list([append, .small(key)!, .small(next)!]))
        } else {
          micro.append(builder.values.list([r, .small(key)!, .none]))
        }
      }
      return Work(function: txn, key: .none, argument: builder.values.list(micro))
    } complete: { work, builder in
      let micro = Array(builder.values.elements(work.argument) ?? [])
      let results = micro.map { operation -> Value in
        let parts = Array(builder.values.elements(operation) ?? [])
        let key = parts[1].smallInteger ?? 0
        if parts[0] == append {
          lists[key, default: []].append(parts[2])
          return operation
        }
        return builder.values.list([r, parts[1], builder.values.list(lists[key] ?? [])])
      }
      return builder.values.list(results)
    }
    return builder.finish()
  }

  private struct Work {
    let function: FunctionID
    let key: Value
    let argument: Value
  }

  private mutating func run(
    _ operations: Int, _ builder: inout HistoryBuilder,
    begin: (inout Chance, Int, inout HistoryBuilder) -> Work,
    complete: (Work, inout HistoryBuilder) -> Value
  ) {
    var inFlight = [Work?](repeating: nil, count: clients)
    var (begun, done, time) = (0, 0, Int64(0))
    while done < operations {
      let client = Int(chance.next() % UInt64(clients))
      time += Int64(chance.next() % 100_000)
      var event: Event
      if let work = inFlight[client] {
        let result = complete(work, &builder)
        event = Event(
          process: Int32(client), kind: .ok, function: work.function, value: result,
          time: Instant(nanoseconds: time))
        event.key = work.key
        inFlight[client] = nil
        done += 1
      } else {
        guard begun < operations else { continue }
        let work = begin(&chance, begun, &builder)
        event = Event(
          process: Int32(client), kind: .invoke, function: work.function, value: work.argument,
          time: Instant(nanoseconds: time))
        event.key = work.key
        inFlight[client] = work
        begun += 1
      }
      do { try builder.append(event) } catch { fatalError("the generator broke a rule: \(error)") }
    }
  }
}
