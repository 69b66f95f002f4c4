public import Basics

/// The clocks of instances.
public protocol ClusterClocks {
  /// Moves the clock of all processes of an instance, also of those that it starts later. Several
  /// movements of one clock add up.
  func moveClock(of instance: InstanceID, _ movement: ClockMovement, as name: String)
    throws(FaultError)
  /// Takes the movement of that name back; nothing when there is none.
  func restoreClock(of instance: InstanceID, as name: String) throws(FaultError)
  /// Reads the clock of every process, and asks the instance itself where its component says how:
  /// takes as long as that may.
  func clock(of instance: InstanceID) throws(FaultError) -> ClockLook
}

/// What one look at an instance's clock showed.
public struct ClockLook: Hashable, Sendable {
  /// What the instance itself said.
  public enum Answer: Hashable, Sendable {
    /// It is that far ahead of the true time, as far as its answer tells.
    case ahead(ClosedRange<Duration>)
    /// Why it said nothing.
    case silence(String)
  }

  /// How far ahead the clock should be at that moment; nil where nothing moves it.
  public var wanted: Duration?
  /// Processes that were looked at.
  public var processes: Int
  /// How far ahead they are, the least and the most; nil where there are none.
  public var ahead: ClosedRange<Duration>?
  /// Those that are not moved although they should be, each with the reason.
  public var unmoved: [String] = []
  /// Those that still have anything of a movement in them.
  public var touched: Int = 0
  /// How often a strobe has turned.
  public var turns: Int64 = 0
  /// For how long a program that was executed may have had the true time.
  public var longestGap: Duration = .zero
  /// What it says itself; nil where its component does not say how it is asked.
  public var answer: Answer?

  /// Nothing is unmoved or touched, and nobody was asked, until that is said.
  public init(wanted: Duration?, processes: Int, ahead: ClosedRange<Duration>?) {
    self.wanted = wanted
    self.processes = processes
    self.ahead = ahead
  }
}
