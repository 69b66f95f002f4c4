internal import Basics
internal import Checking

extension FaultMatrix {
  /// For a terminal: a block for each component, a line for each fault that fits.
  public func summary(palette: Palette) -> String {
    let (fitting, measured) = counts
    var lines = [
      "",
      "\(palette.verdict(exit.verdict, exit.word))  \(stack.plainLine)  "
        + palette.dim("\(measured) of \(fitting) measured, traffic of \(traffic.plainLine)"),
    ]
    let columns = [20, 11, 11, 11, 7]
    let head = ["fault", "detection", "takeover", "RTO", "lost", "noticed by"]
    lines.append(palette.dim("  " + Self.aligned(head, columns)))
    for (row, cells) in zip(rows, cells) {
      lines.append("\(row.title), \(row.aim)".plainLine)
      var unfit: [String] = []
      for (fault, cell) in zip(self.columns, cells) {
        switch cell {
        case .unfit: unfit.append(fault)
        case .sameAs(let place):
          lines.append(palette.dim("    \(fault): as \(rows[place].title)"))
        case .tried, .missed: lines.append("  " + line(fault, cell, columns, palette))
        }
      }
      if !unfit.isEmpty {
        lines.append(palette.dim("    does not fit: \(unfit.joined(separator: ", "))"))
      }
    }
    return lines.joined(separator: "\n")
  }

  private func line(_ fault: String, _ cell: Cell, _ widths: [Int], _ palette: Palette) -> String {
    let sign =
      switch cell.verdict {
      case .valid?: palette.good("✓ ")
      case .invalid?: palette.bad("✗ ")
      case .unknown?, nil: palette.doubtful("? ")
      }
    var rest = cell.remarks.map { remark in
      remark.hasPrefix("violated") ? palette.bad(remark.plainLine) : remark.cut(to: 120)
    }
    guard !cell.measured.isEmpty else {
      return sign + fault.padded(to: widths[0]) + rest.joined(separator: "; ")
    }
    if !cell.noticed.isEmpty { rest.insert(cell.noticedText(3).plainLine, at: 0) }
    return sign
      + Self.aligned(
        [
          fault, cell.time(\.detection), cell.time(\.takeover), cell.time(\.sustainedGood),
          cell.lostText,
        ], widths) + rest.joined(separator: "; ")
  }

  private static func aligned(_ words: [String], _ widths: [Int]) -> String {
    words.enumerated().map { $0 < widths.count ? $1.padded(to: widths[$0]) : $1 }.joined()
  }
}

extension String {
  /// On one line of at most so many characters.
  fileprivate func cut(to most: Int) -> String {
    let line = plainLine
    return line.count <= most ? line : line.prefix(most - 1) + "…"
  }
}

extension FaultMatrix.Trial {
  /// A run in a line, while others go on.
  public var line: String {
    guard isMeasured else { return "not known: \(reason)".cut(to: 120) }
    func time(_ figure: Double?) -> String {
      figure.map { Duration.nanoseconds(Int64($0 * 1e6)).brief } ?? FaultMatrix.nothing
    }
    let lost = lost.map { ", \($0) lost" } ?? ""
    let violated = violated.isEmpty ? "" : "; violated: " + violated.joined(separator: ", ")
    return "RTO \(time(sustainedGood)), takeover \(time(takeover))\(lost)\(violated)".plainLine
  }
}

extension FaultMatrix.Cell {
  /// The worst time of a kind, for a person.
  func time(_ figure: (FaultMatrix.Trial) -> Double?) -> String {
    worst(figure).map { Duration.nanoseconds(Int64($0 * 1e6)).brief } ?? FaultMatrix.nothing
  }

  /// How many writes were lost, for a person.
  var lostText: String {
    measured.compactMap(\.lost).max().map { "\($0)" } ?? FaultMatrix.nothing
  }

  /// The first of those who noticed.
  func noticedText(_ most: Int) -> String {
    let rest = noticed.count - most
    return noticed.prefix(most).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
