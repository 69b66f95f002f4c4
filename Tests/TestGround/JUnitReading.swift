public import Foundation
public import FoundationXML

/// A file of JUnit as GitLab reads it: every test case by its class and its name, and what became of it.
public final class JUnitReading: NSObject, XMLParserDelegate {
  public struct Case: Hashable {
    public let key: String
    public var status: String
    public var message = ""
  }

  public private(set) var cases: [Case] = []
  public private(set) var suites: [String] = []
  public private(set) var properties: [String: String] = [:]
  /// The counts of the outermost element.
  public private(set) var counts: [String: String] = [:]
  private var isInCase = false

  /// - Throws: what keeps it from being XML.
  public init(_ text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  /// Whether a gate that reads this is open.
  public var isGreen: Bool {
    !cases.isEmpty && !cases.contains { ["failed", "error"].contains($0.status) }
  }

  public func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    if counts.isEmpty { counts = attributes }
    switch name {
    case "testsuite": suites.append(attributes["name"] ?? "")
    case "property": properties[attributes["name"] ?? ""] = attributes["value"]
    case "testcase":
      let key = "\(attributes["classname"] ?? "")|\(attributes["name"] ?? "")"
      cases.append(Case(key: key, status: "success"))
    case "failure": end("failed", attributes)
    case "error": end("error", attributes)
    case "skipped": end("skipped", attributes)
    default: break
    }
  }

  private func end(_ status: String, _ attributes: [String: String]) {
    guard !cases.isEmpty else { return }
    cases[cases.count - 1].status = status
    cases[cases.count - 1].message = attributes["message"] ?? ""
  }
}
