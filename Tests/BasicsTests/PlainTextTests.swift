import Basics
import Foundation
import Testing

@Suite struct PlainTextTests {
  @Test(arguments: [
    ("\u{1b}[2J\u{1b}]0;owned\u{7}", "\\u{1b}[2J\\u{1b}]0;owned\\u{7}"),
    ("a\rb", "a\\u{d}b"), ("a\u{9b}31mb", "a\\u{9b}31mb"), ("\u{7f}\u{8}", "\\u{7f}\\u{8}"),
    ("abc\u{202e}txt.exe", "abc\\u{202e}txt.exe"), ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
    ("\u{ffff}\u{fffe}\u{1fffe}", "\\u{ffff}\\u{fffe}\\u{1fffe}"),
    ("\u{e0041}\u{200b}", "\\u{e0041}\\u{200b}"),
    ("one\ntwo\tthree é 你好 👩‍👩‍👧 •••", "one\ntwo\tthree é 你好 👩‍👩‍👧 •••"),
  ])
  func nothingInAPlainTextDoesAnythingToATerminal(text: String, plain: String) {
    #expect(text.plain == plain)
    #expect(text.plain.plain == plain)
  }

  @Test func aPlainLineStaysOnOneLine() {
    #expect("VALID\nINVALID".plainLine == "VALID\\u{a}INVALID")
  }

  @Test func bytesThatAreNoUTF8ArePlainOnceTheyAreDecoded() {
    let text = String(decoding: [0x61, 0xff, 0xc2, 0x9b] as [UInt8], as: UTF8.self)
    #expect(text.plain == "a\u{fffd}\\u{9b}")
  }

  @Test func aTextIsCutBetweenCharactersAndSaysSo() {
    #expect("abc".cut(toBytes: 3) == "abc")
    #expect("abcd".cut(toBytes: 3) == "abc… (4 bytes, cut here)")
    #expect("aé".beginning(ofBytes: 2) == "a")
    #expect("👩".beginning(ofBytes: 3) == "")
    // A single letter that carries a million accents.
    let zalgo = "e" + String(repeating: "\u{301}", count: 1_000_000)
    #expect(zalgo.beginning(ofBytes: 80).utf8.count <= 80)
    #expect(zalgo.cut(toBytes: 80).utf8.count < 120)
  }

  @Test func jsonEscapesWhatATerminalObeysAndReadsBackTheSame() throws {
    let text = "\u{1b}\u{9b}\u{202e}\u{ffff}\u{e0041}\u{200f}x\u{1fffe}"
    let json = JSON.array([.string(text)]).text()
    #expect(json.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f })
    #expect(json.plain == json)
    #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text])
  }
}

@Suite struct SaturationTests {
  @Test(arguments: [
    (Double.nan, Int64(0)), (.infinity, .max), (-.infinity, .min), (1e300, .max), (-1e300, .min),
    (0x1p63, .max), (-0x1p63, .min), (-0.0, 0), (2.9, 2), (-2.9, -2),
  ])
  func everyNumberHasAWholeNumberNextToIt(number: Double, whole: Int64) {
    #expect(Int64(saturating: number) == whole)
  }

  @Test func sumsAndDifferencesEndAtTheLargestNumber() {
    #expect(Int64.max.saturatingAdd(1) == .max)
    #expect(Int64.min.saturatingAdd(-1) == .min)
    #expect(Int64.min.saturatingSubtract(1) == .min)
    #expect(Int64.max.saturatingSubtract(-1) == .max)
    #expect(Int64(5).saturatingSubtract(7) == -2)
  }

  @Test func timesAsFarApartAsCanBeHaveADistance() {
    let (early, late) = (Instant(nanoseconds: .min), Instant(nanoseconds: .max))
    #expect(early.duration(to: late).nanoseconds == .max)
    #expect(late.duration(to: early).nanoseconds == .min)
    #expect(late.advanced(by: .seconds(1)) == late)
    #expect((Duration.nanoseconds(Int64.max) + .nanoseconds(Int64.max)).nanoseconds == .max)
  }
}

@Suite struct SHA256Tests {
  /// FIPS 180-4's own examples, and lengths about the edge of a block, by another implementation.
  @Test(arguments: [
    ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="
    ),
  ])
  func knownHashesComeOut(text: String, hash: String) {
    #expect(SHA256.base64(Array(text.utf8)) == hash)
  }

  @Test func anotherProgramComesToTheSameHashes() throws {
    for count in [1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_000] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      defer { try? FileManager.default.removeItem(at: file) }
      try Data(bytes).write(to: file)
      let program = Process()
      program.executableURL = URL(filePath: "/usr/bin/sha256sum")
      program.arguments = [file.path]
      let output = Pipe()
      program.standardOutput = output
      try program.run()
      let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      program.waitUntilExit()
      let ours = SHA256.hash(bytes).map { byte in
        let text = String(byte, radix: 16)
        return text.count < 2 ? "0" + text : text
      }.joined()
      #expect(said.hasPrefix(ours + " "), "\(count) bytes")
    }
  }
}

@Suite struct SecretsTests {
  @Test func everySecretIsMaskedTheLongestFirst() {
    let secrets = Secrets(["hunter2", "hunter22", "", Secrets.mark])
    #expect(secrets.mask("hunter22 and hunter2, •••") == "••• and •••, •••")
    #expect(Secrets.none.mask("hunter2") == "hunter2")
    #expect(Secrets([Secrets.mark]).isEmpty)
  }

  @Test func aDocumentIsMaskedInItsTextsAndKeepsItsNames() {
    let json: JSON = ["verdict": ["a verdict", .object([.init("x", "verdict")])]]
    #expect(
      json.masked(by: Secrets(["verdict"])) == ["verdict": ["a •••", .object([.init("x", "•••")])]])
  }
}
