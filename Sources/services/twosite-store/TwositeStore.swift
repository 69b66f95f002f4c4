import ServiceGround

/// A small replicated store over one to three sites: right unless it is told to be wrong.
@main struct TwositeStore {
  static let version = "1.0"

  static func main() {
    if CommandLine.arguments.dropFirst() == ["--version"] { print("twosite-store \(version)") }
  }
}
