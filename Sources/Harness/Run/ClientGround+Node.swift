import Basics
import Clients
import Linux
import Nodes
import Workloads

extension ClientGround {
  /// A node of the run. Programs on it run as an ordinary user behind the node's walls.
  init(_ node: Node, note: @escaping @Sendable (String) -> Void) throws {
    let project = try Project.here()
    self.init(
      node: node.name.text, place: project.place(of:),
      spawn: { (command: [String]) throws(ClientError) in
        do {
          return try ClientProgram(command, on: node, pythonPath: project.pythonPath)
        } catch {
          throw ClientError.definite("\(error)")
        }
      }, note: note)
  }
}

extension ClientProgram {
  /// A program on a node, with pipes to and from it.
  fileprivate convenience init(_ words: [String], on node: Node, pythonPath: String) throws {
    let input = try Descriptor.pipe()
    let output = try Descriptor.pipe()
    let errors = try Descriptor.pipe()
    let command = Command(
      words[0], Array(words.dropFirst()),
      environment: [
        "HOME": "/tmp", "PYTHONPATH": pythonPath, "PYTHONDONTWRITEBYTECODE": "1",
      ], user: "nobody", input: input.reading.raw, output: .descriptor(output.writing.raw),
      errors: .descriptor(errors.writing.raw))
    let tool = try node.start(command)
    self.init(
      input: input.keepWriting(), output: output.keepReading(), errors: errors.keepReading(),
      end: {
        do throws(NodesError) {
          // One that ended by itself says how; one that did not is killed.
          let own = tool.wait(until: MonotonicClock.nanoseconds + 20_000_000)
          try tool.end()
          return own.map { "it \($0)" } ?? "it was killed"
        } catch { return "\(error)" }
      })
  }
}
