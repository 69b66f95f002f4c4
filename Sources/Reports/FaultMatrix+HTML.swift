internal import Basics
internal import Checking

extension FaultMatrix {
  /// `matrix.html`: one file that needs no network and no script; its cells lead to the reports of their runs.
  ///
  /// - Parameter folder: the one that the page is written into; runs in it are linked from there.
  public func html(in folder: String) -> String {
    let style =
      Pictures.style + String(decoding: PackageResources.report_css, as: UTF8.self)
      + String(decoding: PackageResources.matrix_css, as: UTF8.self)
    let policy =
      "default-src 'none'; style-src 'sha256-\(SHA256.base64(Array(style.utf8)))'; base-uri 'none'; "
      + "form-action 'none'"
    let (fitting, measured) = counts
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Matrix · \(markup(stack))</title>
      <style>\(style)</style>
      </head>
      <body>
      <main class="matrix">
      <header>
      <span class="badge \(exit.verdict.rawValue)">\(exit.word)</span>
      <h1>\(markup(stack)): every component, every fault</h1>
      <p>Each cell is a run of its own: one fault for a while, the usual traffic, and every invariant that names no fault.
      The large figure is the time until answers were good again for good; below it are detection and takeover, and what was lost.</p>
      <div class="meta"><span>\(measured) of \(fitting) that fit measured</span>\
      <span>traffic of \(markup(traffic))</span><span>seed \(seed)</span><span>\(markup(started))</span></div>
      </header>
      \(grid(in: folder))
      <div class="legend"><span><i class="ok"></i>measured, every invariant held</span>\
      <span><i class="bad"></i>an invariant was violated</span>\
      <span><i class="late"></i>not known, and why</span><span>empty: does not fit</span></div>
      \(details(in: folder))
      \(unfit)
      <h2>Make it again</h2>
      <pre>\(markup(command))</pre>
      </main>
      </body>
      </html>

      """
  }

  /// Faults that fit nothing are left out of the grid; their reasons are below.
  private var shown: [Int] {
    columns.indices.filter { column in
      cells.contains { (row: [Cell]) in row[column].isFit }
    }
  }

  private func grid(in folder: String) -> String {
    let head = shown.map { "<th scope=\"col\"><span>\(markup(columns[$0]))</span></th>" }.joined()
    let body = rows.indices.map { place in
      let boxes = shown.map { box(cells[place][$0], rows[place].title, columns[$0], folder) }
      return "<tr><th scope=\"row\">\(markup(rows[place].component))<span>"
        + "\(markup(rows[place].role))</span></th>\(boxes.joined())</tr>"
    }
    return """
      <h2>Matrix</h2>
      <div class="card scroll"><table class="grid"><thead><tr><td></td>\(head)</tr></thead>
      <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
      """
  }

  private func box(_ cell: Cell, _ row: String, _ fault: String, _ folder: String) -> String {
    switch cell {
    case .unfit(let reason): return "<td class=\"unfit\" title=\"\(markup(reason))\"></td>"
    case .sameAs(let place):
      return "<td class=\"same\">as \(markup(rows[place].component))</td>"
    case .missed(let reason):
      return "<td class=\"unknown\" title=\"\(markup(reason))\">?</td>"
    case .tried:
      let verdict = cell.verdict ?? .unknown
      let name = "\(fault) of \(row): \(verdict.rawValue)"
      guard !cell.measured.isEmpty else {
        let content = link(cell, "?", name, folder)
        return "<td class=\"unknown\" title=\"\(markup(cell.reason))\">\(content)</td>"
      }
      let isCured = cell.measured.contains(where: \.isCuredByHeal)
      let lost = cell.lostText == Self.nothing ? "" : " · \(cell.lostText) lost"
      return "<td class=\"\(verdict.rawValue)\">"
        + link(cell, "<b>\(cell.time(\.sustainedGood))</b>", name, folder)
        + "<small>\(cell.time(\.detection)) / \(cell.time(\.takeover))\(lost)</small>"
        + (isCured ? "<small>only after the heal</small>" : "") + "</td>"
    }
  }

  /// Leads to the report of the cell's worst run.
  private func link(_ cell: Cell, _ content: String, _ name: String, _ folder: String) -> String {
    let worst = cell.trials.max { $0.verdict < $1.verdict }
    guard let place = worst.flatMap({ Self.place(of: $0, in: folder) }) else { return content }
    return "<a href=\"\(markup(place))\" aria-label=\"\(markup(name))\">\(content)</a>"
  }

  /// The report of a run in the folder, seen from there; nil where it lies elsewhere, or there is none.
  private static func place(of trial: Trial, in folder: String) -> String? {
    guard trial.folder.hasPrefix(folder + "/") else { return nil }
    let parts = trial.folder.dropFirst(folder.count + 1).split(separator: "/")
    return (parts + ["report.html"]).map { percentEncoded($0) }.joined(separator: "/")
  }

  /// As a part of a path in a link (RFC 3986, section 2.3).
  private static func percentEncoded(_ part: Substring) -> String {
    part.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      if byte < 128,
        scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar)
      {
        return String(scalar)
      }
      let digits = String(byte, radix: 16, uppercase: true)
      return "%" + (digits.count < 2 ? "0" : "") + digits
    }.joined()
  }

  private func details(in folder: String) -> String {
    var lines: [String] = []
    for (row, cells) in zip(rows, cells) {
      for (fault, cell) in zip(columns, cells) {
        guard let verdict = cell.verdict else { continue }
        let contents = [
          ("component", markup(row.component) + " <span class=\"soft\">\(markup(row.aim))</span>"),
          ("fault", link(cell, markup(fault), "\(fault) of \(row.title)", folder)),
          (
            "verdict",
            "<span class=\"\(verdict.rawValue)-text\">\(verdict.rawValue)</span>"
          ),
          ("detection", cell.time(\.detection)), ("takeover", cell.time(\.takeover)),
          ("first good", cell.time(\.firstGood)), ("RTO", cell.time(\.sustainedGood)),
          ("lost", cell.lostText), ("noticed by", markup(cell.noticedText(6))),
          ("remark", markup(cell.remarks.joined(separator: "; "))),
        ]
        lines.append(
          "<tr>"
            + contents.map { Self.cell("td", $0.0, $0.1) }.joined() + "</tr>")
      }
    }
    guard !lines.isEmpty else { return "" }
    let head = [
      "component", "fault", "verdict", "detection", "takeover", "first good", "RTO", "lost",
      "noticed by", "remark",
    ].map { Self.cell("th", $0, $0) }.joined()
    return """
      <h2>Cell by cell</h2>
      <div class="card scroll"><table class="stack"><thead><tr>\(head)</tr></thead>
      <tbody>\(lines.joined(separator: "\n"))</tbody></table></div>
      """
  }

  /// Figures stand below each other, and on one line.
  private static func cell(_ tag: String, _ column: String, _ content: String) -> String {
    let numbers = ["detection", "takeover", "first good", "RTO", "lost"]
    let style = numbers.contains(column) ? " class=\"number\"" : ""
    return "<\(tag)\(style) data-column=\"\(column)\">\(content)</\(tag)>"
  }

  /// Which faults do not fit which components, and why.
  private var unfit: String {
    var items: [String] = []
    for (row, cells) in zip(rows, cells) {
      for (fault, cell) in zip(columns, cells) {
        guard case .unfit(let reason) = cell else { continue }
        items.append(
          "<li><b>\(markup(fault))</b> of \(markup(row.title)): \(markup(reason))</li>")
      }
    }
    guard !items.isEmpty else { return "" }
    return """
      <h2>What does not fit</h2>
      <details><summary>\(items.count) of \(rows.count * columns.count) cells</summary>
      <ul class="evidence">\(items.joined(separator: "\n"))</ul></details>
      """
  }
}
