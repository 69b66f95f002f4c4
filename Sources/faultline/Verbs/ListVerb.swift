import Basics
import Bindings
import Checkers
import Checking
import Experiments
import Faults
import Harness
import Workloads
import YAML

struct ListVerb: Verb {
  static let name = "list"
  static let summary = "List experiments, stacks, components, faults, workloads and checkers."
  static let usage = "[--json]"
  static let options: [Option] = [.json]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    let loader = try Project.here().loader()
    var listing = loader.listing()
    for index in listing.experiments.indices where listing.experiments[index].problem == nil {
      listing.experiments[index].problem = problem(in: listing.experiments[index].file, loader)
    }
    let drivers = loader.drivers()
    show(arguments.has("json") ? json(listing, drivers).text() : text(listing, drivers))
    let problems =
      listing.experiments.compactMap(\.problem) + listing.stacks.compactMap(\.problem)
      + listing.components.compactMap(\.problem)
    // A server that is not installed is no mistake in a file.
    return Problems(problems).isOnlyMissing ? .valid : .usage
  }

  /// The first thing that is wrong with an experiment, a server that is missing here aside.
  private static func problem(in file: String, _ loader: Loader<FolderLibrary>) -> Problem? {
    do throws(Problems) {
      _ = try loader.experiment(file, seed: 0)
      return nil
    } catch {
      return error.isOnlyMissing ? nil : error.all.first
    }
  }

  private typealias Drivers = [(name: String, summary: String, problem: Problem?)]

  private static func text(_ listing: Listing, _ drivers: Drivers) -> String {
    sections(listing, drivers).map { title, rows in
      ([title] + Columns.aligned(rows).map { "  " + $0 }).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static func sections(_ listing: Listing, _ drivers: Drivers) -> [(String, [[String]])] {
    [
      ("Experiments", listing.experiments.map { [$0.file, problem($0.problem) ?? $0.title] }),
      ("Stacks", listing.stacks.map { [$0.name, problem($0.problem) ?? $0.summary] }),
      (
        "Components",
        listing.components.map { [$0.name, problem($0.problem) ?? choice($0), $0.summary] }
      ),
      ("Faults", FaultCatalogue.faults.map { [$0.name, $0.summary] }),
      ("Actions", FaultCatalogue.actions.map { [$0.name, $0.summary] }),
      ("Workloads", WorkloadCatalogue.all.map { [$0.kind, $0.summary] }),
      ("Clients", ClientCatalogue.all.map { [$0.client, served(by: $0), $0.summary] }),
      ("Drivers", drivers.map { [$0.name, problem($0.problem) ?? $0.summary] }),
      ("Invariants and checkers", Catalogue.all.map { [$0.name, $0.summary] }),
    ]
  }

  /// The workloads all of whose functions a client has a way to.
  private static func workloads(servedBy client: any ClientBindings.Type) -> [String] {
    WorkloadCatalogue.all.filter { $0.functions.allSatisfy { client.serves($0) } }.map { $0.kind }
  }

  private static func served(by client: any ClientBindings.Type) -> String {
    let kinds = workloads(servedBy: client)
    return kinds.count == WorkloadCatalogue.all.count
      ? "every workload" : kinds.joined(separator: ", ")
  }

  private static func problem(_ problem: Problem?) -> String? {
    problem.map { "cannot be used: \($0)" }
  }

  /// The variant that would be used here.
  private static func choice(_ component: Listing.ComponentLine) -> String {
    let standIn = component.standInFor.map { ", a stand-in for \($0)" } ?? ""
    return component.variant.map { "\($0)\(standIn)" } ?? "not installed"
  }

  private static func json(_ listing: Listing, _ drivers: Drivers) -> JSON {
    func problem(_ problem: Problem?) -> JSON { .optional(problem) { .string("\($0)") } }
    return [
      "experiments": .array(
        listing.experiments.map {
          [
            "file": .string($0.file), "title": .string($0.title), "stack": .string($0.stack),
            "tags": .strings($0.tags), "problem": problem($0.problem),
          ]
        }),
      "stacks": .array(
        listing.stacks.map {
          [
            "name": .string($0.name), "file": .string($0.file), "title": .string($0.title),
            "problem": problem($0.problem),
          ]
        }),
      "components": .array(
        listing.components.map {
          [
            "name": .string($0.name), "variant": .optional($0.variant) { .string($0) },
            "standsInFor": .optional($0.standInFor) { .string($0) },
            "binary": .optional($0.binary) { .string($0) }, "problem": problem($0.problem),
          ]
        }),
      "faults": .strings(FaultCatalogue.faults.map { $0.name }),
      "actions": .strings(FaultCatalogue.actions.map { $0.name }),
      "workloads": .strings(WorkloadCatalogue.all.map { $0.kind }),
      "clients": .array(
        ClientCatalogue.all.map {
          ["name": .string($0.client), "workloads": .strings(workloads(servedBy: $0))]
        }),
      "drivers": .array(
        drivers.map {
          [
            "name": .string($0.name), "summary": .string($0.summary),
            "problem": problem($0.problem),
          ]
        }),
      "checkers": .strings(Catalogue.all.map { $0.name }),
    ]
  }
}

/// Rows of text with their columns aligned.
enum Columns {
  static func aligned(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.filter { $0.count > column + 1 }.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        column == row.count - 1
          ? cell : cell + String(repeating: " ", count: max(0, widths[column] - cell.count))
      }.joined(separator: "  ")
    }
  }
}
