import Basics
import Linux
import Testing

@testable import Harness

@Suite struct LeftoversTests {
  private let now = WallClock.nanoseconds
  private let hour: Int64 = 3_600_000_000_000

  /// A folder as a run of that age leaves it.
  private func leave(
    _ name: String, hoursAgo: Int64, _ files: [String], in reports: String
  ) throws -> String {
    let stamp = WallClock.text(now - hoursAgo * hour).filter { $0 != "-" && $0 != ":" }
    let folder = "\(name)/\(stamp)-7"
    try Files.makeFolder("\(reports)/\(folder)/logs")
    for file in files { try Files.write("x", to: "\(reports)/\(folder)/\(file)") }
    return folder
  }

  private func remains(_ names: [String], in reports: String) -> [Bool] {
    names.map { Files.exists("\(reports)/\($0)") }
  }

  @Test func theNamesOfRunsSayWhenTheyBegan() {
    let began = Leftovers.moment(ofFolder: "20260131T081500Z-7")
    #expect(began.map(WallClock.text) == "2026-01-31T08:15:00Z")
    #expect(Leftovers.moment(ofFolder: "20260131T081500Z-7-series") == began)
    for other in ["latest", "20260131T081500Z", "2026-01-31T08:15Z-7", "20260131X081500Z-7", ""] {
      #expect(Leftovers.moment(ofFolder: other) == nil, "\(other)")
    }
  }

  @Test func whatIsOldGoesAndWhatIsNotARunStays() throws {
    let scratch = try Scratch()
    let reports = scratch.path
    let old = try leave("s/a", hoursAgo: 200, ["plan.json", "result.json"], in: reports)
    let young = try leave("s/a", hoursAgo: 100, ["plan.json", "result.json"], in: reports)
    let alone = try leave("s/b", hoursAgo: 300, ["series.json"], in: reports)
    let foreign = try leave("s/c", hoursAgo: 300, ["thesis.txt"], in: reports)
    try Files.makeLink(reports + "/s/a/latest", to: "nowhere")
    let runs = Leftovers(reports: reports)
    let all = try runs.all()
    #expect(all.map(\.name) == [alone, old, young])
    for leftover in runs.old(all, before: now - 150 * hour, living: []) {
      try runs.remove(leftover)
    }
    #expect(remains([old, young, alone, foreign], in: reports) == [false, true, false, true])
    #expect(!Files.exists(reports + "/s/b"), "an empty folder is left behind")
    #expect(Files.exists(reports + "/s/a/latest"), "latest leads to the newest that is left")
  }

  @Test func whatMayBeUnderWayStays() throws {
    let scratch = try Scratch()
    let reports = scratch.path
    let fresh = try leave("s/a", hoursAgo: 2, ["plan.json"], in: reports)
    let killed = try leave("s/a", hoursAgo: 30, ["plan.json", "history.sqlite"], in: reports)
    let alive = try leave("s/a", hoursAgo: 40, ["plan.json"], in: reports)
    let runs = Leftovers(reports: reports)
    let living = Living(
      name: "a", reports: reports, folder: "\(reports)/\(alive)", isSteered: true, entry: "",
      socket: "")
    let old = runs.old(try runs.all(), before: now, living: [living])
    #expect(old.map(\.name) == [killed], "\(fresh) or \(alive) is taken for old")
  }

  @Test func onlyWhatACloserLookNeedsIsShed() throws {
    let scratch = try Scratch()
    let files = [
      "plan.json", "result.json", "junit.xml", "report.html", "history.sqlite",
      "history.sqlite-wal", "journal.jsonl", "capture.pcapng", "capture-00002.pcapng",
    ]
    let name = try leave("s/a", hoursAgo: 1, files, in: scratch.path)
    let folder = RunFolder(path: "\(scratch.path)/\(name)")
    for exit in [ExitCode.invalid, .unknown, .harness, .interrupted] {
      #expect(try !folder.shed(.failed, exit: exit))
      #expect(try !folder.shed(.all, exit: exit))
    }
    #expect(try Files.list(folder.path).count == files.count + 1)
    #expect(try folder.shed(.failed, exit: .valid))
    #expect(
      try Files.list(folder.path).sorted() == [
        "junit.xml", "plan.json", "report.html", "result.json",
      ])
    #expect(try !folder.shed(.none, exit: .invalid), "nothing is left to remove")
  }
}
