public import Basics
internal import Histories

/// A server that takes more memory than it may, and meets a killer for it.
///
/// The killer is Faultline's own, not the kernel's: no memory cgroup is used, so it is the same on every
/// machine. Confirmed by a process that was killed and is gone. Healed by lifting the limit and starting
/// what its end has left down.
public struct MemoryLimit: ResourceFault {
  public static let name = "memory-limit"
  public static let showsOnDemand = true
  public static let summary =
    "Kills the process of a component with the highest oom_score (SIGKILL), as the kernel would, when all "
    + "have more memory resident than the limit; Faultline's own killer, not the kernel's."
  public static let schema = Schema([
    .init(
      "limit", .text,
      "What all processes of the component together may have resident, shared pages counted once: bytes, "
        + "or with K, M or G (64M or 64MiB), 1M at least; looked at every 25 ms.",
      default: "64M")
  ])
  public static let aim = Aim.nodesOrInstances
  public static let confirmation =
    "By a process that was killed for it and that the kernel knows no more."

  /// In bytes.
  public let limit: Int

  public init(_ settings: Settings) throws(FaultSettingsError) {
    let text = settings.text("limit") ?? "64M"
    guard let bytes = ByteCount.read(text), bytes >= 1 << 20 else {
      throw FaultSettingsError("limit", "a size of at least 1M, such as 64M, is expected here")
    }
    limit = bytes
  }

  public var text: String { "limit the memory to \(ByteCount.text(limit)) of" }

  var squeeze: Squeeze { .memory(bytes: limit) }

  func judge(_ reading: SqueezeReading, of subject: Squeezed) -> Confirmation {
    guard case .memory(let use) = reading else { return unfit(subject) }
    guard let first = use.victims.first else {
      return .notYet(
        "\(subject) had \(Self.megabytes(use.mostBytes)) resident at most, which is within its limit"
      )
    }
    guard let gone = use.victims.first(where: \.isGone) else {
      return .notYet("process \(first.process) of \(subject) was killed, but is still there")
    }
    let others = use.victims.count == 1 ? "" : " (the first of \(use.victims.count))"
    return .yes(
      "process \(gone.process) of \(subject) was killed when all had \(Self.megabytes(gone.usedBytes)) "
        + "resident, and is gone\(others)")
  }

  func measure(_ reading: SqueezeReading, of subject: Squeezed) -> FaultMeasure? {
    guard case .memory(let use) = reading, let first = use.victims.first else { return nil }
    return FaultMeasure(
      "memory of \(subject)", requested: "at most \(ByteCount.text(limit))",
      measured: "\(Self.megabytes(first.usedBytes)) when one was killed")
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    try release(targets, on: cluster)
    try targets.start(on: cluster, sparing: others)
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    let released = try confirmReleased(targets, on: cluster)
    guard released.isConfirmed else { return released }
    return try targets.confirmReady(on: cluster, sparing: others)
  }

  private static func megabytes(_ bytes: Int) -> String {
    Decimal.trimmed(Double(bytes) / Double(1 << 20), decimals: 1) + " MiB"
  }
}
