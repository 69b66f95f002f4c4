import Foundation
import TestGround
import Testing

extension EndToEnd {
  /// A user tries a driver of one's own out.
  @Suite(.needs("/usr/bin/python3")) struct DriverCheck {
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
