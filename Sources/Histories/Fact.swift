public import Basics

/// What an observer saw or the harness did; each is recorded once, and whatever shows the run
/// (state, progress, report) is a fold over them.
public enum Fact: Hashable, Sendable {
  /// The run entered a phase.
  case phase(Phase)
  /// A node's own address list has the floating address, or has it no more.
  case address(String, on: NodeID, isHeld: Bool)
  /// A node claimed the floating address on the wire. Nobody says there that they stopped.
  case claim(String, by: NodeID, ClaimMeans)
  /// What an instance answered when asked for its role.
  case role(InstanceID, Reading<String>)
  /// What one of a component's probes read: `lag`, `queue length`, in the probe's own unit.
  case probe(String, of: InstanceID, Reading<Double>)
  /// An instance's main process began, was frozen, or ended.
  case process(InstanceID, ProcessState)
  /// A whole node got or lost its power.
  case power(NodeID, isOn: Bool)
  /// What the fabric has counted so far between two sites.
  case counter(String, from: String, to: String, Int64)
  /// The harness itself was held up; `length` until the observation's time.
  case stall(Stall)
  /// A workload of the run, told before its first operation.
  case workload(WorkloadFact)
  /// The words with which a component's instances say that they lead.
  case leadership(component: String, words: [String])
  /// What is predicted of the run from how an instance is configured.
  case prediction(Prediction)
  /// Something became of a fault; a history keeps the newest mark of each.
  case fault(FaultChange)
  /// The schedule stood still for so long, until the observation's time, before a step was let begin; its id.
  case heldUp(step: Int, Duration)
  /// The method ended before its time, and why.
  case abortion(String)
  /// What the harness itself fell short of, such as frames that found no room: a reason to doubt the run.
  case shortfall(String)
  /// How often a word passed in clear that was listened for; told once, when the traffic is over.
  case overheard(Overheard)
  /// What passed on a network where everything should be encrypted; told once, when the traffic is over.
  case line(LineHearing)
  /// Packets passed there in clear; told when the traffic is over.
  case inClear(HeardInClear)
  /// What became of all tries of a node to reach a port; told once, when the traffic is over.
  case reach(Reach.Tally)
  /// A node could reach a port; told when it could no more, or when the traffic is over.
  case reached(Reach.Spell)
  /// How often a secret stands in a server's log; told once, when all servers have ended.
  case logged(Logged)
  /// A sentence for a reader, and what it is about: a node, an instance, or empty.
  case note(about: String, String)
}

extension Fact {
  /// The stretches of a run, in order.
  public enum Phase: String, Hashable, Sendable, CaseIterable {
    /// The stack is brought up.
    case up
    /// The stretch without an error that the steady state asks for has begun.
    case steady
    /// Faults are injected.
    case method
    /// Everything is healed; traffic is to be good again.
    case settle
    /// Traffic has ended; replicas are read.
    case final
    /// The stack was brought up by hand and waits to be poked at.
    case live
    /// The stack is taken down.
    case down
  }

  /// How a node claims an address on the wire; files name it as the source of the observation.
  public enum ClaimMeans: String, Hashable, Sendable {
    /// Address resolution of IPv4 (RFC 826).
    case arp
    /// Neighbour discovery of IPv6 (RFC 4861).
    case ndp
  }

  /// An answer, or why there was none.
  public enum Reading<Content: Hashable & Sendable>: Hashable, Sendable {
    case answer(Content)
    /// Why it could not be read: the query took too long, exited with an error, or the node is off.
    case silence(String)

    /// The answer; nil when there was none.
    public var answer: Content? { if case .answer(let content) = self { content } else { nil } }
  }

  /// What is known of an instance's main process.
  public enum ProcessState: Hashable, Sendable {
    case running
    case paused
    /// How it ended: `exited with 1`, `killed by SIGKILL`.
    case ended(String)

    /// In a word or two for a person.
    public var text: String {
      switch self {
      case .running: "running"
      case .paused: "paused"
      case .ended(let how): how
      }
    }
  }

  /// The harness did not get to run when it should have.
  public struct Stall: Hashable, Sendable {
    /// Which part: a client node, `nemesis`, `switch`.
    public var place: String
    /// From when that part should have run to the observation's time.
    public var length: Duration
    /// For how much of it some task of the machine waited for a processor, by the kernel's account;
    /// nil where nobody counted it.
    public var processorWait: Duration?

    /// A stall of that length, which ends at the time of the observation it goes into.
    public init(place: String, length: Duration, processorWait: Duration? = nil) {
      self.place = place
      self.length = length
      self.processorWait = processorWait
    }
  }

  /// What checkers must know of a workload besides its operations.
  public struct WorkloadFact: Hashable, Sendable {
    /// As in the experiment's file; the label of its operations.
    public var name: String
    /// From the intended start; a later answer is no good to whoever asked.
    public var timeout: Duration

    /// The workload of that name, and how long its operations may take.
    public init(name: String, timeout: Duration) {
      self.name = name
      self.timeout = timeout
    }
  }
}
