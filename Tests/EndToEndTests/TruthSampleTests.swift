import Foundation
import Testing

extension EndToEnd {
  /// A sample of `make truth`: the store lies and is found out, tells the truth and is believed, faults are felt.
  @Suite struct TruthSample {
    private static let sampled = [
      "acknowledges-before-fsync", "loses-log-tail-on-restart", "dirty-read", "kill", "partition",
      "disk-full", "clock-jump", "tcp-reset",
    ]

    @Test func whatLiesIsFoundAndWhatIsRightIsNot() throws {
      let reports = FileManager.default.temporaryDirectory.path + "/truth-\(getpid())"
      defer { try? FileManager.default.removeItem(atPath: reports) }
      let ended = try Program(
        Machine.bin + "/truth",
        [
          "--only", Self.sampled.joined(separator: ","), "--faultline", Machine.faultline,
          "--reports", reports, "--jobs", "2",
        ], in: Machine.root
      ).finish()
      #expect(ended.code == 0, "\(ended)")
      let last = ended.output.split(separator: "\n").last ?? ""
      #expect(last.contains("3 of 3 defects found, 0 false alarms in 2 clean runs"), "\(ended)")
      #expect(last.contains("5 of 5 faults felt"), "\(ended)")
    }
  }
}
