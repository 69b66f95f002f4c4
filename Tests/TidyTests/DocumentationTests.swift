import Foundation
import Testing

/// What is public says what it is.
@Suite struct DocumentationTests {
  /// A public declaration: its kind and its name.
  private static var declaration: Regex<(Substring, Substring, Substring)> {
    /^\s*(?:@\w+(?:\([^)]*\))?\s+)*public\s+(?:(?:internal|private)\(set\)\s+)?(?:(?:static|final|mutating|consuming|nonisolated|indirect|class)\s+)*(func|var|let|struct|enum|class|actor|protocol|init|typealias|subscript)\b\s*`?([\w=<]*)/
  }

  /// What a protocol of ours or of the language asks for says the protocol, once for all.
  private static func requirements(in files: [(path: String, text: String)]) -> Set<String> {
    var names: Set<String> = [
      "description", "hash", "encode", "next", "makeIterator", "startIndex", "endIndex", "index",
      "==", "<",
    ]
    for (_, text) in files {
      var isInProtocol = false
      for line in text.split(separator: "\n") {
        if line.prefixMatch(of: /(?:public |package )?protocol\s/) != nil {
          isInProtocol = true
        } else if line.hasPrefix("}") {
          isInProtocol = false
        } else if isInProtocol,
          let match = line.prefixMatch(of: /\s+(?:static |mutating )*(?:func|var) (\w+)/)
        {
          names.insert(String(match.1))
        }
      }
    }
    return names
  }

  private static func isOfAProtocol(_ line: Substring) -> Bool {
    line.contains("init(_ settings: Settings") || line.contains("Literal ")
      || line.contains("init(from ")
  }

  @Test func everyPublicDeclarationIsDocumented() throws {
    let files = try TidyTests.files(in: ["Sources"], ending: "swift")
    let required = Self.requirements(in: files)
    var seen = 0
    for (path, text) in files {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        guard let match = line.prefixMatch(of: Self.declaration) else { continue }
        let isMember = ["func", "var", "let"].contains(match.1)
        if isMember && required.contains(String(match.2)) || Self.isOfAProtocol(line) { continue }
        seen += 1
        let above = lines[..<number].last { !$0.drop { $0 == " " }.hasPrefix("@") }
        let isDocumented = above?.drop { $0 == " " }.hasPrefix("///") == true
        #expect(isDocumented, "\(path):\(number + 1): \(line)")
      }
    }
    #expect(seen > 1000)
  }
}
