import Basics
import Glibc
import Linux
import Stacks

/// What a server has written so far, for whoever asks; a piece at a time.
struct LogReading {
  let lab: Lab

  /// In bytes; more than this is not given in one answer.
  private static let most = 256 << 10

  /// - Parameters:
  ///   - instance: `node/component`.
  ///   - place: where to go on, in bytes from the beginning; nil: with its last lines.
  ///   - lines: how many of them.
  func answer(_ instance: String, after place: Int?, lines: Int?) throws -> JSON {
    let known = lab.stack.nodes.flatMap(\.instances).map(\.id.description)
    guard
      let id = lab.stack.nodes.flatMap(\.instances).map(\.id).first(where: {
        $0.description == instance
      })
    else {
      let near = Suggestion.nearest(to: instance, among: known).map { "; did you mean '\($0)'?" }
      throw HarnessError.other(
        "there is no instance '\(instance)'" + (near ?? Suggestion.choices(known, near: instance)))
    }
    let path = lab.folder.log(id.node.text, id.component)
    let size = Files.exists(path) ? Int(try Files.size(path)) : 0
    let start = place ?? max(0, size - Self.most)
    // What has not come to the end of its line is given with the rest of it.
    let bytes = size > start ? try Self.read(path, from: start) : []
    let end = bytes.lastIndex(of: 10).map { $0 + 1 } ?? (bytes.count == Self.most ? bytes.count : 0)
    let text = String(decoding: bytes[..<end], as: UTF8.self)
    return [
      "text": .string(lines.map { text.lastLines($0) } ?? text), "next": .integer(start + end),
    ]
  }
}

extension LogReading {
  private static func read(_ path: String, from start: Int) throws(Errno) -> [UInt8] {
    let file = try Descriptor.open(path, .read)
    var bytes = [UInt8](repeating: 0, count: most)
    let count = try Errno.retrying("read \(path)") {
      unsafe pread(file.raw, &bytes, most, start)
    }
    return Array(bytes.prefix(count))
  }
}

extension String {
  fileprivate func lastLines(_ count: Int) -> String {
    let lines = split(separator: "\n", omittingEmptySubsequences: false)
    return lines.suffix(count + 1).joined(separator: "\n")
  }
}
