import Foundation
import Testing

/// A folder of a test's own, gone with it.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "faultline-test-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    for left in (0..<50).reversed() {
      do {
        return try FileManager.default.removeItem(atPath: path)
      } catch {
        if left == 0 { Issue.record("the test's folder stays behind: \(error)") }
        // A program that the test ran may be writing there for its last moment.
        usleep(20_000)
      }
    }
  }

  /// The path of a file in it.
  public func file(_ name: String) -> String { path + "/" + name }

  /// What lies in it, sorted.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}
