import Testing

@testable import twosite_store

/// The table of defects.
@Suite struct DefectTests {
  @Test func namesAreWrittenAsUsersWriteThem() {
    for defect in Defect.allCases {
      #expect(defect.rawValue == defect.rawValue.lowercased())
    }
  }
}
