public import Basics
public import Checking
public import Histories

/// Everything a reader needs to judge one run: what every format is made from.
public struct RunRecord: Sendable {
  /// The experiment as its file describes it.
  public var experiment: Subject
  /// The stack's title; empty when the run was skipped before it was known.
  public var stack: String
  /// What everything random of the run followed from; the same seed repeats it.
  public var seed: UInt64
  /// The command that repeats the run.
  public var command: String
  /// Which of many runs of the experiment it is: `run 3 of 20`; nil for one by itself.
  public var repetition: String?
  /// When the run began by the wall clock, ISO 8601.
  public var started: String
  /// The same in nanoseconds since 1970; nil where nobody knows it so exactly.
  public var startedNanoseconds: Int64?
  /// From the run's start to its end; zero when it was skipped.
  public var duration: Duration
  /// What was seen; empty when nothing was.
  public var history: History
  /// One for each invariant that was judged.
  public var judgements: [Judgement]
  /// What was predicted of its faults, beside what was measured.
  public var predictions: [CheckedPrediction]
  /// How the run ended; its verdict is the exit code's when there is one.
  public var exit: ExitCode
  /// Why, in one sentence, when the run could not be judged as planned.
  public var trouble: String?
  /// What `expect:` came to; nil when the experiment expects nothing to fail.
  public var expectation: Expectation?
  /// Why nothing is claimed of it, in one sentence; nil: it was judged, or there is trouble.
  public var unjudged: String?
  /// That it was made again, by whom and from what, in a sentence or two; nil for the record of a run by itself.
  public var remade: String?
  /// What really ran, grouped by component and variant.
  public var servers: [Server]
  /// Where the time went, in order.
  public var timings: [Timing]
  /// What a reader should know: a process that died on its own, the fabric's timing error.
  public var notes: [String]
  /// The plan, as the `plan` verb prints it.
  public var plan: String
  /// The same for machines, but for what it was made of; null where there was none.
  public var planned: JSON
  /// The stack's parameters, a secret's value as its mark.
  public var parameters: [Setting]
  /// Which of them the command line set, as reports tell one variant of an experiment from another.
  public var set: [Setting]
  /// What is wrong with the files, each with its place; nothing where a plan could be made.
  public var problems: [PlacedProblem]
  /// The floating addresses by name.
  public var addresses: [Address]
  /// What stood where; nothing when the run was skipped before that was known.
  public var picture: StackPicture
  /// What no format shows, wherever it turns up.
  public var secrets: Secrets

  /// The record of a run that has only begun: nothing judged, and its exit `unknown` until it is.
  public init(experiment: Subject, stack: String, seed: UInt64, command: String, history: History) {
    self.experiment = experiment
    self.stack = stack
    self.seed = seed
    self.command = command
    self.history = history
    started = ""
    duration = .zero
    judgements = []
    predictions = []
    exit = .unknown
    servers = []
    timings = []
    notes = []
    plan = ""
    planned = .null
    parameters = []
    set = []
    problems = []
    addresses = []
    picture = StackPicture()
    secrets = .none
  }

  /// The worst of all findings, expected failures counted as met.
  public var verdict: Verdict { exit.verdict }
}

extension RunRecord {
  /// The experiment, as reports name and describe it.
  public struct Subject: Sendable {
    /// The file's name without folder and ending: `01-load-balancer-dies`.
    public var name: String
    /// The path it was read from.
    public var file: String
    /// A few words for a person.
    public var title: String
    /// What the experiment is about, for a person; empty when its file has none.
    public var description: String

    /// Reports show the texts as they stand; nothing is read from `file` again.
    public init(name: String, file: String, title: String, description: String) {
      self.name = name
      self.file = file
      self.title = title
      self.description = description
    }
  }

  /// A finding under the name the experiment gave its invariant.
  public struct Judgement: Sendable {
    /// The invariant's name, unique in the experiment.
    public var name: String
    /// The workload that was judged; nil for a judgement of the whole run.
    public var workload: String?
    /// What the checker found.
    public var finding: Finding
    /// The experiment says that this one must fail.
    public var isExpectedToFail: Bool
    /// Where the experiment has it; nil where nobody wrote it.
    public var place: FilePlace?

    /// `name` is the experiment's word; the checker's own is in the finding.
    public init(name: String, workload: String?, finding: Finding, isExpectedToFail: Bool) {
      self.name = name
      self.workload = workload
      self.finding = finding
      self.isExpectedToFail = isExpectedToFail
    }
  }

  /// What came of the invariants that had to fail.
  public struct Expectation: Sendable {
    /// Whether exactly the expected invariants failed.
    public var isMet: Bool
    /// One sentence for a person.
    public var summary: String

    /// The record's exit code is set apart from it.
    public init(isMet: Bool, summary: String) {
      self.isMet = isMet
      self.summary = summary
    }
  }

  /// One real server, or what stands in for one.
  public struct Server: Sendable, Hashable {
    /// The component it plays.
    public var component: String
    /// The component's variant that was chosen on this machine.
    public var variant: String
    /// What the program says of its own version; `unknown` when it cannot say.
    public var version: String
    /// What it stands in for; nil for the real thing.
    public var standsInFor: String?
    /// The names of the nodes it ran on, sorted.
    public var nodes: [String]

    /// `nodes` are to come sorted; reports keep their order.
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

  /// How long one step of the run took.
  public struct Timing: Sendable, Hashable {
    /// What was done, in words for a person.
    public var step: String
    /// By the monotonic clock.
    public var duration: Duration

    /// Reports show timings in the order of the record.
    public init(step: String, duration: Duration) {
      self.step = step
      self.duration = duration
    }
  }

  /// A floating address of the stack, so that reports can say its name.
  public struct Address: Sendable, Hashable {
    /// What the stack calls it.
    public var name: String
    /// The address with dots: `10.0.1.100`.
    public var ip: String

    /// `ip` is a text: reports only compare and print it.
    public init(name: String, ip: String) {
      self.name = name
      self.ip = ip
    }
  }
}
