import Basics
import Histories
import Linux
import Stacks

/// Looks for the stack's secrets, and for what else an experiment names, in what its servers said.
struct SecretSearch {
  let folder: RunFolder
  let stack: ResolvedStack
  /// What must not be said, either; each stands for itself.
  let words: Set<String>

  /// What was found, and that nothing was, for every log and every secret by its parameter's name.
  var facts: [Fact] {
    let secrets = Dictionary(grouping: stack.secretValues, by: \.name)
      .mapValues { Set($0.map(\.text)).subtracting(["", Secrets.mark]) }
      .merging(words.map { ($0, [$0]) }) { $0.union($1) }
      .filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
    guard !secrets.isEmpty else { return [] }
    return stack.nodes.flatMap(\.instances).flatMap { instance -> [Fact] in
      let path = folder.log(instance.id.node.text, instance.id.component)
      // Who never began has said nothing.
      guard Files.exists(path) else { return [] }
      guard let log: String = try? Files.read(path) else {
        return secrets.map {
          .logged(Logged(instance.id, secret: $0.key, times: 0, line: 0, isWhole: false))
        }
      }
      return Self.search(log, of: instance.id, for: secrets).map { .logged($0) }
    }
  }

  /// Where the texts of each secret stand in a log.
  static func search(
    _ log: String, of instance: InstanceID, for secrets: [(key: String, value: Set<String>)]
  ) -> [Logged] {
    let lines = log.split(separator: "\n", omittingEmptySubsequences: false)
    let isWhole = !log.contains(LogWatch.gap)
    return secrets.map { name, texts in
      var found = Logged(instance, secret: name, times: 0, line: 0, isWhole: isWhole)
      for (place, line) in lines.enumerated() {
        let times = texts.reduce(0) { $0 + line.ranges(of: $1).count }
        if times > 0 && found.times == 0 { found.line = place + 1 }
        found.times += times
      }
      return found
    }
  }
}
