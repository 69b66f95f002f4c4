public import Basics

/// A server as it will run on its node: everything substituted, nothing left to decide.
///
/// All paths are absolute, as the processes of the node see them.
public struct Instance: Sendable {
  /// Its node and component, unique in the stack.
  public var id: InstanceID
  /// The variant that was chosen.
  public var variant: String
  /// What a stand-in stands in for; nil for the real thing.
  public var standInFor: String?
  /// The folder that its component was read from, as the library named it.
  public var source: String
  /// Where its binary was found.
  public var binary: String
  /// The Debian packages that bring its binary.
  public var packages: [String]
  /// How to ask it for its version; nil when it cannot tell.
  public var version: VersionQuery?
  /// Every parameter with the text it has here, in the order declared.
  public var parameters: [ResolvedStack.Value]
  /// The user its processes run as; group and supplementary groups follow it.
  public var user: String
  /// What its processes have of root's power, whoever their user is.
  public var capabilities: CapabilitySet
  /// Files and folders of the machine that its node sees besides `/usr`, read-only; absolute.
  public var sees: [String]
  /// Devices of the machine that its node has besides those that every node has, below `/dev`: `net/tun`.
  public var devices: [String]
  /// What of the machine's devices may be handed to a node: what is made with them stays in its namespaces.
  public static let innerDevices = ["net/tun"]
  /// Commands run as the user whenever the node gets its power, before its network carries anything.
  public var boot: [[String]]
  /// What runs in the foreground.
  public var command: [String]
  /// Sorted by name; nothing else is passed on.
  public var environment: [ResolvedStack.Value]
  /// Its private folder.
  public var folder: String
  /// Folders that are made for it besides its own, in the order written.
  public var folders: [Folder]
  /// Files that are written for it, in the order written.
  public var files: [File]
  /// How its clean data folder is made; nil when it starts without one.
  public var prepare: Preparation?
  /// Who must be ready before this one prepares and starts; sorted.
  public var startAfter: [InstanceID]
  /// What tells that it is ready; nil when it counts as ready once it runs.
  public var ready: Probe?
  /// How its role is learnt, and what its roles mean.
  public var roleQuery: RoleQuery?
  /// How it is asked for the time; nil when it cannot tell.
  public var clock: ClockQuery?
  /// In the order written.
  public var probes: [ProbeQuery]
  /// How it is asked which alerts fire; nil when it does not watch others.
  public var alerts: AlertQuery?
  /// The command that makes it the leader; nil when its component has none, and then the action
  /// `promote` is refused.
  public var promote: Query?
  /// What it can be made to do, in the order written.
  public var acts: [ComponentAct]
  /// What follows from its configuration of the times after a fault, in the order written.
  public var predictions: [Prediction]
  /// How it is asked to end.
  public var stop: Stop
  /// Commands run as the user before a start that follows a kill.
  public var restartPrepare: [[String]]

  /// Prints the role in one word.
  public var role: Query? { roleQuery?.query }

  /// A file with its templates rendered.
  public struct File: Hashable, Sendable {
    /// Absolute, as the node sees it.
    public var path: String
    /// Permission bits, at most 0o7777; 0o644 unless the recipe says otherwise.
    public var mode: UInt32
    /// All of it, to the byte.
    public var contents: [UInt8]
  }

  /// A folder that the instance needs to be there.
  public struct Folder: Hashable, Sendable {
    /// Absolute, as the node sees it.
    public var path: String
    /// Permission bits, at most 0o7777; 0o755 unless the recipe says otherwise.
    public var mode: UInt32
  }

  /// How a clean data folder is made.
  public struct Preparation: Hashable, Sendable {
    /// What is cached.
    public var folder: String
    /// Commands run in order as the user, in the node.
    public var steps: [[String]]
    /// Everything that went into it as text, that of the instances it follows included; its hash
    /// is the cache's key. It does not know the binaries' contents: add size and time of change.
    public var cacheKeyInput: String
    /// Prepared instances whose data this one may have copied: valid only together with the very
    /// folders they were prepared with.
    public var follows: [InstanceID]
  }

  /// A command that answers with a word or with its exit status.
  public struct Query: Hashable, Sendable {
    /// The program and its arguments.
    public var command: [String]
    /// How long an answer may take.
    public var within: Duration

    /// The command is run as it stands, without a shell.
    public init(command: [String], within: Duration) {
      self.command = command
      self.within = within
    }
  }

  /// How an instance is asked to end before it is made to.
  public struct Stop: Hashable, Sendable {
    /// Without the prefix: `TERM`.
    public var signal: String
    /// How long it may take before it is killed.
    public var within: Duration
  }
}

/// When an instance counts as ready; asked within its node.
public struct Probe: Hashable, Sendable {
  /// What is asked, and which answer means ready.
  public enum Kind: Hashable, Sendable {
    /// `status` nil takes any of 200 to 399; where it is insecure, any certificate will do.
    case http(url: String, status: Int?, bodyHas: String?, isInsecure: Bool)
    /// Ready when it accepts a connection.
    case tcp(IPAddress, port: UInt16)
    /// Ready when it exits with 0.
    case command([String])
  }

  /// What is asked until the answer means ready.
  public var kind: Kind
  /// How long it may take from the start.
  public var within: Duration
}

/// How to learn which version of a server is installed.
public struct VersionQuery: Hashable, Sendable {
  /// The program and its arguments; its output is searched for `pattern`.
  public var command: [String]
  /// A regular expression; its first group, or else all it matches, is the version.
  public var pattern: String
}
