import Foundation
import TestGround
import Testing

extension EndToEnd {
  /// A stack is watched, broken and healed in a browser.
  @Suite(.needs(Browser.path ?? "/usr/bin/chromium")) struct LivePage {
    /// A stack that is up with a page that takes acts, and a browser.
    private final class Scene {
      let browser: BrowserPipe
      let folder: TemporaryFolder
      private(set) var url = ""

      init() throws {
        folder = try TemporaryFolder()
        browser = try BrowserPipe()
      }

      func faultline(_ arguments: String...) throws -> Program.Ended {
        try Program(
          Machine.faultline, arguments, environment: ["FAULTLINE_LIVE": folder.path + "/live"]
        ).finish()
      }

      func bringUp() throws {
        let traffic = "experiments/twosite-store/26-connections-that-break.yaml"
        let up = try faultline(
          "up", "twosite-raft", "--traffic", traffic,
          "--page", "control", "--reports", folder.path + "/reports", "--json")
        try #require(up.code == 0, "\(up)")
        let said = try JSONSerialization.jsonObject(with: Data(up.output.utf8)) as? [String: Any]
        url = try #require(said?["page"] as? String)
      }

      var run: String { folder.path + "/reports/twosite-raft/up/latest" }

      deinit {
        browser.close()
        _ = try? faultline("down")
      }
    }

    @Test func aStackIsBrokenWatchedAndHealedInABrowserByKeys() throws {
      let scene = try Scene()
      try scene.bringUp()
      let tab = try BrowserTab(scene.browser, scene.url)
      try #require(try tab.waits(for: "document.documentElement.dataset.state === 'known'"))
      #expect(try tab.waits(for: "document.documentElement.dataset.timeline === 'drawn'"))
      #expect(
        try tab.waits(for: "/[1-9].*\\/s/.test(document.getElementById('traffic').textContent)"))

      try strangersAreRefused(scene)
      try inject(tab, scene)
      try everySizeAndBothSchemes(tab)
      try reload(tab)
      try healAndNote(tab, scene)
      try pauseAndHalt(tab, scene)
      #expect(tab.complaints.isEmpty, "\(tab.complaints)")
      #expect(tab.requests.count > 5 && tab.requests.allSatisfy { $0.hasPrefix(scene.url) })
      try end(tab, scene)
    }

    /// Time enough for a browser.
    private static let late =
      "{at: 60s, fault: kill, target: {node: web}, component: page, for: 500ms}"

    @Test func whoseRunIsGoneIsToldThatNothingIsHeardOfIt() throws {
      let project = try SmallProject(
        experiment: SmallProject.experiment(method: Self.late))
      let browser = try BrowserPipe()
      defer { browser.close() }
      let program = try project.start(["--quiet", "--page"])
      let url = try #require(program.pageURL())
      let tab = try BrowserTab(browser, url)
      #expect(try tab.waits(for: "document.documentElement.dataset.line === 'on'"))
      #expect(try tab.value("document.querySelector('form, button') === null") as? Bool == true)
      program.traces.look()
      program.send(SIGKILL)
      try program.finish()
      #expect(try tab.waits(for: "document.documentElement.dataset.line === 'off'"))
      #expect(try tab.text("document.getElementById('line').textContent") == "not connected")
      let said = try tab.text("document.getElementById('ending').textContent")
      #expect(said.contains("If it has ended, its report is ") && said.contains("report.html"))
      program.traces.expectGone()
    }

    /// Presses Tab until something has the focus.
    private func tab(to id: String, in tab: BrowserTab) throws {
      for _ in 0..<60 {
        if try tab.value("document.activeElement.matches('\(id)')") as? Bool == true { return }
        try tab.press("Tab")
      }
      Issue.record("no number of Tabs leads to \(id)")
    }

    private func inject(_ page: BrowserTab, _ scene: Scene) throws {
      try tab(to: "#sentence", in: page)
      try page.type("kill twosite-store on store-a")
      try tab(to: "#preview", in: page)
      try page.press("Enter")
      let answer = "document.getElementById('answer').textContent"
      #expect(try page.waits(for: "\(answer).includes('→ store-a/twosite-store')"))
      #expect(try page.value("document.querySelectorAll('#faults li').length") as? Int == 0)
      #expect(try scene.faultline("status", "--json").output.contains("\"faults\":[]"))

      try tab(to: "#do", in: page)
      try page.press("Enter")
      #expect(try page.waits(for: "\(answer).includes('confirmed: every process of')"))
      #expect(try page.waits(for: "!!document.querySelector('#faults li.active')"))
      #expect(try page.waits(for: "!!document.querySelector('#stack .component.gone')"))
      #expect(try page.waits(for: "document.getElementById('phase').classList.contains('struck')"))
      let status = try scene.faultline("status", "--json").output
      #expect(status.contains("\"summary\":\"kill twosite-store on node store-a\""), "\(status)")
      #expect(status.contains("\"page\":\"\(scene.url)\""))
      #expect(try scene.faultline("status").output.contains("live page: \(scene.url)\n"))

      // A whole site is only hit where that is meant.
      try page.press("Tab", shift: true)
      try tab(to: "#sentence", in: page)
      _ = try page.value("document.activeElement.select()")
      try page.type("kill site b")
      try tab(to: "#do", in: page)
      try page.press("Enter")
      #expect(try page.waits(for: "\(answer).includes('aimed at all of site b')"))
      #expect(!(try scene.faultline("status", "--json").output.contains("site b\"")))
    }

    private func everySizeAndBothSchemes(_ page: BrowserTab) throws {
      var grounds: Set<String> = []
      for width in [1280, 768, 360] {
        try page.resize(width, 800)
        for scheme in ["light", "dark"] {
          try page.prefer(scheme)
          let wide = try page.text("`${document.documentElement.scrollWidth} of ${innerWidth}`")
          let fits = try page.value("document.documentElement.scrollWidth <= innerWidth") as? Bool
          #expect(fits == true, "\(width) \(scheme): \(wide)")
          grounds.insert(try page.text("getComputedStyle(document.body).backgroundColor"))
          #expect(try page.picture().count > 5_000)
        }
      }
      #expect(grounds.count == 2, "light and dark differ: \(grounds)")
      try page.resize(1280, 900)
    }

    private func reload(_ page: BrowserTab) throws {
      try page.reload()
      let isKnown = "document.documentElement.dataset.state === 'known'"
      #expect(try page.waits(for: "\(isKnown) && !!document.querySelector('#faults li.active')"))
      #expect(try page.waits(for: "!!document.querySelector('#stack .component.gone')"))
      #expect(try page.waits(for: "document.documentElement.dataset.timeline === 'drawn'"))
    }

    private func healAndNote(_ page: BrowserTab, _ scene: Scene) throws {
      try tab(to: "#faults button", in: page)
      try page.press("Enter")
      #expect(try page.waits(for: "!document.querySelector('#faults li.active')", within: 25))
      #expect(try page.waits(for: "!document.querySelector('#stack .component.gone')"))
      try tab(to: "#words", in: page)
      // The last word is a secret of the stack's.
      try page.type("calm <b>again</b> known-to-this-stack-alone")
      try page.press("Enter")
      let notes = "document.getElementById('notes')"
      #expect(try page.waits(for: "\(notes).textContent.includes('calm <b>again</b> •••')"))
      #expect(try page.value("\(notes).querySelector('b') === null") as? Bool == true)
      try tab(to: "#stack .node", in: page)
      try page.press("Enter")
      let log = "document.getElementById('log')"
      #expect(try page.waits(for: "!\(log).hidden && \(log).textContent.length > 0"))
    }

    private func pauseAndHalt(_ page: BrowserTab, _ scene: Scene) throws {
      let traffic = "document.getElementById('traffic').textContent"
      try tab(to: "#traffic button", in: page)
      try page.press("Enter")
      #expect(try page.waits(for: "\(traffic).includes('paused')"))
      try page.press("Enter")
      #expect(try page.waits(for: "\(traffic).includes('40/s')"))
      try tab(to: "#sentence", in: page)
      _ = try page.value("document.activeElement.select()")
      try page.type("delay 5ms on store-b")
      try tab(to: "#do", in: page)
      try page.press("Enter")
      #expect(try page.waits(for: "!!document.querySelector('#faults li.active')"))
      try tab(to: "#halt", in: page)
      try page.press("Enter")
      #expect(try page.waits(for: "!document.querySelector('#faults li.active')", within: 25))
      let http = try #require(PlainHTTP(scene.url))
      let known = http.ask("GET", http.path + "events", until: "event: tick")?.body ?? ""
      #expect(known.contains("calm <b>again</b> •••"), "\(known.prefix(400))")
      #expect(!known.contains("known-to-this-stack-alone"))
    }

    /// Whoever does not know the token is told nothing, and another site can do nothing.
    private func strangersAreRefused(_ scene: Scene) throws {
      let http = try #require(PlainHTTP(scene.url))
      let json = ["Content-Type": "application/json", "Origin": "http://\(http.authority)"]
      let kill = "{\"ask\":\"inject\",\"said\":{\"sentence\":\"kill twosite-store on store-b\"}}"
      let wrong = "/" + String(repeating: "0", count: 40) + "/"
      for path in [wrong, "/", wrong + "events"] {
        let answer = try #require(http.ask("GET", path))
        #expect(answer.status == 403 && !answer.body.contains("twosite"), "\(path)")
      }
      #expect(http.ask("POST", wrong + "act", json, body: kill)?.status == 403)
      #expect(http.ask("GET", http.path, ["Host": "evil.example:80"])?.status == 403)
      let act = http.path + "act"
      for headers in [
        ["Origin": "http://evil.example"], ["Sec-Fetch-Site": "cross-site"], ["Origin": "null"],
      ] {
        #expect(http.ask("POST", act, json.merging(headers) { $1 }, body: kill)?.status == 403)
      }
      #expect(http.ask("POST", act, ["Content-Type": "text/plain"], body: kill)?.status == 415)
      #expect(http.ask("GET", act)?.status == 405)
      let exec = "{\"ask\":\"exec\",\"node\":\"store-a\",\"command\":[\"true\"]}"
      let refused = try #require(http.ask("POST", act, json, body: exec))
      #expect(refused.body.contains("\"error\":\"the page may not ask for this"), "\(refused)")

      // What a page of somebody else's can make this browser send.
      let other = try BrowserTab(scene.browser, "about:blank")
      for type in ["text/plain", "application/json"] {
        _ = try other.value(
          "fetch('\(scene.url)act', {method: 'POST', mode: 'no-cors', body: '\(kill)', "
            + "headers: {'Content-Type': '\(type)'}}).then(() => 1, () => 2)")
      }
      other.close()
      #expect(try scene.faultline("status", "--json").output.contains("\"faults\":[]"))
    }

    private func end(_ page: BrowserTab, _ scene: Scene) throws {
      _ = try scene.faultline("down")
      let ending = "document.getElementById('ending')"
      #expect(
        try page.waits(for: "!\(ending).hidden && \(ending).textContent.includes('report.html')"))
      #expect(try page.text("document.documentElement.dataset.line") == "over")
      let result = try RunResult.read(scene.run)
      #expect(result.faults.count == 2)
      #expect(result.faults.first?.summary == "kill twosite-store on node store-a")
      #expect(result.faults.first?.healConfirmed != nil)
      let report = try String(contentsOfFile: scene.run + "/report.html", encoding: .utf8)
      #expect(report.contains("calm &lt;b&gt;again"))
      let hand = try String(contentsOfFile: scene.run + "/session.yaml", encoding: .utf8)
      #expect(hand.contains("fault: kill, target: {node: store-a}"), "\(hand)")
    }
  }
}
