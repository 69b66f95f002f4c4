import Testing

@testable import twosite_store

/// The table of defects.
@Suite struct DefectTests {
  @Test func namesAreWrittenAsUsersWriteThem() {
    for defect in Defect.allCases {
      #expect(defect.rawValue == defect.rawValue.lowercased())
    }
  }

  @Test func eachWasSeenInARealSystem() {
    for defect in Defect.allCases {
      let precedent = defect.precedent
      #expect(precedent.system.contains(": "), "\(defect.rawValue)")
      #expect(precedent.reference.hasPrefix("https://"), "\(defect.rawValue)")
    }
    #expect(Defect.allCases.count >= 40)
  }
}
