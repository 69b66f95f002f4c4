/// What is seen of a squeeze at one moment, from outside of what makes it.
public enum SqueezeReading: Hashable, Sendable {
  case cpu(Processor)
  case memory(Memory)
  /// One for each process that was there a moment ago.
  case descriptors([Descriptors])
  case processes(Table)
  case connections(Connections)
  case ports(Ports)

  /// The processor time that a component has had since it was squeezed.
  public struct Processor: Hashable, Sendable {
    /// Wall time.
    public var window: Duration
    /// What the kernel counted for all its processes together.
    public var used: Duration
    /// In how many periods it had used up its quota, and was stopped while it wanted to run.
    public var exhausted: Int
    /// How many processes it has now.
    public var processes: Int

    /// The caller promises a window above zero.
    public init(window: Duration, used: Duration, exhausted: Int, processes: Int) {
      self.window = window
      self.used = used
      self.exhausted = exhausted
      self.processes = processes
    }
  }

  /// The memory of a component, pages that several processes share counted once.
  public struct Memory: Hashable, Sendable {
    /// Resident now, in bytes.
    public var usedBytes: Int
    /// The most since it was squeezed, in bytes.
    public var mostBytes: Int
    /// Whom it cost their life, in order.
    public var victims: [Victim]

    /// A process that was killed for the memory of its component.
    public struct Victim: Hashable, Sendable {
      /// Its number on the machine, and the name of its program.
      public var process: String
      /// What the component had resident when it was chosen, in bytes.
      public var usedBytes: Int
      /// Whether the kernel knows it no more.
      public var isGone: Bool

      /// One that was sent SIGKILL.
      public init(process: String, usedBytes: Int, isGone: Bool) {
        self.process = process
        self.usedBytes = usedBytes
        self.isGone = isGone
      }
    }

    /// Nobody was killed yet, unless there are victims.
    public init(usedBytes: Int, mostBytes: Int, victims: [Victim] = []) {
      self.usedBytes = usedBytes
      self.mostBytes = mostBytes
      self.victims = victims
    }
  }

  /// The open files of one process.
  public struct Descriptors: Hashable, Sendable {
    /// Its number on the machine, and the name of its program.
    public var process: String
    /// The soft limit that the kernel shows for it now.
    public var limit: Int
    /// The limit that it was given.
    public var intended: Int
    /// How many it has open.
    public var open: Int
    /// Whether it was seen with no number left to open another.
    public var wasFull: Bool

    /// All numbers count descriptors.
    public init(process: String, limit: Int, intended: Int, open: Int, wasFull: Bool) {
      self.process = process
      self.limit = limit
      self.intended = intended
      self.open = open
      self.wasFull = wasFull
    }
  }

  /// A node's table of processes.
  public struct Table: Hashable, Sendable {
    /// Idle processes that were started to fill it.
    public var fillers: Int
    /// How many processes the node may have.
    public var limit: Int
    /// Whether the kernel refused a start on the node just now for want of a place (EAGAIN).
    public var isRefused: Bool

    /// What one try has shown.
    public init(fillers: Int, limit: Int, isRefused: Bool) {
      self.fillers = fillers
      self.limit = limit
      self.isRefused = isRefused
    }
  }

  /// Connections that are held to a server's port.
  public struct Connections: Hashable, Sendable {
    /// How many there are to be.
    public var wanted: Int
    /// How many the server's own kernel shows as established, by their other ends.
    public var established: Int

    /// Both count connections.
    public init(wanted: Int, established: Int) {
      self.wanted = wanted
      self.established = established
    }
  }

  /// The local ports of a node.
  public struct Ports: Hashable, Sendable {
    /// How many ports connections may begin at, all of them taken.
    public var count: Int
    /// Whether a connection that was tried just now found none (EADDRNOTAVAIL).
    public var isRefused: Bool

    /// What one try has shown.
    public init(count: Int, isRefused: Bool) {
      self.count = count
      self.isRefused = isRefused
    }
  }
}
