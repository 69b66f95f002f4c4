import Basics
import Checking
import Foundation
import TestGround
import Testing

@testable import Reports

@Suite struct FaultMatrixTests {
  /// A run's result, as far as a matrix reads it.
  static func result(
    exit: ExitCode = .valid, outcome: String = "confirmed", trouble: JSON = .null,
    windows: JSON = [[10.0, 900.0]], sustained: JSON = 900.0, lost: Int64? = 0,
    cured: Bool = false, verdict: String = "valid"
  ) -> JSON {
    var invariants: [JSON] = [
      [
        "name": "recovery-of-elements", "workload": "elements", "verdict": "valid",
        "expectedToFail": false, "summary": "back",
        "figures": [
          "faults": [
            [
              "fault": 1, "windows": windows, "detection": 400.0, "takeover": 650.0,
              "first-good": sustained, "sustained-good": sustained, "curedByHeal": .bool(cured),
              "noticed": [
                ["who": "vip on lb-b", "at": 650.0], ["who": "db-b/db: primary", "at": 380.5],
              ],
            ]
          ]
        ],
      ]
    ]
    if let lost {
      invariants.append([
        "name": "no-lost-writes", "workload": "elements", "verdict": .string(verdict),
        "expectedToFail": false, "summary": "of writes", "figures": ["lostCount": .integer(lost)],
      ])
    }
    return [
      "exitCode": .integer(Int64(exit.rawValue)), "seed": "7", "trouble": trouble,
      "invariants": .array(invariants),
      "faults": [
        [
          "id": 1, "outcome": .string(outcome), "confirmation": "nobody looked",
          "targets": ["lb-a/proxy"],
        ]
      ],
    ]
  }

  private func trial(_ result: JSON) throws -> FaultMatrix.Trial {
    try #require(FaultMatrix.Trial(reading: result, folder: "/r/runs/s/e/1"))
  }

  @Test func aRunTellsWhatAMatrixShows() throws {
    let trial = try trial(Self.result())
    #expect(trial.isMeasured && trial.verdict == .valid && trial.reason.isEmpty)
    // Whoever noticed first counts, whether an address, a role or a probe.
    #expect(trial.detection == 380.5 && trial.takeover == 650)
    #expect(trial.firstGood == 900 && trial.sustainedGood == 900 && trial.lost == 0)
    #expect(trial.noticed == ["db-b/db: primary", "vip on lb-b"])
    #expect(trial.targets == ["lb-a/proxy"] && trial.violated.isEmpty)
  }

  @Test func withoutABadAnswerNobodyWaited() throws {
    let trial = try trial(Self.result(windows: [], sustained: .null))
    #expect(trial.sustainedGood == 0 && trial.firstGood == 0)
  }

  @Test func whatNeverCameBackIsNoTime() throws {
    #expect(try trial(Self.result(sustained: .null)).sustainedGood == nil)
  }

  /// A time that only the heal ended is no takeover's.
  @Test func whatOnlyTheHealEndedIsSaid() throws {
    let cured = try trial(Self.result(cured: true))
    #expect(cured.isCuredByHeal)
    let matrix = Self.matrix([[.tried([cured]), .sameAs(0), .sameAs(0)], Self.same])
    #expect(matrix.summary(palette: .plain).contains("; good only after the heal"))
    #expect(matrix.html(in: "/r").contains("<small>only after the heal</small>"))
  }

  @Test func whatNobodyCountedIsNotZero() throws {
    #expect(try trial(Self.result(lost: nil)).lost == nil)
    #expect(try trial(Self.result(exit: .invalid, lost: 3, verdict: "invalid")).lost == 3)
    #expect(try trial(Self.result(lost: 0, verdict: "unknown")).lost == nil)
  }

  /// Nothing is good that was not seen to happen.
  @Test(arguments: [
    (ExitCode.valid, "inconclusive", Verdict.unknown), (.valid, "contradicted", .unknown),
    (.unknown, "confirmed", .unknown), (.steadyState, "confirmed", .unknown),
    (.capability, "confirmed", .unknown), (.harness, "confirmed", .unknown),
    (.interrupted, "confirmed", .unknown), (.invalid, "confirmed", .invalid),
    (.invalid, "inconclusive", .invalid), (.valid, "confirmed", .valid),
  ])
  func onlyAConfirmedFaultOfAJudgedRunCounts(
    exit: ExitCode, outcome: String, verdict: Verdict
  ) throws {
    let trial = try trial(Self.result(exit: exit, outcome: outcome, trouble: "it was so"))
    #expect(trial.verdict == verdict)
    #expect(trial.reason.isEmpty == (outcome == "confirmed" && verdict != .unknown))
    #expect(trial.isBroken == (exit == .harness))
  }

  @Test func whatIsNoResultIsNoRun() {
    #expect(FaultMatrix.Trial(reading: ["seed": "7"], folder: "") == nil)
    #expect(FaultMatrix.Trial(reading: .null, folder: "") == nil)
  }

  private static let same = [FaultMatrix.Cell](repeating: .sameAs(0), count: 3)

  static func matrix(_ cells: [[FaultMatrix.Cell]]) -> FaultMatrix {
    FaultMatrix(
      stack: "A <stack>", traffic: "experiments/a/01.yaml", seed: 7,
      command: "faultline matrix a --seed 7", started: "2026-01-31T08:15:00Z",
      rows: [
        .init(component: "proxy", role: "balancer", aim: "the owner of vip"),
        .init(component: "watch", role: "balancer", aim: "one of 2"),
      ], columns: ["kill", "kill node", "drain"], cells: cells)
  }

  private func sample() throws -> FaultMatrix {
    let good = try trial(Self.result())
    let bad = try trial(Self.result(exit: .invalid, lost: 2, verdict: "invalid"))
    let unknown = try trial(Self.result(outcome: "inconclusive"))
    return Self.matrix([
      [.tried([good]), .tried([good, bad]), .unfit("no act, 'drain'")],
      [.tried([unknown]), .sameAs(0), .missed("the time was up")],
    ])
  }

  @Test func theWorstCellDecides() throws {
    let good = try trial(Self.result())
    let bad = try trial(Self.result(exit: .invalid))
    let none = FaultMatrix.Cell.unfit("")
    func exit(_ cell: FaultMatrix.Cell) -> ExitCode {
      Self.matrix([[.tried([good]), cell, none], [none, none, none]]).exit
    }
    #expect(exit(none) == .valid && exit(.sameAs(0)) == .valid)
    #expect(exit(.missed("")) == .unknown)
    #expect(exit(.tried([.init(trouble: "x", isBroken: false)])) == .unknown)
    #expect(exit(.tried([.init(trouble: "x", isBroken: true)])) == .harness)
    #expect(exit(.tried([.init(trouble: "x", isBroken: true), bad])) == .invalid)
    #expect(Self.matrix([[none, none, none], [none, none, none]]).exit == .nothingRan)
  }

  @Test func theTerminalHasALineForEachCellThatFits() throws {
    let lines = try sample().summary(palette: .plain).split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "INVALID  A <stack>  2 of 4 measured, traffic of experiments/a/01.yaml",
        "  fault               detection  takeover   RTO        lost   noticed by",
        "proxy on balancer, the owner of vip",
        "  ✓ kill                381 ms     650 ms     900 ms     0      db-b/db: primary, vip on lb-b",
        "  ✗ kill node           381 ms     650 ms     900 ms     2      "
          + "db-b/db: primary, vip on lb-b; violated: no-lost-writes",
        "    does not fit: drain",
        "watch on balancer, one of 2",
        "  ? kill                the fault was not seen to take effect: nobody looked",
        "    kill node: as proxy on balancer", "  ? drain               the time was up",
      ])
  }

  @Test func spreadsheetsHaveALineForEachCell() throws {
    let lines = try sample().csv.components(separatedBy: "\r\n")
    #expect(
      lines == [
        "component,role,aim,fault,state,verdict,detection,takeover,first-good,sustained-good,lost,"
          + "noticed,violated,reason,runs",
        "proxy,balancer,the owner of vip,kill,measured,valid,380.5,650,900,900,0,"
          + "db-b/db: primary; vip on lb-b,,,/r/runs/s/e/1",
        "proxy,balancer,the owner of vip,kill node,measured,invalid,380.5,650,900,900,2,"
          + "db-b/db: primary; vip on lb-b,no-lost-writes,,/r/runs/s/e/1; /r/runs/s/e/1",
        "proxy,balancer,the owner of vip,drain,unfit,,,,,,,,,\"no act, 'drain'\",",
        "watch,balancer,one of 2,kill,unknown,unknown,,,,,,,,"
          + "the fault was not seen to take effect: nobody looked,/r/runs/s/e/1",
        "watch,balancer,one of 2,kill node,same-node,,,,,,,,,,",
        "watch,balancer,one of 2,drain,missed,unknown,,,,,,,,the time was up,", "",
      ])
  }

  /// A cell that begins like a formula is none to a spreadsheet.
  @Test func aSpreadsheetCarriesNothingOut() {
    let matrix = Self.matrix([[.missed("=1+1"), .missed("-x"), .missed("a \"b\"\nc")], Self.same])
    #expect(matrix.csv.contains(",'=1+1,") && matrix.csv.contains(",'-x,"))
    #expect(matrix.csv.contains("\"a \"\"b\"\""))
  }

  @Test func machinesHaveEveryRun() throws {
    let json = try sample().json
    #expect(json["verdict"] == "invalid" && json["exitCode"] == 1)
    #expect(json["fitting"] == 4 && json["measured"] == 2)
    let cells = json["rows"]?.elements.first?["cells"]?.elements ?? []
    #expect(cells.map { $0["state"] } == ["measured", "measured", "unfit"])
    #expect(cells[1]["runs"]?.elements.count == 2 && cells[1]["lost"] == 2.0)
    #expect(cells[2]["lost"] == .null && cells[2]["verdict"] == .null)
  }

  @Test func thePageLeadsToTheReportsAndIsNeverGreenWithoutARun() throws {
    let html = try sample().html(in: "/r")
    #expect(html.contains("<td class=\"valid\"><a href=\"runs/s/e/1/report.html\""))
    #expect(html.contains("<td class=\"invalid\"><a href=\"runs/s/e/1/report.html\""))
    #expect(html.contains("title=\"the fault was not seen to take effect: nobody looked\""))
    #expect(html.contains("<td class=\"unknown\" title=\"the time was up\">?</td>"))
    #expect(html.contains("<td class=\"same\">as proxy</td>"))
    #expect(html.components(separatedBy: "<td class=\"valid\">").count == 2)
    #expect(html.contains("A &lt;stack&gt;") && !html.contains("<script"))
    // Runs elsewhere, and names with blanks, make no wrong links.
    #expect(!(try sample().html(in: "/elsewhere").contains("href=")))
    let odd = try #require(
      FaultMatrix.Trial(reading: Self.result(), folder: "/r/runs/a b/ä#/1"))
    let cells = [[FaultMatrix.Cell.tried([odd]), .sameAs(0), .sameAs(0)], Self.same]
    #expect(Self.matrix(cells).html(in: "/r").contains("runs/a%20b/%C3%A4%23/1/report.html"))
  }

  @Test(.enabled(if: Browser.path != nil, "no Chromium on this machine"))
  func thePageIsShownWithoutAComplaint() throws {
    let page = try Browser.open(try sample().html(in: "/r"))
    #expect(page.consoleErrors.isEmpty, "\(page.consoleErrors)")
  }
}
