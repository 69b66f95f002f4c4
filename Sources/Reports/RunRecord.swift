public import Basics
public import Checking
public import Histories

/// Everything a reader needs to judge one run: what every format is made from.
public struct RunRecord: Sendable {
  /// The experiment as its file describes it.
  public var experiment: Subject
  public var stack: String
  public var seed: UInt64
  /// The command that repeats the run.
  public var command: String
  /// When the run began by the wall clock, ISO 8601.
  public var started: String
  public var duration: Duration
  public var history: History
  public var judgements: [Judgement]
  /// How the run ended; its verdict is the exit code's when there is one.
  public var exit: ExitCode
  /// Why, in one sentence, when the run could not be judged as planned.
  public var trouble: String?
  /// What `expect:` came to; nil when the experiment expects nothing to fail.
  public var expectation: Expectation?
  public var servers: [Server]
  /// Where the time went, in order.
  public var timings: [Timing]
  /// What a reader should know: a process that died on its own, the fabric's timing error.
  public var notes: [String]
  /// The plan, as the `plan` verb prints it.
  public var plan: String
  /// The floating addresses by name.
  public var addresses: [Address]

  public init(experiment: Subject, stack: String, seed: UInt64, command: String, history: History) {
    self.experiment = experiment
    self.stack = stack
    self.seed = seed
    self.command = command
    self.history = history
    started = ""
    duration = .zero
    judgements = []
    exit = .unknown
    servers = []
    timings = []
    notes = []
    plan = ""
    addresses = []
  }

  /// The worst of all findings, expected failures counted as met.
  public var verdict: Verdict {
    switch exit {
    case .valid: .valid
    case .invalid: .invalid
    default: .unknown
    }
  }
}

extension RunRecord {
  public struct Subject: Sendable {
    /// The file's name without folder and ending: `01-load-balancer-dies`.
    public var name: String
    public var file: String
    public var title: String
    public var description: String

    public init(name: String, file: String, title: String, description: String) {
      self.name = name
      self.file = file
      self.title = title
      self.description = description
    }
  }

  /// A finding under the name the experiment gave its invariant.
  public struct Judgement: Sendable {
    public var name: String
    public var workload: String?
    public var finding: Finding
    /// The experiment says that this one must fail.
    public var isExpectedToFail: Bool

    public init(name: String, workload: String?, finding: Finding, isExpectedToFail: Bool) {
      self.name = name
      self.workload = workload
      self.finding = finding
      self.isExpectedToFail = isExpectedToFail
    }
  }

  public struct Expectation: Sendable {
    public var isMet: Bool
    public var summary: String

    public init(isMet: Bool, summary: String) {
      self.isMet = isMet
      self.summary = summary
    }
  }

  /// One real server, or what stands in for one.
  public struct Server: Sendable, Hashable {
    public var component: String
    public var variant: String
    public var version: String
    public var standsInFor: String?
    public var nodes: [String]

    public init(
      component: String, variant: String, version: String, standsInFor: String?, nodes: [String]
    ) {
      self.component = component
      self.variant = variant
      self.version = version
      self.standsInFor = standsInFor
      self.nodes = nodes
    }
  }

  public struct Timing: Sendable, Hashable {
    public var step: String
    public var duration: Duration

    public init(step: String, duration: Duration) {
      self.step = step
      self.duration = duration
    }
  }

  public struct Address: Sendable, Hashable {
    public var name: String
    public var ip: String

    public init(name: String, ip: String) {
      self.name = name
      self.ip = ip
    }
  }
}
