public import Basics
public import Checking
public import Histories
import Statistics

/// At the end of a run the service is well again: what was broken is healed, the time to settle is
/// over, and the traffic of every workload is as it was in the steady phase.
///
/// What is compared is the last `for` of the traffic. Its share of bad operations may exceed the
/// steady one by `errors`; its latency at the 95th percentile may be `latency-factor` times the
/// steady one, or `slack` above it, whichever is more. A function that did well in the steady phase
/// and of which no operation succeeds any more is too bad, too, however rare it is among the others
/// (its last `enough` operations of the time to settle are looked at): a service that reads and takes
/// no write is not back. The bounds are wide on purpose: this asks
/// whether the service is back, not how well it does. It is judged in every run that has traffic;
/// where a lasting outage is the point, `expect` names it.
public struct Settles: Checker {
  public static let name = "settles"
  public static let summary = "At the end of the run every workload's traffic is well again."
  public static let schema = Schema([
    .init("for", .duration, "How much of the end is compared.", default: "2s"),
    .init("errors", .ratio, "How far the error share may exceed the steady one.", default: "5%"),
    .init(
      "latency-factor", .number, "How many times the steady latency is allowed.", default: "10"),
    .init(
      "slack", .duration, "A latency this much above the steady one is never too much.",
      default: "250ms"),
    Lateness.key,
    .init(
      "enough", .count(1...1_000_000_000), "Operations needed in the steady phase and at the end.",
      default: "\(usualEnough)"),
  ])

  /// So many good operations of a function tell that it is usually good, unless `enough` says otherwise.
  public static let usualEnough = 5

  private static let percentile = 95.0

  let length: Duration
  let bound: LevelBound
  let late: Lateness
  let enough: Int

  public static let unasked = Unasked.everyRun

  public var isExcusedByFaults: Bool { false }

  public var feed: Feed { .traffic }

  public init(_ settings: Settings) throws(SettingsError) {
    length = settings.duration("for") ?? .seconds(2)
    bound = LevelBound(
      errors: settings.ratio("errors") ?? Ratio(0.05),
      factor: settings.number("latency-factor") ?? 10,
      slack: settings.duration("slack") ?? .milliseconds(250))
    late = Lateness(settings)
    enough = settings.integer("enough") ?? Self.usualEnough
    guard bound.factor >= 1 else {
      throw SettingsError("latency-factor", "a factor below 1 would demand more than steady")
    }
    guard enough >= 1 else { throw SettingsError("enough", "at least 1 operation is needed") }
  }

  /// Whether the latest latencies of a workload are no worse than those of its steady phase allow: what the end
  /// of the time to settle waits for.
  ///
  /// - Parameters:
  ///   - latest: of good operations, counted from their intended starts.
  ///   - steady: of good operations of the steady phase, counted likewise.
  public func isQuick(_ latest: [Duration], beside steady: [Duration]) -> Bool {
    func level(_ latencies: [Duration]) -> Duration? {
      Quantiles(latencies.map(\.nanoseconds)).at(Self.percentile / 100).map { .nanoseconds($0) }
    }
    guard let now = level(latest), let before = level(steady) else { return true }
    return now <= bound.allowedLatency(over: before)
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    guard let settling = history.began(.settle) else {
      return Self.nothingToJudge("The run never came to the time in which it was to settle.")
    }
    let timeline = Timeline(history, faults: nil)
    let traffic = Traffic(history, in: timeline.judged, late: late)
    guard !traffic.samples.isEmpty else {
      return Self.nothingToJudge("No operation was made in the time that is judged.")
    }
    guard traffic.okCount > 0 else {
      return Self.nothingToJudge(
        "None of \(Wording.count(traffic.samples.count, "operation")) succeeded.",
        operations: traffic.samples.count)
    }
    let end = timeline.judged.end
    let start = max(settling, end.advanced(by: .zero - length))
    let stalls = Stalls(history)
    var judgement = Judgement()
    var lines: [(sentence: String, json: JSON)] = []
    for label in Set(traffic.samples.map(\.workload)).sorted(by: { $0.index < $1.index }) {
      let steady = traffic[timeline.steady].filter { $0.workload == label }
      let last = traffic[Window(start, end)].filter { $0.workload == label }
      lines.append(
        judge(
          history.name(label) ?? "traffic", steady, last, Window(start, end), stalls,
          &judgement))
      // Where nothing succeeds at all, that is said already.
      guard last.contains(where: { !$0.isBad }) else { continue }
      let settled = traffic[Window(settling, end)].filter { $0.workload == label }
      let functions = Functions(history, steady: steady, settled, stalls)
      judgeFunctions(functions, history.name(label) ?? "traffic", Window(start, end), &judgement)
    }
    return judgement.finding(
      of: Self.self, held: lines.map(\.sentence).joined(separator: "; "),
      operations: traffic.samples.count,
      figures: [.init("workloads", .array(lines.map(\.json)))])
  }

  /// The operations of one workload by function: in the steady phase, and since everything was
  /// healed. What a stall of the harness touched says nothing of how the service is.
  private struct Functions {
    let steady: [String: [Traffic.Sample]]
    let settling: [String: [Traffic.Sample]]

    init(
      _ history: History, steady: [Traffic.Sample], _ settling: [Traffic.Sample], _ stalls: Stalls
    ) {
      func byFunction(_ samples: [Traffic.Sample]) -> [String: [Traffic.Sample]] {
        Dictionary(grouping: samples) {
          history.name(history.operations[Int($0.position)].function)
        }
      }
      self.steady = byFunction(steady)
      self.settling = byFunction(settling.filter { !stalls.touched($0) })
    }
  }

  /// A function that went well in the steady phase, as far as `errors` goes, must succeed at the
  /// end: among its operations of the last stretch or, where it is rare, its last `enough`.
  private func judgeFunctions(
    _ functions: Functions, _ name: String, _ stretch: Window, _ judgement: inout Judgement
  ) {
    guard functions.steady.count > 1 else { return }
    for (function, samples) in functions.settling.sorted(by: { $0.key < $1.key }) {
      guard let usual = functions.steady[function], usual.count >= enough,
        Double(usual.badCount) <= Double(usual.count) * bound.errors.value
      else { continue }
      let recent = samples.suffix(
        max(enough, samples.count { $0.scheduled >= stretch.start.nanoseconds }))
      guard let first = recent.first, recent.allSatisfy(\.isBad) else { continue }
      let since = min(Instant(nanoseconds: first.scheduled), stretch.start)
      let length = Wording.milliseconds(since.duration(to: stretch.end))
      let sentence = "\(name): in the last \(length) no '\(function)' of \(recent.count) succeeded"
      if recent.count < enough {
        judgement.doubt(sentence + ", \(enough) are needed to say that it has not recovered.")
      } else {
        let shown = recent.suffix(20).map { Int($0.position) }
        judgement.violated("not recovered", "the service has not recovered: " + sentence, shown)
      }
    }
  }

  private func judge(
    _ name: String, _ steadySamples: [Traffic.Sample], _ last: [Traffic.Sample], _ window: Window,
    _ stalls: Stalls, _ judgement: inout Judgement
  ) -> (sentence: String, json: JSON) {
    let steady = Level(steadySamples, Self.percentile, window.end)
    let level = Level(last, Self.percentile, window.end)
    let sentence =
      "\(name): in the last \(Wording.milliseconds(window.length)) \(level.words), "
      + "steady was \(steady.words)"
    if steady.count < enough || level.count < enough {
      judgement.doubt(
        "\(name): only \(Wording.count(steady.count, "operation")) in the steady phase and "
          + "\(level.count) at the end, \(enough) are needed.")
    } else {
      switch bound.compare(
        last, over: steady, Self.percentile, in: window, stalls, enough: enough)
      {
      case .held: break
      case .stalled: judgement.doubt(Stalls.doubt(sentence, stalls.length(in: window)))
      case .exceeded:
        let shown = last.filter(\.isBad).prefix(20).map { Int($0.position) }
        judgement.violated("not recovered", "the service has not recovered: " + sentence, shown)
      }
    }
    let members: JSON = [
      "workload": .string(name), "steady": steady.json, "end": level.json,
    ]
    return (sentence, members)
  }
}
