import Basics
import Experiments
import Glibc
import Harness
import Linux
import Nodes
import Stacks

struct UpVerb: Verb {
  static let name = "up"
  static let summary = "Bring a stack up and leave it up, for exec, status and down."
  static let usage = "STACK [--set KEY=VALUE] [--trust] [--foreground]"
  static let options: [Option] = [
    .parameter, .reports, .share, .trust, .json,
    Option(name: "foreground", value: nil, summary: "Stay until Ctrl-C instead of returning."),
  ]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'up' takes one stack: faultline up STACK; faultline list names them")
    }
    let project = try Project.here()
    let settings = try arguments.parameters().map { ($0.key, $0.value) }
    let stack = try project.loader(arguments.trust).stack(
      name.hasSuffix(".yaml") ? try project.path(of: name) : name, set: settings)
    if !isDetached { try arguments.warnOfBareSecrets(of: stack) }
    let reports = try project.reports(arguments.value("reports"))
    if Ticket.taken() != nil {
      return try inside(stack, reports, try Project.shares(), arguments)
    }
    if let obstacle = Doctor().obstacle() { throw CapabilityError(message: obstacle) }
    let registry = LiveRegistry(orIn: reports)
    if let obstacle = registry.obstacle { standardError("warning: \(obstacle)\n") }
    let living = try registry.living()
    if living.contains(where: { $0.name == stack.name && $0.reports == reports }) {
      throw UsageError("\(stack.name) is up already; faultline down takes it down")
    }
    if !arguments.has("foreground") { return try detach() }
    Ticket.give(0, seed: 0)
    return ExitCode(rawValue: try Isolation.run { _ in 0 }) ?? .harness
  }

  /// Does the same in a session of its own, and returns once the stack is up or could not be.
  private static func detach() throws -> ExitCode {
    // Neither is handed on as it is: who reads our own output waits until nobody holds it open.
    let output = try Descriptor.pipe()
    let errors = try Descriptor.pipe()
    setenv(Self.detachedMark, "1", 1)
    let child = try Detached.start(
      "/proc/self/exe", Array(CommandLine.arguments.dropFirst()) + ["--foreground"],
      output: output.writing.raw, errors: errors.writing.raw)
    if try pass(output.keepReading(), errors.keepReading()) { return .valid }
    return ExitCode(rawValue: try child.wait()) ?? .harness
  }

  /// Passes on what is said until the stack is up, or could not be.
  ///
  /// - Returns: whether it is up.
  private static func pass(
    _ output: consuming Descriptor, _ errors: consuming Descriptor
  ) throws -> Bool {
    var said = ""
    var isOpen = true
    var complains = true
    while isOpen, !said.contains(readyMark) {
      let ready = try Poll.wait([output.raw, complains ? errors.raw : -1])
      if ready[1] {
        let bytes = try errors.read(upTo: 65_536)
        complains = !bytes.isEmpty
        standardError(String(decoding: bytes, as: UTF8.self))
      }
      guard ready[0] else { continue }
      let bytes = try output.read(upTo: 65_536)
      isOpen = !bytes.isEmpty
      said += String(decoding: bytes, as: UTF8.self)
    }
    show(said.replacing(readyMark, with: ""), terminator: "")
    fflush(nil)
    let isUp = said.contains(readyMark)
    if !isUp { standardError(String(decoding: try errors.readAll(), as: UTF8.self)) }
    return isUp
  }

  /// From now on nobody reads what the stack says: it goes into the run's folder.
  private static func redirect(to folder: RunFolder) throws {
    let log = try Descriptor.open(folder.path + "/logs/faultline.log", .append)
    for number in [STDOUT_FILENO, STDERR_FILENO] {
      try Errno.retrying("write to the log") { dup2(log.raw, number) }
    }
  }

  /// The variable that tells a stack that it is on its own once it is up.
  private static let detachedMark = "FAULTLINE_DETACHED"
  private static var isDetached: Bool { getenv(detachedMark) != nil }

  /// Ends what is said until the stack is ready; nothing follows it.
  private static let readyMark = "\u{4}"

  private static func inside(
    _ stack: ResolvedStack, _ reports: String, _ shares: [String], _ arguments: Arguments
  ) throws -> ExitCode {
    let code = try Isolation.run { space in
      do {
        let live = try LiveStack(
          stack, reports: reports, shares: shares, space: space,
          isShared: arguments.has("share"))
        space.onInterrupt { signal, count in
          if count > 1 { _exit(128 + signal) }
          live.interrupt()
        }
        try live.run { steps in
          show(
            arguments.has("json")
              ? JSON.object([
                .init("up", .string(stack.name)), .init("folder", .string(live.folder.path)),
              ]).text()
              : ready(stack, steps))
          fflush(nil)
          guard Self.isDetached else { return }
          print(Self.readyMark, terminator: "")
          fflush(nil)
          try Self.redirect(to: live.folder)
        }
        return ExitCode.valid.rawValue
      } catch {
        return Faultline.complain(error, hiding: stack.secrets).rawValue
      }
    }
    return ExitCode(rawValue: code) ?? .harness
  }

  private static func ready(_ stack: ResolvedStack, _ steps: [String]) -> String {
    let nodes = stack.nodes.map(\.id.text).joined(separator: " ")
    return
      (["\(stack.title) is up"] + steps.map { "  " + $0 }
      + [
        "nodes: \(nodes)", "a shell in one: faultline exec \(stack.nodes[0].id) -- bash",
        "what it is doing: faultline status; the end of it: faultline down",
      ]).joined(separator: "\n")
  }
}
