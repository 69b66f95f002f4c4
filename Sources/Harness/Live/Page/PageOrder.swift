public import Pages

/// What was asked for of a run's page.
public struct PageOrder: Sendable {
  /// Where it is served.
  public let door: PageDoor
  /// Whether who has its address may act on the stack.
  public let takesActs: Bool

  /// A page at a door that is open.
  public init(_ door: PageDoor, takesActs: Bool) {
    self.door = door
    self.takesActs = takesActs
  }
}
