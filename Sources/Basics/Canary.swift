#if CANARY
  /// What this program leaves out: a checker that finds nothing, or a fault that does nothing and says that it
  /// did. Built for one purpose only (`make canaries`): to see that somebody would notice.
  public enum Canary {
    /// `checker:NAME` or `fault:NAME`; set once, before anything else happens.
    public nonisolated(unsafe) static var leftOut = ""

    /// Whether a checker of this name finds nothing.
    public static func leavesOut(checker name: String) -> Bool { unsafe leftOut == "checker:\(name)" }

    /// Whether a fault of this name does nothing.
    public static func leavesOut(fault name: String) -> Bool { unsafe leftOut == "fault:\(name)" }
  }
#endif
