public import Basics
public import Stacks

/// What a fault may do to a running stack, and ask of it, by what is acted upon.
///
/// Declared here, where it is used; the harness implements it, tests record a transcript of it.
/// Every call blocks the caller's thread, and is short unless it says otherwise.
public protocol Cluster: ClusterRoles, ClusterProcesses, ClusterPower, ClusterPaths,
  ClusterNeighbours, ClusterClocks, ClusterDisks, ClusterResources, ClusterObservations, ClusterActs
{
  var stack: ResolvedStack { get }
}

/// Who holds and who leads.
public protocol ClusterRoles {
  /// The nodes that hold a floating address now, sorted; several while they disagree.
  func owners(of address: String) throws(FaultError) -> [NodeID]
  /// The instance's own answer, one word such as `primary`; takes as long as its role query may.
  func role(of instance: InstanceID) throws(FaultError) -> String
  /// Runs its promote command to its end.
  /// Blocks for as long as that may take.
  func promote(_ instance: InstanceID) throws(FaultError)
}

/// The processes of instances.
public protocol ClusterProcesses {
  func state(of instance: InstanceID) throws(FaultError) -> InstanceState
  /// Whether its ready probe succeeds; one without a probe is ready while it runs. Asked again
  /// and again: may be the newest answer of a probe that runs elsewhere, but none from before the
  /// last start.
  func isReady(_ instance: InstanceID) throws(FaultError) -> Bool
  /// Sends a signal to the main process, or to all its processes; nothing when there is none.
  func signal(_ signal: Signal, _ instance: InstanceID, mainOnly: Bool) throws(FaultError)
  /// Stops it as an operator would: its own stop signal, and a kill when its time is up.
  /// Blocks until it is gone.
  func stop(_ instance: InstanceID) throws(FaultError)
  /// Kills what is left of it and spawns it again, without waiting for it to be ready; nothing
  /// when its main process is alive.
  func start(_ instance: InstanceID) throws(FaultError)
  /// How the instance starts from now on.
  func setStarting(_ starting: Starting, of instance: InstanceID) throws(FaultError)
  /// Writes the instance's files as a release has them, and starts it so from now on; it must not run.
  func replace(_ instance: InstanceID, by release: Release) throws(FaultError)
  /// What it was replaced by last; nil while it is as the stack's file says.
  func release(of instance: InstanceID) throws(FaultError) -> Release?
  func freeze(_ instance: InstanceID) throws(FaultError)
  func thaw(_ instance: InstanceID) throws(FaultError)
}

/// The power of whole nodes, and their cables.
public protocol ClusterPower {
  /// Kills every process of the node at once and takes its interfaces down.
  func powerOff(_ node: NodeID) throws(FaultError)
  /// Brings the node back as a reboot would (interfaces, no leftover addresses) and spawns its
  /// instances, but those that another fault still holds down.
  func powerOn(_ node: NodeID, except heldDown: Set<InstanceID>) throws(FaultError)
  func power(of node: NodeID) throws(FaultError) -> PowerState

  /// Whether the node stands by: nothing was started on it since it was declared or made a spare.
  func isSpare(_ node: NodeID) -> Bool
  /// Makes a node one that stands by, or that serves; starts and stops nothing.
  func setSpare(_ node: NodeID, _ isSpare: Bool)

  /// Takes the carrier of all interfaces of the node away, or gives it back.
  func setCarrier(of node: NodeID, isUp: Bool) throws(FaultError)
  /// Whether the node itself sees a carrier on all its interfaces.
  func hasCarrier(_ node: NodeID) throws(FaultError) -> Bool
}

/// What instances can be made to do, and commands on their nodes.
public protocol ClusterActs {
  /// Runs a part of one of an instance's acts to its end.
  /// Blocks for as long as the act may take.
  func carryOut(_ act: String, _ part: ActPart, on instance: InstanceID, about target: String)
    throws(FaultError)
  /// Whether an act's own probe shows it in effect; nil where it has none.
  func shows(_ act: String, on instance: InstanceID, about target: String) throws(FaultError)
    -> Bool?
  /// Starts a command on a node, as a component's user where one is named, else as an operator would, and
  /// returns at once. It is killed when its time is up.
  func launch(
    _ command: [String], on node: NodeID, as component: String?, within: Duration, key: String)
    throws(FaultError)
  /// How the command of that key ended; nil while it runs.
  func outcome(of key: String, on node: NodeID) throws(FaultError) -> CommandOutcome?
}

/// The commands of an act.
public enum ActPart: String, Hashable, Sendable { case command, undo }

/// How a command ended.
public struct CommandOutcome: Hashable, Sendable {
  /// Whether it exited with 0.
  public var isSuccess: Bool
  /// `exited with 3: its last line`.
  public var text: String

  /// The caller promises a text that can be shown.
  public init(isSuccess: Bool, text: String) {
    self.isSuccess = isSuccess
    self.text = text
  }
}

/// What those who look on saw last; asking costs nothing.
public protocol ClusterObservations {
  /// What an instance last said of its role when it was polled; nil while it is silent.
  func lastRole(of instance: InstanceID) -> String?
  /// Which of a component's instances said that it leads when the method began; nil when none did.
  func firstLeader(of component: String) -> InstanceID?
  /// What one of its probes last read, in the probe's own unit; nil while it is silent.
  func lastReading(of probe: String, on instance: InstanceID) -> Double?
  /// How the operations of one workload, or of all, went: those that ended within the last `length`,
  /// or since the traffic began.
  func operations(of workload: String?, over length: Duration?) -> OperationCounts
  /// How long the good operations of one workload, or of all, took that ended within the last `length`,
  /// counted from their intended starts; in no order.
  func latencies(of workload: String?, over length: Duration) -> [Duration]
}

/// How many operations went well and how many did not.
public struct OperationCounts: Hashable, Sendable {
  /// Answered as the workload wants, in time.
  public var good: Int
  /// All others that ended.
  public var bad: Int

  /// Both count whole operations.
  public init(good: Int, bad: Int) {
    self.good = good
    self.bad = bad
  }
}

/// The ways between nodes.
public protocol ClusterPaths {
  /// Puts a policy on the fabric; its counters start at nothing. Before that, and as long as it is
  /// there, probes of the harness' own are sent along each of its paths.
  func impair(_ policy: Policy) throws(FaultError)
  /// Takes the policy of that name away; nothing when there is none.
  func lift(policy name: String) throws(FaultError)
  /// What went through a policy since it was put there; nil when there is none of that name.
  func traffic(under policy: String) throws(FaultError) -> PolicyTraffic?
}

/// What components and nodes may use of the machine.
public protocol ClusterResources {
  /// Takes a resource away, under a key that no other squeeze has.
  func squeeze(_ squeeze: Squeeze, _ target: Squeezed, as key: String) throws(FaultError)
  /// What is seen of a squeeze now, from outside of what makes it; nil when there is none of that key.
  func reading(of key: String) throws(FaultError) -> SqueezeReading?
  /// Gives back what was taken, looks that it is so, and forgets the key; nothing when there is none.
  func release(_ key: String) throws(FaultError)
}

/// What may be sent to an instance's processes, named as signal(7) does but without `SIG`: `KILL`
/// ends them at once, `TERM` asks them to end.
public enum Signal: String, Sendable { case kill = "KILL", terminate = "TERM" }

/// What becomes of an instance that is started.
public enum Starting: Hashable, Sendable {
  /// Its command is executed.
  case usual
  /// Its process ends at once with an error, as one does whose files are broken.
  case refused
  /// Its process waits so long before it executes the command.
  case delayed(by: Duration)
}

/// What is known of an instance's processes.
public struct InstanceState: Hashable, Sendable {
  /// Whether the instance's main process is alive, frozen or not.
  public var isMainAlive: Bool
  /// All that belong to it, the main one included.
  public var processes: Int
  /// Whether its processes are alive but get no time until they are thawed.
  public var isFrozen: Bool
  /// When the harness has started it, in order.
  public var starts: [Instant]

  /// Unless told otherwise it is not frozen and was started once, when the run began.
  public init(
    isMainAlive: Bool, processes: Int, isFrozen: Bool = false, starts: [Instant] = [.start]
  ) {
    self.isMainAlive = isMainAlive
    self.processes = processes
    self.isFrozen = isFrozen
    self.starts = starts
  }
}

/// Whether a node has power, and what of it lives.
public struct PowerState: Hashable, Sendable {
  /// False from when its power is taken away until it is given back.
  public var isOn: Bool
  /// Processes of its instances that are alive.
  public var processes: Int

  /// `processes` counts those of all the node's instances together.
  public init(isOn: Bool, processes: Int) {
    self.isOn = isOn
    self.processes = processes
  }
}

/// What could not be done to the stack.
public struct FaultError: Error, Hashable, CustomStringConvertible {
  /// `kill lb-a/proxy`.
  public let attempted: String
  /// Why it could not be done: what was found, or the system's own error.
  public let reason: String

  /// The two are shown as `attempted: reason`.
  public init(_ attempted: String, _ reason: String) {
    self.attempted = attempted
    self.reason = reason
  }

  public var description: String { "\(attempted): \(reason)" }
}
