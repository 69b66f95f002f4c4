public import Checking
public import Basics
public import Histories

/// Every server answers its share: equal parts, within a tolerance relative to the equal share.
///
/// With two servers and `tolerance: 10%` each must answer between 45 and 55 percent.
public struct Balanced: Checker {
  public static let name = "balanced"
  public static let summary = "Every server answers an equal share, within a tolerance."
  public static let schema = ServiceFrame.schema([
    .init(
      "tolerance", .ratio, "How far a share may be from equal, relative to it.",
      default: "10%"),
    .init("nodes", .list(of: .text), "The servers; without it, those that answered."),
    Lateness.key, Part.key,
  ])

  let frame: ServiceFrame
  let tolerance: Ratio
  let nodes: [String]?
  let part: Part
  let late: Lateness

  public var feed: Feed { .traffic }

  public init(_ settings: Settings) throws(SettingsError) {
    frame = try ServiceFrame(settings)
    tolerance = settings.ratio("tolerance") ?? Ratio(0.1)
    nodes = settings.texts("nodes")
    part = Part(settings)
    late = Lateness(settings)
    if let nodes, Set(nodes).count != nodes.count || nodes.count < 2 {
      throw SettingsError("nodes", "name at least two servers, each once")
    }
  }

  public func check(_ history: History, within budget: Budget) -> Finding {
    let timeline = frame.timeline(of: history)
    let traffic = Traffic(history, in: timeline.judged, functions: frame.functions, late: late)
    if let obstacle = frame.obstacle(history, traffic) {
      return Self.nothingToJudge(obstacle, operations: traffic.samples.count)
    }
    var judgement = Judgement()
    frame.doubt(part, timeline, traffic, &judgement)
    let counts = answers(traffic, timeline, history)
    let servers = (nodes ?? counts.keys.sorted())
    let total = counts.values.reduce(0, +)
    judge(servers, counts, total, &judgement)
    let shares = servers.map { "\($0) \(Wording.share(counts[$0] ?? 0, of: total))" }
    return judgement.finding(
      of: Self.self,
      held: "\(total) answers \(part.words): \(shares.joined(separator: ", "))",
      operations: total,
      figures: [
        .init("answers", .integer(total)),
        .init(
          "servers",
          .object(
            Set(servers).union(counts.keys).sorted().map { .init($0, .integer(counts[$0] ?? 0)) })),
      ])
  }

  /// Successful operations by the name of the server that answered.
  private func answers(
    _ traffic: Traffic, _ timeline: Timeline, _ history: History
  ) -> [String: Int] {
    var byLabel = [Int](repeating: 0, count: history.labels.count)
    for window in part.windows(timeline) {
      for sample in traffic[window] where !sample.isBad && sample.node != .none {
        byLabel[Int(sample.node.index)] += 1
      }
    }
    let pairs = zip(history.labels, byLabel).filter { $0.1 > 0 }
    return Dictionary(pairs.map { ($0.0, $0.1) }, uniquingKeysWith: +)
  }

  private func judge(
    _ servers: [String], _ counts: [String: Int], _ total: Int, _ judgement: inout Judgement
  ) {
    guard servers.count >= 2 else {
      judgement.doubt(
        servers.isEmpty
          ? "No answer says which server gave it."
          : "Only \(servers[0]) answered; name the servers in `nodes` to judge their shares.")
      return
    }
    guard total >= frame.enough else {
      judgement.doubt("Only \(Wording.count(total, "answer")), \(frame.enough) are needed.")
      return
    }
    let equal = Double(total) / Double(servers.count)
    for server in servers {
      let count = counts[server] ?? 0
      let deviation = abs(Double(count) - equal) / equal
      guard deviation > tolerance.value + 1e-9 else { continue }
      judgement.violated(
        "unbalanced",
        "\(server) answered \(count) of \(total) (\(Wording.share(count, of: total))), an equal "
          + "share is \(Decimal.trimmed(equal, decimals: 1)) and \(tolerance) of it is tolerated")
    }
    for stranger in counts.keys.sorted() where !servers.contains(stranger) {
      judgement.violated(
        "unknown server", "\(stranger) answered \(counts[stranger]!) and is not in `nodes`")
    }
  }
}
