public import Basics
internal import Checking

/// What became of each component under each fault, made from the `result.json` of the runs that tried it.
public struct FaultMatrix: Sendable {
  /// A component on the nodes of a role.
  public struct Row: Sendable {
    /// The component's name.
    public var component: String
    /// What its nodes are there for.
    public var role: String
    /// Which of them was struck, in words.
    public var aim: String

    /// The caller promises names of the stack.
    public init(component: String, role: String, aim: String) {
      self.component = component
      self.role = role
      self.aim = aim
    }

    /// `db on store`.
    public var title: String { "\(component) on \(role)" }
  }

  /// What is known of one component under one fault.
  public enum Cell: Sendable {
    /// What the runs of it showed; at least one.
    case tried([Trial])
    /// It was to be tried, and was not; why.
    case missed(String)
    /// The fault does not fit the component; why.
    case unfit(String)
    /// The fault struck the node, and the row at that place shows what became of it.
    case sameAs(Int)
  }

  /// The stack's title.
  public var stack: String
  /// The experiment whose traffic was sent.
  public var traffic: String
  /// What everything random followed from.
  public var seed: UInt64
  /// The command that makes it again.
  public var command: String
  /// When it began by the wall clock, ISO 8601.
  public var started: String
  /// Components, in the order of the stack.
  public var rows: [Row]
  /// Faults, in the order of the catalogue.
  public var columns: [String]
  /// For each row its cells, in the order of the columns.
  public var cells: [[Cell]]

  /// Every row has a cell for each column; that is the caller's to see to.
  public init(
    stack: String, traffic: String, seed: UInt64, command: String, started: String, rows: [Row],
    columns: [String], cells: [[Cell]]
  ) {
    self.stack = stack
    self.traffic = traffic
    self.seed = seed
    self.command = command
    self.started = started
    self.rows = rows
    self.columns = columns
    self.cells = cells
  }
}

extension FaultMatrix.Cell {
  /// The runs of it; none where it was not tried.
  var trials: [FaultMatrix.Trial] { if case .tried(let trials) = self { trials } else { [] } }

  /// Those that show something; the others have reasons.
  var measured: [FaultMatrix.Trial] { trials.filter(\.isMeasured) }

  /// What a cell says, the worst first: a violation outranks what nobody knows.
  var verdict: Verdict? {
    switch self {
    case .tried(let trials):
      if trials.contains(where: { $0.verdict == .invalid }) { return .invalid }
      return trials.allSatisfy { $0.verdict == .valid } ? .valid : .unknown
    case .missed: return .unknown
    case .unfit, .sameAs: return nil
    }
  }

  /// Whether the fault can strike the component at all.
  var isFit: Bool { if case .unfit = self { false } else { true } }

  /// Why there is nothing, or less than there should be; empty where all is known.
  var reason: String {
    switch self {
    case .tried(let trials):
      let unknown = trials.filter { !$0.isMeasured }
      guard let first = unknown.first else { return "" }
      return trials.count == 1
        ? first.reason : "\(unknown.count) of \(trials.count) runs: \(first.reason)"
    case .missed(let reason), .unfit(let reason): return reason
    case .sameAs: return ""
    }
  }

  /// What a reader should know besides the figures, in order; empty where there is nothing.
  var remarks: [String] {
    var remarks: [String] = []
    if !violated.isEmpty { remarks.append("violated: " + violated.joined(separator: ", ")) }
    if measured.contains(where: \.isCuredByHeal) { remarks.append("good only after the heal") }
    if !reason.isEmpty { remarks.append(reason) }
    return remarks
  }

  /// The worst of the runs that showed something; nil where none showed that.
  func worst(_ figure: (FaultMatrix.Trial) -> Double?) -> Double? {
    measured.compactMap(figure).max()
  }

  /// Everybody who noticed in any run, in order.
  var noticed: [String] {
    measured.flatMap(\.noticed).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The invariants that were violated in any run, in order.
  var violated: [String] {
    trials.flatMap(\.violated).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension FaultMatrix {
  /// Of all cells that fit, the worst: 1 where an invariant was violated, 3 where a run could not be carried out, 6
  /// where one showed nothing; 0 where every fault was measured and nothing was lost.
  public var exit: ExitCode {
    let fitting = cells.joined().compactMap { cell -> ExitCode? in
      switch cell {
      case .unfit, .sameAs: return nil
      case .missed: return .unknown
      case .tried(let trials):
        return .worst(trials.map(\.exit))
      }
    }
    return .worst(fitting)
  }

  /// How many cells fit, and how many of them were measured.
  var counts: (fitting: Int, measured: Int) {
    let fitting = cells.joined().filter { $0.verdict != nil }
    return (fitting.count, fitting.count { !$0.trials.isEmpty && $0.reason.isEmpty })
  }
}
