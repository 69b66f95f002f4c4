public import Basics
public import Durability
internal import Stacks

/// One bit of a file is inverted on the medium, behind its server's back.
///
/// Confirmed by reading the byte through the file system; it need not last, for the server may write the
/// page again. Healed by inverting it back where it is still wrong.
public struct BitFlip: Fault {
  public static let name = "bit-flip"
  public static let isUndone = false
  public static let summary = "Inverts one bit of a component's file on the disk."
  public static let schema = Schema([
    .init(
      "path", .text,
      "The file, as a pattern below the component's own folder; of several, the seed chooses one.",
      isRequired: true),
    .init(
      "offset", .count(0...Schema.greatest),
      "The byte, counted from the start of the file; without it the seed chooses one."),
    .init("bit", .count(0...7), "The bit, 0 for the lowest; without it the seed chooses one."),
  ])
  public static let aim = Aim.instances
  public static let confirmation =
    "By reading the byte through the file system, before and after."

  /// Which bit is meant, as far as it was said.
  public let place: BitChoice

  public init(_ settings: Settings) throws(FaultSettingsError) {
    guard let paths = settings.text("path").flatMap(PathPattern.init(_:)) else {
      throw FaultSettingsError("path", "a path without '.' and '..' is expected here")
    }
    place = BitChoice(
      paths: paths, offset: settings.integer("offset").map { Int($0) },
      bit: settings.integer("bit").map { Int($0) })
  }

  public var text: String { "flip a bit in \(place.paths.text) of" }

  public func usesDisk(aimedAt aim: AimedAt) -> Bool { true }

  private func name(_ targets: Targets, _ instance: InstanceID) -> String {
    "\(targets.policy) \(instance)"
  }

  public func inject(into cluster: some Cluster, _ targets: Targets) throws(FaultError) {
    var attempts = Attempts()
    for instance in targets.instances {
      attempts.attempt { () throws(FaultError) in
        try cluster.flip(place, of: instance, named: name(targets, instance))
      }
    }
    try attempts.finish()
  }

  public func confirm(on cluster: some Cluster, _ targets: Targets)
    throws(FaultError) -> Confirmation
  {
    var found: [String] = []
    for instance in targets.instances {
      guard let bit = try cluster.flipped(name(targets, instance)) else {
        return .notYet("no bit of \(instance) was inverted")
      }
      guard bit.isInverted else {
        return .notYet("\(bit.path) of \(instance) does not read inverted at byte \(bit.offset)")
      }
      found.append("bit \(bit.bit) of byte \(bit.offset) of \(bit.path) on \(instance.node)")
    }
    return .yes("read inverted: \(listed(found))")
  }

  public func heal(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError)
  {
    var attempts = Attempts()
    for instance in targets.instances {
      attempts.attempt { () throws(FaultError) in try cluster.flipBack(name(targets, instance)) }
    }
    try attempts.finish()
  }

  public func confirmHealed(on cluster: some Cluster, _ targets: Targets, sparing others: Set<Hold>)
    throws(FaultError) -> Confirmation
  {
    try targets.instances.confirmed("no bit of \(listed(targets.instances)) reads inverted") {
      instance throws(FaultError) in
      let isInverted = try cluster.flipped(name(targets, instance))?.isInverted ?? false
      return isInverted ? "a bit of \(instance) still reads inverted" : nil
    }
  }
}

/// Which bit of which file.
public struct BitChoice: Hashable, Sendable {
  /// The file, below the component's own folder.
  public var paths: PathPattern
  /// In bytes from the start of the file; nil leaves it to the seed.
  public var offset: Int?
  /// From 0, the lowest; nil leaves it to the seed.
  public var bit: Int?
}
