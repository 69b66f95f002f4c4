import Basics
import Experiments
import Glibc
import Harness
import Linux
import Reports
import Stacks
import YAML

/// A run's folder, which may be anybody's: only regular files of a bounded size are read, and no link.
struct StoredRun {
  /// As it was given.
  let given: String
  /// Without links on the way.
  let path: String

  init(_ given: String) throws {
    self.given = given
    guard Files.isFolder(given) else {
      throw UsageError(
        "\(given) is no run's folder; reports/STACK/EXPERIMENT/latest is the newest of one")
    }
    let real = try Files.realFolder(given)
    path = real.hasSuffix("/") ? String(real.dropLast()) : real
  }

  /// The run's plan, to be carried out on this machine.
  ///
  /// - Throws: what is wrong with the file or missing on this machine; a secret that was not given.
  func plan(_ arguments: Arguments) throws -> Plan {
    let files = try Project.here().library()
    let bytes = Self.refilled(try Self.planText(path), from: files)
    let plan = try Plan.read(
      bytes, file: RunFolder(path: path).plan, machine: try Machine.this(),
      set: try arguments.parameters())
    guard !plan.isByHand else {
      throw UsageError(
        "\(given) was a session by hand; faultline session export \(given) makes an experiment of it, which runs again"
      )
    }
    // One of a component alone cannot be given.
    if let parameter = plan.stack.parameters.first(where: { $0.isSecret && $0.text == Secrets.mark }
    ) {
      throw UsageError(
        "the secret '\(parameter.name)' is not stored with a run; give it again: --set "
          + "\(parameter.name)=@FILE")
    }
    return plan
  }

  /// The run's plan as it was, with its secrets: they are not stored, and come from the project or the command line.
  ///
  /// - Throws: what is wrong with the file; which secret cannot be had.
  func planWithSecrets(_ arguments: Arguments) throws -> Plan {
    let files = try Project.here().library()
    let plan = try Plan.read(
      Self.refilled(try Self.planText(path), from: files), file: RunFolder(path: path).plan,
      set: try arguments.parameters())
    let missing = plan.stack.secretValues.first { $0.text == Secrets.mark }
    guard let missing else { return plan }
    let isOfStack = plan.stack.parameters.contains { $0.name == missing.name && $0.isSecret }
    throw UsageError(
      "the secret '\(missing.name)' is not stored with a run, so a report could not mask it; "
        + (isOfStack
          ? "give it again: --set \(missing.name)=@FILE"
          : "it stands in a component's file, and the project's own is not the one of that run"))
  }

  /// What the run came to, as `result.json` has it; nil where its folder has none that can be read.
  var document: JSON? {
    guard let bytes = try? Beneath(path).read("result.json", atMost: Limits.stored.bytes) else {
      return nil
    }
    return try? JSON(reading: String(decoding: bytes, as: UTF8.self))
  }

  /// What the run came to; nil where its folder has no result.
  var result: RunSeries.Run? {
    document.flatMap { RunSeries.Run(reading: $0, number: 0, folder: path) }
  }

  /// Components are code, and here they come from the folder: it must be the project's own, or trusted.
  func requireTrust(_ arguments: Arguments, _ project: Project, reports: String) throws(UsageError)
  {
    let isOwn = [project.root, reports].contains { path.hasPrefix($0 + "/") }
    guard !isOwn, !arguments.has("trust"), Repetition.own == nil else { return }
    throw UsageError(
      "\(given) lies outside the project, and what it holds is run as code; give --trust if you trust it"
    )
  }
}

extension StoredRun {
  /// The plan of a run's folder.
  ///
  /// - Parameter remedy: what to do where there is none.
  static func planText(_ path: String, remedy: String = "") throws(UsageError) -> [UInt8] {
    do throws(Errno) {
      return try Beneath(path).read("plan.json", atMost: Limits.stored.bytes)
    } catch {
      if error.isGone || error.isNoFolder {
        throw UsageError("\(path) is no run's folder (it has no plan.json)\(remedy)")
      }
      if error.isLink {
        throw UsageError("\(path)/plan.json: it is a symbolic link; put the file there")
      }
      if error.isOther { throw UsageError("\(path)/plan.json: it is no regular file") }
      if error.isTooLarge {
        throw UsageError("\(path)/plan.json: it is larger than \(Limits.stored.bytes) bytes")
      }
      throw UsageError(error.description)
    }
  }
}

extension StoredRun {
  /// A stored plan with the project's own files in the place of those of which only a secret is not stored.
  private static func refilled(_ bytes: [UInt8], from files: FolderLibrary) -> [UInt8] {
    guard case .object(let members)? = try? JSON(reading: String(decoding: bytes, as: UTF8.self)),
      case .object(let origin)? = members.first(where: { $0.name == "origin" })?.value,
      case .object(let sources)? = origin.first(where: { $0.name == "sources" })?.value
    else { return bytes }
    let refilled = sources.map { source -> JSON.Member in
      guard let stored = source.value.text, stored.contains(Secrets.mark),
        let own = files.read(source.name).map({ String(decoding: $0, as: UTF8.self) }),
        isSame(own, stored)
      else { return source }
      return JSON.Member(source.name, .string(own))
    }
    func replacing(_ name: String, with value: JSON, in members: [JSON.Member]) -> JSON {
      .object(members.map { $0.name == name ? JSON.Member(name, value) : $0 })
    }
    let whole = replacing("sources", with: .object(refilled), in: origin)
    return Array(replacing("origin", with: whole, in: members).text().utf8)
  }

  /// Whether a file is the stored one but for what is hidden there.
  private static func isSame(_ own: String, _ stored: String) -> Bool {
    let lines = own.split(separator: "\n", omittingEmptySubsequences: false)
    let hidden = stored.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count == hidden.count
      && zip(lines, hidden).allSatisfy { line, stored in
        guard let mark = stored.firstRange(of: Secrets.mark) else { return line == stored }
        return line.hasPrefix(stored[..<mark.lowerBound])
          && line.hasSuffix(stored[mark.upperBound...])
      }
  }
}
