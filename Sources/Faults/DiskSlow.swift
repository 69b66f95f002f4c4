public import Basics
internal import Durability
internal import Histories

/// The disk under a component answers late.
///
/// Every read, write and fsync waits the latency, and for its bytes where there is a bandwidth. What the
/// kernel holds of a file is read without asking the disk.
public struct DiskSlow: DiskFault {
  public static let name = "disk-slow"
  public static let summary = "Delays reads, writes and fsyncs on the disk of a component."
  public static let schema = Schema([
    .init("latency", .duration, "How long each request waits.", default: "20ms"),
    .init(
      "bandwidth", .number,
      "Megabytes (10^6 bytes) a second for all requests together, from 0.001 to 100000; without it no "
        + "bound."),
    pathKey,
  ])
  public static let mustLast = true

  let rule: DiskRule
  private let latency: Duration
  private let megabytes: Double?

  public init(_ settings: Settings) throws(FaultSettingsError) {
    latency = settings.duration("latency") ?? .milliseconds(20)
    megabytes = settings.number("bandwidth")
    if let megabytes, !(0.001...100_000).contains(megabytes) {
      throw FaultSettingsError("bandwidth", "a number from 0.001 to 100000 is expected here")
    }
    guard latency > .zero || megabytes != nil else {
      throw FaultSettingsError("latency", "it must not be zero where there is no bandwidth")
    }
    guard latency <= .seconds(10) else {
      throw FaultSettingsError("latency", "at most 10s are expected here")
    }
    rule = DiskRule(
      .slow(latency: latency, bytesPerSecond: megabytes.map { Int($0 * 1e6) }),
      on: [.read, .write, .sync], of: try settings.diskPaths())
  }

  public var text: String {
    let bound = megabytes.map { " at \(Decimal.trimmed($0, decimals: 3)) MB/s" } ?? ""
    return "slow disk (\(latency.text)\(bound)) under"
  }

  func measures(_ probing: DiskProbing, of instance: InstanceID) -> [FaultMeasure] {
    [DiskOperation.write, .sync].compactMap { operation in
      probing.outcomes[operation].map { outcome in
        FaultMeasure(
          "\(operation.rawValue) under \(instance)", requested: "at least \(latency.text)",
          measured: outcome.took.text)
      }
    }
  }

  func judge(_ probing: DiskProbing) -> Confirmation {
    var shortest: Duration?
    for operation in [DiskOperation.write, .sync] {
      guard let outcome = probing.outcomes[operation], outcome.error == nil else {
        return .notYet("a probe's \(operation.rawValue) did not succeed")
      }
      // A probe carries a page.
      let bytes = operation == .write ? 4096.0 : 0
      let wait = latency + .seconds(megabytes.map { bytes / ($0 * 1e6) } ?? 0)
      guard outcome.took >= wait else {
        return .notYet("a probe's \(operation.rawValue) took only \(outcome.took.text)")
      }
      shortest = min(shortest ?? outcome.took, outcome.took)
    }
    return .yes("a probe's write and sync took \((shortest ?? .zero).text) at least")
  }
}
