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
  static let usage = "STACK [--set KEY=VALUE] [--foreground]"
  static let options: [Option] = [
    .set, .reports, .json,
    Option(name: "foreground", value: nil, summary: "Stay until Ctrl-C instead of returning."),
  ]

  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let name = arguments.operands.first, arguments.operands.count == 1 else {
      throw UsageError("'up' takes one stack: faultline up STACK; faultline list names them")
    }
    let project = try Project.here()
    let settings = try arguments.settings().map { ($0.key, $0.value) }
    let stack = try project.loader().stack(name, set: settings)
    let reports = try project.reports(arguments.value("reports"))
    if Ticket.taken() != nil {
      return try inside(stack, reports, try project.shares(), arguments)
    }
    if let obstacle = Doctor().obstacle() { throw CapabilityError(message: obstacle) }
    if try LiveFolder(in: reports).isAlive(stack.name) {
      throw UsageError("\(stack.name) is up already; faultline down takes it down")
    }
    if !arguments.has("foreground") { return try detach() }
    Ticket.give(0, seed: 0)
    return ExitCode(rawValue: try Isolation.run { _ in 0 }) ?? .harness
  }

  /// Does the same in a session of its own, and returns once the stack is up or could not be.
  private static func detach() throws -> ExitCode {
    let pipe = try Descriptor.pipe()
    let child = try Detached.start(
      "/proc/self/exe", Array(CommandLine.arguments.dropFirst()) + ["--foreground"],
      output: pipe.writing.raw, errors: STDERR_FILENO)
    let reading = pipe.keepReading()
    var said = ""
    while true {
      let bytes = try reading.read(upTo: 65_536)
      if bytes.isEmpty { break }
      said += String(decoding: bytes, as: UTF8.self)
      if said.contains(Self.readyMark) { break }
    }
    print(said.replacing(Self.readyMark, with: ""), terminator: "")
    if said.contains(Self.readyMark) { return .valid }
    return ExitCode(rawValue: try child.wait()) ?? .harness
  }

  /// Ends what is said until the stack is ready; nothing follows it.
  private static let readyMark = "\u{4}"

  private static func inside(
    _ stack: ResolvedStack, _ reports: String, _ shares: [String], _ arguments: Arguments
  ) throws -> ExitCode {
    let code = try Isolation.run { space in
      do {
        let live = try LiveStack(stack, reports: reports, shares: shares, space: space)
        space.onInterrupt { signal, count in
          if count > 1 { _exit(128 + signal) }
          live.interrupt()
        }
        try live.run { steps in
          print(
            arguments.has("json")
              ? JSON.object([
                .init("up", .string(stack.name)), .init("folder", .string(live.folder.path)),
              ]).text()
              : ready(stack, steps))
          print(Self.readyMark, terminator: "")
          fflush(nil)
        }
        return ExitCode.valid.rawValue
      } catch {
        return Faultline.complain(error).rawValue
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
