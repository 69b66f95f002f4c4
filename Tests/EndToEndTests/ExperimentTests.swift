import Foundation
import FoundationXML
import TestGround
import Testing

extension EndToEnd {
  /// Every experiment of the first stack that is not tagged `long`, run once; with FAULTLINE_EXPERIMENTS=all,
  /// those too. Everything that can be said of a run is said here.
  @Suite struct Experiments {
    static let files: [String] = {
      let all = ProcessInfo.processInfo.environment["FAULTLINE_EXPERIMENTS"] == "all"
      return ShippedExperiments.files.filter {
        $0.hasPrefix("experiments/floating-address/")
          && (all || !ShippedExperiments.isLong($0))
      }
    }()

    /// Prepared data is kept here from one experiment to the next, as a user's is.
    static let reports = FileManager.default.temporaryDirectory
      .appending(path: "e2e-\(UUID().uuidString)").path

    @Test(arguments: files) func itKeepsItsPromise(file: String) throws {
      let name = String(file.split(separator: "/").last!.dropLast(5))
      defer {
        if file == Self.files.last { try? FileManager.default.removeItem(atPath: Self.reports) }
      }
      let ended = try Program.faultline("run", file, "--seed", "11", "--reports", Self.reports)
      #expect(ended.code == 0, "\(ended)")
      for word in ["requests/s", "errors/s", "vip: lb-a", " settle "] {
        #expect(ended.errors.contains(word), "no progress says '\(word)'")
      }
      #expect(ended.output.contains("/report.html") && ended.output.contains("time: "))
      // A run is filed by its stack, then by its experiment.
      let stacks = try FileManager.default.contentsOfDirectory(atPath: Self.reports)
      let places = stacks.map { "\(Self.reports)/\($0)/\(name)" }
      let place = try #require(places.first { FileManager.default.fileExists(atPath: $0) })
      defer { try? FileManager.default.removeItem(atPath: place) }
      let folder = place + "/latest"
      let result = try RunResult.read(folder)
      // What changes is shown within two seconds, so what lasts longer is.
      let isLong = result.faults.contains { fault in
        fault.healed.map { $0 - fault.injected > 2500 } ?? false
      }
      #expect(!isLong || ended.errors.contains("⚡ "), "no progress says '⚡ '")
      try Inspection(folder: folder, result: result).inspect()
      try special(name, result, folder)
    }

    private func special(_ name: String, _ result: RunResult, _ folder: String) throws {
      switch name.prefix(2) {
      case "01":
        #expect(result.faults.map(\.targets) == [["lb-a/haproxy"], ["lb-a/keepalived"], ["lb-a"]])
      case "04":
        let owners = try #require(result.invariant("single-owner"))
        #expect(owners.verdict == "invalid" && owners.expectedToFail)
        for source in ["address lists", "claims on the wire"] {
          let found = owners.evidence.contains {
            $0.summary.contains("lb-a and lb-b both held vip") && $0.summary.contains(source)
          }
          #expect(found, "no overlap by \(source)")
        }
      case "05": try lostOrders(result, folder)
      case "06", "07":
        let kept = try #require(result.invariant("no-lost-writes"))
        #expect(kept.figures.lostCount == 0 && kept.figures.acknowledged ?? 0 > 200)
      case "09":
        let ids = try #require(result.invariant("unique-ids"))
        #expect(ids.verdict == "invalid" && ids.expectedToFail)
        let twice = try #require(ids.evidence.first { $0.operations.count >= 2 })
        #expect(twice.summary.contains { $0.isNumber })
      default: break
      }
    }

    /// The orders that are gone were acknowledged, and are named by value.
    private func lostOrders(_ result: RunResult, _ folder: String) throws {
      let lost = try #require(result.invariant("no-lost-writes"))
      #expect(lost.verdict == "invalid" && lost.expectedToFail)
      let values = try #require(lost.figures.lost)
      #expect(values.count == lost.figures.lostCount && values.count > 20)
      #expect(Set(values).count == values.count)
      let query =
        "select count(*) from operation where f = 'add' and type = 'ok' and argument in "
        + "(\(values.map(String.init).joined(separator: ",")))"
      if Machine.has("/usr/bin/sqlite3") {
        let answer = try Program.run("/usr/bin/sqlite3", folder + "/history.sqlite", query)
        #expect(answer.output == "\(values.count)\n", "\(answer)")
        let view = try Program.run(
          "/usr/bin/sqlite3", folder + "/history.sqlite",
          "select count(distinct element), min(faults) like '%partition%' from lost")
        #expect(view.output == "\(values.count)|1\n", "\(view)")
      }
      // The kill is what stopped orders, although the line was cut before.
      let failover = try #require(result.invariant("failover-time"))
      #expect(!failover.summary.contains("no bad operation"), "\(failover.summary)")
    }
  }
}

/// What must be true of every run's folder.
struct Inspection {
  let folder: String
  let result: RunResult

  func inspect() throws {
    promises()
    faults()
    servers()
    try junit()
    try page()
    try again()
    try capture()
    try logs()
  }

  private func promises() {
    #expect(result.verdict == "valid" && result.exitCode == 0 && result.trouble == nil)
    #expect(result.seed == "11" && result.command.hasSuffix("--seed 11"))
    #expect(result.operations.ok > 200)
    let counted = result.operations.ok + result.operations.fail + result.operations.info
    #expect(result.operations.all == counted)
    #expect(result.invariant("method") == nil, "\(result.invariants.last?.summary ?? "")")
    for invariant in result.invariants where invariant.verdict == "invalid" {
      #expect(!invariant.evidence.isEmpty, "\(invariant.name) has no evidence")
    }
    // What a fault of a disk makes of a server is the point of some.
    let deaths = result.notes.filter { $0.contains("died on its own") }
    #expect(deaths.allSatisfy { $0.contains(", while '") }, "\(deaths)")
  }

  private func faults() {
    #expect(!result.faults.isEmpty)
    for fault in result.faults {
      #expect(fault.confirmed != nil && !fault.confirmation.isEmpty, "\(fault.summary)")
      #expect(!fault.targets.isEmpty, "\(fault.summary) has no targets")
      #expect(fault.confirmed ?? 0 >= fault.injected)
      if !fault.isAction { #expect(fault.healConfirmed ?? 0 >= fault.healed ?? .infinity) }
    }
  }

  private func servers() {
    #expect(result.servers.count == 5)
    for server in result.servers {
      #expect(server.version.contains("."), "\(server.component): '\(server.version)'")
      #expect(!server.version.contains { $0.isWhitespace } && server.standsInFor == nil)
    }
  }

  private func junit() throws {
    let data = try Data(contentsOf: URL(filePath: folder + "/junit.xml"))
    let parser = XMLParser(data: data)
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("tests=\"\(result.invariants.count + 1)\" failures=\"0\" errors=\"0\""))
  }

  private func page() throws {
    let html = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
    #expect(html.utf8.count <= 2_000_000)
    #expect(html.contains(result.command) && html.contains("seed"))
    guard Browser.path != nil else { return }
    let page = try Browser.open(html)
    #expect(page.document.contains("data-timeline=\"drawn\""))
    #expect(page.consoleErrors.isEmpty, "\(page.consoleErrors)")
  }

  /// The stored history gives the same verdict again.
  private func again() throws {
    let ended = try Program.run(Machine.faultline, "check", folder, "--json")
    #expect(ended.code == 0, "\(ended)")
    struct Opinion: Decodable {
      let verdict: String
      let invariants: [RunResult.Invariant]
    }
    let opinion = try JSONDecoder().decode(Opinion.self, from: Data(ended.output.utf8))
    #expect(opinion.verdict == result.verdict)
    #expect(opinion.invariants.map(\.verdict) == result.invariants.map(\.verdict))
    #expect(opinion.invariants.map(\.summary) == result.invariants.map(\.summary))
  }

  private func capture() throws {
    guard let reader = ["/usr/bin/tcpdump", "/usr/sbin/tcpdump"].first(where: Machine.has) else {
      return
    }
    let read = try Program.run(
      reader, "-Z", "root", "-nn", "-c", "2000", "--nano", "-r", folder + "/capture.pcapng")
    #expect(read.code == 0, "\(read.errors)")
    #expect(read.output.split(separator: "\n").count == 2000)
    let addresses = ["10.77.0.100", "fd00:77::100"]
    #expect(addresses.contains { read.output.contains(" > \($0).") })
    // What was done stands in the file as a comment, where it was done.
    let bytes = try Data(contentsOf: URL(filePath: folder + "/capture.pcapng"))
    for fault in result.faults {
      let words = "fault \(fault.id), \(fault.summary): injected at "
      #expect(bytes.range(of: Data(words.utf8)) != nil, "\(words)")
    }
  }

  private func logs() throws {
    let logs = try FileManager.default.contentsOfDirectory(atPath: folder + "/logs")
    #expect(logs.count == result.servers.flatMap(\.nodes).count, "\(logs)")
    let journal = try Journal.read(folder)
    #expect(Set(journal.map(\.fault)) == Set(result.faults.map(\.id)))
  }
}
