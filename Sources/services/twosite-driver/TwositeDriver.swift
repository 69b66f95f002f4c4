import ServiceGround

/// Speaks the line protocol of twosite-store for Faultline; see fixtures/drivers/README.md.
@main struct TwositeDriver {
  static func main() {}
}
