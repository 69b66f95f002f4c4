import Basics
import Checking
import Histories

extension RunRecord {
  /// `report.html`: one file that needs no network, for someone who was not there.
  public var html: String {
    let style = Pictures.style + String(decoding: PackageResources.report_css, as: UTF8.self)
    let script = Pictures.script + String(decoding: PackageResources.report_js, as: UTF8.self)
    let timeline = RunTimeline(self)
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy(style, script))">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(escaped(headword)) · \(escaped(experiment.title))</title>
      <style>\(style)</style>
      </head>
      <body>
      <main>
      \(sections.joined(separator: "\n"))
      </main>
      \(data("data", timeline.json))
      \(picture.isEmpty ? "" : data("picture", timeline.picture))
      <script>\(script)</script>
      </body>
      </html>

      """
  }

  /// What a browser may do with the page (Content Security Policy Level 3): apply this one style, run
  /// this one script, load nothing. A text that passed for markup could do nothing.
  private func policy(_ style: String, _ script: String) -> String {
    let hashes = [style, script].map { "'sha256-\(SHA256.base64(Array($0.utf8)))'" }
    return "default-src 'none'; style-src \(hashes[0]); script-src \(hashes[1]); base-uri 'none'; "
      + "form-action 'none'"
  }

  private var sections: [String] {
    [
      header, stackSection, timelineSection, invariantsSection, failoverSection, predictionsSection,
      faultsSection, violationsSection, serversSection, notesSection, planSection,
    ]
  }

  /// JSON for a script to read: no `<` can end its element early.
  private func data(_ id: String, _ json: JSON) -> String {
    let text = json.masked(by: secrets).text().replacing("<", with: "\\u003c")
    return "<script id=\"\(id)\" type=\"application/json\">\(text)</script>"
  }

  private var header: String {
    let operations = history.operations.count
    let bad = history.operations.count { $0.outcome != .ok }
    return """
      <header>
      <span class="badge \(verdict.rawValue)">\(escaped(headword))</span>
      <h1>\(escaped(experiment.title))</h1>
      <p>\(escaped(experiment.description))</p>
      \(notice("trouble", trouble ?? unjudged))
      \(notice(expectation?.isMet == false ? "expectation unmet" : "expectation", expectation?.summary))
      <div class="meta"><span>\(escaped(experiment.file))</span><span>stack \(escaped(stack))</span>\
      <span>seed \(seed)</span><span>\(escaped(started))</span>\
      <span>\(escaped(duration.brief))</span><span>\(operations) operations, \(bad) not ok</span></div>\(remadeLine)
      </header>
      """
  }

  /// On a line of its own, so that it is all in which a report that was made again differs.
  private var remadeLine: String {
    remade.map { "\n<p class=\"meta\" id=\"remade\">\(escaped($0))</p>" } ?? ""
  }

  private func notice(_ style: String, _ text: String?) -> String {
    text.map { "<div class=\"card \(style)\">\(escaped($0))</div>" } ?? ""
  }

  private var invariantsSection: String {
    let rows = judgements.map { judgement -> [String] in
      let finding = judgement.finding
      let expected = judgement.isExpectedToFail ? soft(" expected to fail") : ""
      return [
        verdictText(finding.verdict, finding.verdict.rawValue),
        escaped(judgement.name) + expected, escaped(judgement.workload ?? ""),
        escaped(finding.summary),
      ]
    }
    return table("Invariants", ["verdict", "invariant", "workload", "finding"], rows)
  }

  private var faultsSection: String {
    let rows = history.faults.map { fault -> [String] in
      let effect = verdictText(
        fault.outcome == .confirmed ? .valid : .unknown, fault.outcome.rawValue)
      return [
        "\(fault.id)",
        escaped(fault.summary) + "<br>"
          + soft(fault.targets.map(\.description).joined(separator: ", ")),
        effect + "<br>" + soft(fault.confirmation), moment(fault.injected), moment(fault.healed),
      ]
    }
    return table("Faults", ["#", "fault", "effect", "injected", "healed"], rows) + measuresSection
  }

  private var measuresSection: String {
    let rows = history.faults.flatMap { fault in
      fault.measures.map { measure in
        [
          "\(fault.id)", escaped(fault.summary), escaped(measure.what), escaped(measure.requested),
          escaped(measure.measured),
        ]
      }
    }
    guard !rows.isEmpty else { return "" }
    return table("Faults as measured", ["#", "fault", "what", "requested", "measured"], rows)
  }

  private func moment(_ instant: Instant?) -> String {
    instant.map { Instant.start.duration(to: $0).brief } ?? "–"
  }

  private func soft(_ text: String) -> String { "<span class=\"soft\">\(escaped(text))</span>" }

  private func verdictText(_ verdict: Verdict, _ text: String) -> String {
    "<span class=\"\(verdict.rawValue)-text\">\(escaped(text))</span>"
  }

  private var serversSection: String {
    let rows = servers.map { server in
      let standIn = server.standsInFor.map { " (stands in for \($0))" } ?? ""
      return [
        server.component, server.variant + standIn, server.version,
        server.nodes.joined(separator: ", "),
      ].map(escaped)
    }
    let times = timings.map { [escaped($0.step), $0.duration.brief] }
    return table("Servers", ["component", "variant", "version", "nodes"], rows)
      + table("Where the time went", ["step", "time"], times)
  }

  private var notesSection: String {
    guard !notes.isEmpty else { return "" }
    let items = notes.map { "<li>\(escaped($0))</li>" }.joined()
    return "<h2>Notes</h2><ul class=\"evidence\">\(items)</ul>"
  }

  private var planSection: String {
    """
    <h2>Run it again</h2>
    <pre>\(escaped(command))</pre>
    <h2>Plan</h2>
    <pre>\(escaped(plan))</pre>
    """
  }

  /// Nothing at all where there are no rows; a row is its cells' markup.
  func table(_ title: String, _ columns: [String], _ rows: [[String]]) -> String {
    guard !rows.isEmpty else { return "" }
    let numbers: Set = ["#", "injected", "healed", "time"]
    func cell(_ tag: String, _ column: String, _ content: String) -> String {
      let style = numbers.contains(column) ? " class=\"number\"" : ""
      return "<\(tag)\(style) data-column=\"\(column)\">\(content)</\(tag)>"
    }
    let head = columns.map { cell("th", $0, $0) }.joined()
    let body = rows.map { row in
      "<tr>" + zip(columns, row).map { cell("td", $0, $1) }.joined() + "</tr>"
    }
    return """
      <h2>\(escaped(title))</h2>
      <div class="card"><table class="stack"><thead><tr>\(head)</tr></thead>
      <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
      """
  }
}

extension Duration {
  /// With as many decimals as a person needs: `3.25 s`, `48 ms`.
  var brief: String {
    let ms = milliseconds
    return ms.magnitude < 1000
      ? Decimal.trimmed(ms, decimals: ms.magnitude < 10 ? 1 : 0) + " ms"
      : Decimal.trimmed(seconds, decimals: seconds < 100 ? 2 : 0) + " s"
  }
}
