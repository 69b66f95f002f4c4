internal import Basics
public import Bindings
internal import Histories
internal import Linux
internal import Workloads

/// Tries a driver out as a run would use it, and as none would: what it must do to be believed.
public struct DriverExam {
  /// One thing that was tried.
  public struct Result: Sendable {
    /// What was tried, as a claim.
    public let name: String
    /// How it went; a figure or what happened instead.
    public let found: String
    /// What to do about it; nil when it passed.
    public let remedy: String?
  }

  private let declaration: DriverDeclaration
  private let ground: ClientGround
  private let url: String

  /// - Parameter url: where clients are to go; nothing is written there.
  public init(_ declaration: DriverDeclaration, in ground: ClientGround, url: String) {
    self.declaration = declaration
    self.ground = ground
    self.url = url
  }

  /// Tries everything, in order; what needs a working driver is left out where there is none.
  public func results() -> [Result] {
    let visit: DriverVisit
    do throws(ClientError) {
      visit = try DriverVisit(declaration, in: ground)
    } catch {
      return [Result(name: "it starts", found: error.message, remedy: "look at 'command'")]
    }
    defer { visit.end() }
    let greeting = greets(visit)
    guard greeting.remedy == nil else { return [greeting] }
    var results = [greeting, opens(visit)]
    guard results[1].remedy == nil else { return results }
    results += [refusesTheUnknown(visit), servesInParallel(visit), takesTime(visit)]
    results += [closes(visit), endsWithItsInput(visit), standsGarbage()]
    return results
  }

  private func greets(_ visit: DriverVisit) -> Result {
    let start = MonotonicClock.nanoseconds
    let remedy =
      "answer the first line with {\"type\": \"init_ok\", \"functions\": [names]} within 10 s"
    guard case .initialized(let served)? = visit.greet(serving: functions) else {
      return Result(name: "it answers init", found: visit.trouble, remedy: remedy)
    }
    let missing = (declaration.functions ?? []).filter { !served.contains($0) }
    return Result(
      name: "it answers init",
      found: missing.isEmpty
        ? "after \(Self.since(start)); serves \(served.joined(separator: ", "))"
        : "it does not serve \(missing.joined(separator: ", "))",
      remedy: missing.isEmpty ? nil : "serve all of 'functions' in driver.yaml, or name fewer there"
    )
  }

  private func opens(_ visit: DriverVisit) -> Result {
    for client in 1...8 {
      visit.send(.open(client: client, url: url))
      guard visit.answer({ $0 == .opened(client: client) }, milliseconds: 2000) != nil else {
        return Result(
          name: "it opens clients at once", found: visit.trouble,
          remedy: "answer open_ok before you connect; connect at the first operation")
      }
    }
    return Result(name: "it opens clients at once", found: "8 clients", remedy: nil)
  }

  private func refusesTheUnknown(_ visit: DriverVisit) -> Result {
    let name = "it refuses an unknown function"
    let strange = Invocation(WorkloadFunction("no-such-function", "Nobody serves it."))
    visit.send(.invoke(client: 1, id: 100, strange, deadline: .seconds(2)))
    let answer = visit.answer({ $0.isCompletion(of: 100, by: 1) }, milliseconds: 2000)
    if case .completed(_, _, .failed(let failure, _))? = answer, failure.isDefinite {
      return Result(name: name, found: failure.sentence, remedy: nil)
    }
    return Result(
      name: name, found: answer.map { "\($0)" } ?? visit.trouble,
      remedy: "complete it with outcome fail and the code not-supported")
  }

  /// Eight clients at once, each with an operation that only reads, or one nobody serves.
  private func servesInParallel(_ visit: DriverVisit) -> Result {
    for client in 1...8 {
      visit.send(.invoke(client: client, id: 200 + client, probe, deadline: .seconds(5)))
    }
    for client in 1...8 {
      guard
        visit.answer({ $0.isCompletion(of: 200 + client, by: client) }, milliseconds: 6000) != nil
      else {
        return Result(
          name: "it serves clients in parallel", found: visit.trouble,
          remedy: "give each client a thread, and answer each operation with its client and id")
      }
    }
    return Result(
      name: "it serves clients in parallel", found: "8 operations, each answered once", remedy: nil)
  }

  /// A figure, and whether the driver keeps a deadline although a run keeps it anyway.
  private func takesTime(_ visit: DriverVisit) -> Result {
    let strange = Invocation(WorkloadFunction("no-such-function", "Nobody serves it."))
    var times: [Int64] = []
    for id in 300..<500 {
      let start = MonotonicClock.nanoseconds
      visit.send(.invoke(client: 1, id: id, strange, deadline: .seconds(1)))
      guard visit.answer({ $0.isCompletion(of: id, by: 1) }, milliseconds: 2000) != nil else {
        return Result(
          name: "it answers before the deadline", found: visit.trouble,
          remedy: "complete an operation with outcome info once deadline_ms is over")
      }
      times.append(MonotonicClock.nanoseconds - start)
    }
    let median = Double(times.sorted()[times.count / 2]) / 1000
    return Result(
      name: "it answers before the deadline",
      found: "200 operations in turn, \(Decimal.trimmed(median, decimals: 0)) µs at the median",
      remedy: nil)
  }

  private func closes(_ visit: DriverVisit) -> Result {
    visit.send(.close(client: 2))
    visit.send(.open(client: 99, url: url))
    let answer = visit.answer({ $0 == .opened(client: 99) }, milliseconds: 2000)
    return Result(
      name: "it closes a client without an answer",
      found: answer == nil ? visit.trouble : "goes on",
      remedy: answer == nil ? "forget the client; write nothing" : nil)
  }

  private func endsWithItsInput(_ visit: DriverVisit) -> Result {
    let isGone = visit.leave(milliseconds: 3000)
    return Result(
      name: "it ends with its input", found: isGone ? "ended" : "still runs after 3 s",
      remedy: isGone ? nil : "leave when standard input ends, whatever clients are doing")
  }

  /// It may end or go on, but must not answer what is no question.
  private func standsGarbage() -> Result {
    let name = "it answers no garbage"
    do throws(ClientError) {
      let visit = try DriverVisit(declaration, in: ground)
      defer { visit.end() }
      _ = visit.greet(serving: functions)
      visit.write("{\"type\": \"invoke\", \"client\": 1, \n")
      let answer = visit.answer({ _ in true }, milliseconds: 300)
      return Result(
        name: name, found: answer.map { "answered \($0)" } ?? "no answer",
        remedy: answer == nil ? nil : "leave, with a word on standard error, when a line is no JSON"
      )
    } catch { return Result(name: name, found: error.message, remedy: "look at 'command'") }
  }

  /// What is asked of it: all that it says it serves, of any workload.
  private var functions: [WorkloadFunction] {
    var seen: Set<String> = []
    return WorkloadCatalogue.all.flatMap { $0.functions }.filter {
      declaration.serves($0.name) && seen.insert($0.name).inserted
    }
  }

  private var probe: Invocation {
    let read = functions.first { $0.isRead && $0.signature.argument == .nothing }
    return Invocation(read ?? WorkloadFunction("no-such-function", "Nobody serves it."))
  }

  private static func since(_ start: Int64) -> String {
    "\((MonotonicClock.nanoseconds - start) / 1_000_000) ms"
  }
}

extension DriverAnswer {
  fileprivate func isCompletion(of id: Int, by client: Int) -> Bool {
    if case .completed(client, id, _) = self { true } else { false }
  }
}
