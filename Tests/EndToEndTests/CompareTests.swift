import Foundation
import Testing

/// The command on runs that stand in folders; nothing is brought up.
@Suite(.needs(Machine.faultline)) struct CompareTests {
  private func compare(_ words: String...) throws -> Program.Ended {
    try Program(Machine.faultline, ["compare"] + words).finish()
  }

  @Test func whatBecameWorseEndsWithOne() throws {
    let runs = StoredRunFolders()
    let (old, new) = try (runs.before(), runs.since())
    let ended = try compare(old, new, "--json")
    #expect(ended.code == 1, "\(ended)")
    let said = try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any]
    #expect(said?["verdict"] as? String == "invalid")
    #expect(try compare(new, old).code == 0)
    #expect(try compare(old, new, "--tolerance", "100%").code == 0)
  }

  @Test func aRunASeriesAndAllReportsAreFoldersOfRuns() throws {
    let runs = StoredRunFolders()
    let old = try runs.before()
    let experiment = old + "/stores/01-a-store-dies"
    let one = try FileManager.default.contentsOfDirectory(atPath: experiment).sorted()[0]
    try FileManager.default.createSymbolicLink(
      atPath: experiment + "/latest", withDestinationPath: one)
    let single = try compare(experiment + "/latest", old)
    #expect(single.code == 6 && single.output.contains("1 run before, 10 since"), "\(single)")
    #expect(single.output.contains("too few runs to say"), "\(single)")
    // A series names its runs where they stood; it may have been moved with them.
    let series = experiment + "/20260131T081500Z-1-series"
    try FileManager.default.createDirectory(atPath: series, withIntermediateDirectories: true)
    let names = try FileManager.default.contentsOfDirectory(atPath: experiment).filter {
      $0.hasPrefix("2026") && !$0.hasSuffix("-series")
    }.sorted()
    let listed = names.map { "{\"run\": 1, \"folder\": \"/gone/\($0)\", \"exitCode\": 0}" }
    func write(_ runs: [String]) throws {
      try "{\"runs\": [\(runs.joined(separator: ","))]}".write(
        toFile: series + "/series.json", atomically: true, encoding: .utf8)
    }
    try write(listed + ["{\"run\": 11, \"folder\": \"\", \"exitCode\": 3, \"seed\": \"9\"}"])
    let whole = try compare(old, series)
    #expect(whole.code == 0 && whole.output.contains("10 runs before, 11 since"), "\(whole)")
    #expect(whole.output.contains("1 of 11 runs since came to no verdict"), "\(whole)")
    try write(listed + ["{\"run\": 12, \"folder\": \"/gone/x\", \"exitCode\": 0}"])
    let broken = try compare(old, series)
    #expect(broken.code == 2 && broken.errors.contains("names a run that is gone"), "\(broken)")
  }

  /// Killed, or with files that nobody can read: it counts, or it is named.
  @Test func whatLeftNoResultIsNotPassedOver() throws {
    let runs = StoredRunFolders()
    let old = try runs.before()
    let new = runs.folder + "/now"
    try FileManager.default.copyItem(atPath: old, toPath: new)
    let folder = new + "/stores/01-a-store-dies/20260131T081500Z-0"
    try FileManager.default.removeItem(atPath: folder + "/result.json")
    let killed = try compare(old, new)
    #expect(killed.output.contains("1 of 10 runs since came to no verdict"), "\(killed)")
    try FileManager.default.removeItem(atPath: folder + "/plan.json")
    try "{".write(toFile: folder + "/result.json", atomically: true, encoding: .utf8)
    let torn = try compare(old, new)
    #expect(torn.errors.contains("has no plan.json that can be read"), "\(torn)")
    #expect(torn.output.contains("10 runs before, 9 since"), "\(torn)")
  }

  @Test func whatIsMistypedIsRefused() throws {
    let runs = StoredRunFolders()
    let old = try runs.before()
    for (words, remedy) in [
      ([], "faultline compare OLD NEW"), ([old], "faultline compare OLD NEW"),
      ([old, old, old], "faultline compare OLD NEW"), ([old, "/nowhere"], "no folder of runs"),
      ([old, "/etc/hostname"], "no folder of runs"),
      ([old, Machine.bin + "/../../Sources"], "no "),
      ([old, old, "--tolerance", "much"], "a share such as 10%"),
      ([old, old, "--tolerance", "-5%"], "a share such as 10%"),
      ([old, old, "--markdwn"], "did you mean --markdown"),
      ([old, old, "--markdown", "--json"], "--json or --markdown"),
    ] {
      let ended = try Program(Machine.faultline, ["compare"] + words).finish()
      #expect(ended.code == 2 && ended.errors.contains(remedy), "\(words) \(ended)")
    }
  }
}
