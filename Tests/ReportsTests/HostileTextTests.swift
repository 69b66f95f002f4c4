import Basics
import Checking
import Foundation
import FoundationXML
import Reports
import TestGround
import Testing

/// Texts that a service chose, in every form of a report.
@Suite struct HostileTextTests {
  static let texts = [
    "\u{1b}[2J\u{1b}[31mVALID\u{7}", "a\u{ffff}b\u{fffe}", "]]> <script>alert(1)</script> & \"'",
    "\u{0}\u{1}\u{8}\u{b}\u{c}\u{e}\u{1f}\u{7f}\u{85}\u{9b}", "right\u{202e}tfel\u{2066}",
    "\u{1fffe}\u{10ffff}\u{e0041}", String(decoding: [0xed, 0xa0, 0x80, 0xff], as: UTF8.self),
    "<!--", "</style></script>", "\r\n\t",
  ]

  /// A record with the text wherever a service or a file may have had its say.
  static func record(_ text: String) -> RunRecord {
    var record = SampleRun.record()
    record.experiment.title = text
    record.experiment.description = text
    record.notes = [text]
    record.picture.sites[0].title = text
    record.picture.nodes[0].role = text
    record.command = text
    record.servers = [
      .init(component: text, variant: text, version: text, standsInFor: text, nodes: [text])
    ]
    for index in record.judgements.indices {
      record.judgements[index].name += text
      record.judgements[index].finding.summary = text
      record.judgements[index].finding.evidence = [
        Evidence(kind: text, summary: text, operations: [17])
      ]
    }
    return record
  }

  @Test(arguments: texts) func junitIsXMLWhateverTheText(text: String) {
    for trouble in [nil, text] {
      var record = Self.record(text)
      record.trouble = trouble
      let parser = XMLParser(data: Data(record.junit.utf8))
      #expect(parser.parse(), "\(String(describing: parser.parserError)): \(record.junit)")
    }
  }

  @Test(arguments: texts) func theSummaryHasNothingThatATerminalObeys(text: String) {
    var record = Self.record(text)
    record.trouble = text
    let summary = record.summary(palette: .plain)
    #expect(summary.plain == summary)
    // What a service says stays on its line: it cannot write a verdict of its own.
    let coloured = record.summary(palette: .coloured)
    #expect(!coloured.contains("\u{1b}[2J") && !coloured.contains("\u{9b}"))
  }

  @Test(arguments: texts) func theResultIsPlainJSON(text: String) throws {
    let json = Self.record(text).json.text()
    #expect(json.plain == json)
    _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
  }

  @Test(arguments: texts) func thePageHasNoMarkupOfAnybodyElse(text: String) {
    let html = Self.record(text).html
    #expect(!html.contains("<script>alert"))
    #expect(html.components(separatedBy: "<script").count == 4)
    #expect(html.components(separatedBy: "</style>").count == 2)
  }

  @Test func noSecretIsInAnyForm() {
    for secret in ["hunter22", "a<b&\"c", "script", "verdict"] {
      var record = Self.record("the word is \(secret), \(secret)")
      record.trouble = "it said \(secret)"
      record.secrets = Secrets([secret])
      #expect(record.junit.contains("•••") && record.html.contains("the word is •••"))
      let texts = [record.summary(palette: .plain), record.json.text(), record.junit, record.html]
      for text in texts where secret != "script" && secret != "verdict" {
        #expect(!text.contains(secret))
      }
      #expect(XMLParser(data: Data(record.junit.utf8)).parse())
      #expect(record.json["verdict"] != nil)
    }
  }
}

@Suite struct PagePolicyTests {
  @Test func nothingMayRunOrLoadButThePagesOwnScriptAndStyle() throws {
    let html = SampleRun.record().html
    let policy = try #require(
      html.firstMatch(of: /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/))
    #expect(policy.1.hasPrefix("default-src 'none'; style-src 'sha256-"))
    #expect(!policy.1.contains("unsafe"))
    let style = try #require(html.firstMatch(of: /(?s)<style>(.*?)<\/style>/)).1
    let script = try #require(html.firstMatch(of: /(?s)<script>(.*?)<\/script>/)).1
    for part in [style, script] {
      #expect(policy.1.contains("'sha256-\(SHA256.base64(Array(part.utf8)))'"))
    }
    // A policy without 'unsafe-inline' would ignore these.
    #expect(html.firstMatch(of: /<[^>]* (style|on[a-z]+)=/) == nil)
    #expect(!script.contains("setAttribute(\"style\"") && !script.contains("style:"))
  }

  @Test(.enabled(if: Browser.path != nil, "no Chromium on this machine"))
  func aBrowserObeysThePolicyAndStillDrawsThePage() throws {
    let html = SampleRun.record().html
    let foreign = "<script>document.documentElement.dataset.foreign = 'ran'</script></main>"
    let page = try Browser.open(html.replacing("</main>", with: foreign))
    #expect(page.document.contains("data-timeline=\"drawn\""))
    #expect(!page.document.contains("data-foreign"))
    #expect(page.consoleErrors.contains { $0.contains("Content Security Policy") })
  }
}
