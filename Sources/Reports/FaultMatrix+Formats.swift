public import Basics
internal import Checking

extension FaultMatrix {
  /// What a reader sees in a figure's place where nobody knows it.
  static let nothing = "–"

  /// `matrix.json`: everything, run by run.
  public var json: JSON {
    [
      "verdict": .string(exit.verdict.rawValue), "exitCode": .integer(Int64(exit.rawValue)),
      "stack": .string(stack), "traffic": .string(traffic), "seed": .string(String(seed)),
      "command": .string(command), "started": .string(started),
      "fitting": .integer(counts.fitting), "measured": .integer(counts.measured),
      "faults": .strings(columns),
      "rows": .array(
        zip(rows, cells).map { row, cells in
          [
            "component": .string(row.component), "role": .string(row.role),
            "aim": .string(row.aim),
            "cells": .array(zip(columns, cells).map { json(of: $1, fault: $0) }),
          ]
        }),
    ]
  }

  private func json(of cell: Cell, fault: String) -> JSON {
    var members: [JSON.Member] = [
      .init("fault", .string(fault)), .init("state", .string(cell.state)),
      .init("verdict", .optional(cell.verdict) { .string($0.rawValue) }),
      .init("reason", .string(cell.reason)),
    ]
    if case .sameAs(let place) = cell { members.append(.init("row", .integer(place))) }
    for (name, figure) in Trial.figures {
      members.append(.init(name, .optional(cell.worst(figure)) { .number($0) }))
    }
    members += [
      .init("noticed", .strings(cell.noticed)), .init("violated", .strings(cell.violated)),
      .init("curedByHeal", .bool(cell.measured.contains(where: \.isCuredByHeal))),
      .init("runs", .array(cell.trials.map(\.json))),
    ]
    return .object(members)
  }

  /// `matrix.csv` (RFC 4180): a line for each cell, times in milliseconds; nothing stands where nothing is known.
  public var csv: String {
    let head =
      ["component", "role", "aim", "fault", "state", "verdict"] + Trial.figures.map(\.name)
      + ["noticed", "violated", "reason", "runs"]
    var lines = [head]
    for (row, cells) in zip(rows, cells) {
      for (column, cell) in zip(columns, cells) {
        let figures = Trial.figures.map { figure in
          cell.worst(figure.of).map { Decimal.trimmed($0, decimals: 1) } ?? ""
        }
        lines.append(
          [
            row.component, row.role, row.aim, column, cell.state, cell.verdict?.rawValue ?? "",
          ] + figures
            + [
              cell.noticed.joined(separator: "; "), cell.violated.joined(separator: "; "),
              cell.reason,
              cell.trials.map(\.folder).filter { !$0.isEmpty }.joined(separator: "; "),
            ])
      }
    }
    return lines.map { $0.map(Self.field).joined(separator: ",") + "\r\n" }.joined()
  }

  /// In quotes where it must be; and never a formula to a spreadsheet.
  private static func field(_ text: String) -> String {
    let plain = text.plainLine
    let harmless = plain.first.map("=+-@".contains) == true ? "'" + plain : plain
    guard harmless.contains(where: { ",\"\n\r".contains($0) }) else { return harmless }
    return "\"" + harmless.replacing("\"", with: "\"\"") + "\""
  }
}

extension FaultMatrix.Cell {
  /// A word for machines.
  var state: String {
    switch self {
    case .tried: measured.isEmpty ? "unknown" : "measured"
    case .missed: "missed"
    case .unfit: "unfit"
    case .sameAs: "same-node"
    }
  }
}

extension FaultMatrix.Trial {
  /// Each figure of a run and its name in files; of several runs the worst counts.
  static let figures: [(name: String, of: @Sendable (Self) -> Double?)] = [
    ("detection", \.detection), ("takeover", \.takeover), ("first-good", \.firstGood),
    ("sustained-good", \.sustainedGood), ("lost", { $0.lost.map(Double.init) }),
  ]

  fileprivate var json: JSON {
    .object(
      [
        .init("folder", .string(folder)), .init("verdict", .string(verdict.rawValue)),
        .init("reason", .string(reason)), .init("targets", .strings(targets)),
      ]
        + Self.figures.map { figure in
          .init(figure.name, .optional(figure.of(self)) { .number($0) })
        } + [
          .init("noticed", .strings(noticed)), .init("violated", .strings(violated)),
          .init("curedByHeal", .bool(isCuredByHeal)),
        ])
  }
}
