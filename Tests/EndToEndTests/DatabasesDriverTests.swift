import Foundation
import Testing

extension EndToEnd {
  /// Databases that are driven by programs: what of them runs in every test run.
  @Suite struct DatabasesDriver {
    /// The history has all three outcomes: refused, unknown and done.
    @Test(.enabled(if: Machine.has("/usr/bin/python3"), "install the Debian package python3"))
    func aDriverOfOnesOwnIsBelieved() throws {
      let reports = FileManager.default.temporaryDirectory
        .appending(path: "e2e-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: reports) }
      let ended = try Program.faultline(
        "run", "experiments/databases/12-own-driver.yaml", "--seed", "11", "--reports", reports)
      #expect(ended.code == 0, "\(ended)")
      let result = try RunResult.read(reports + "/own-driver/12-own-driver/latest")
      #expect(result.verdict == "valid" && result.operations.ok > 200)
      #expect(result.operations.fail > 0 && result.operations.info > 0)
      #expect(result.invariant("no-lost-writes")?.figures.acknowledged ?? 0 > 200)
      #expect(!result.notes.contains { $0.contains("driver 'own'") }, "\(result.notes)")
    }

    @Test func aDriverOfOnesOwnPassesItsCheck() throws {
      let ended = try Program.faultline("driver", "check", "own")
      #expect(ended.code == 0, "\(ended)")
      #expect(ended.output.contains("✓ it serves clients in parallel"))
    }

    @Test func aDriverThatIsNotThereIsRefusedWithItsPlace() throws {
      let ended = try Program.faultline("driver", "check", "owm")
      #expect(ended.code == 2 && ended.errors.contains("did you mean 'own'?"), "\(ended)")
    }
  }
}
