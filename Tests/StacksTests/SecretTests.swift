import Basics
import Stacks
import Testing
import YAML

/// Parameters of kind `secret`: known to servers, seen by nobody else.
@Suite struct SecretParameterTests {
  private static func files(
    proxy: (String, String) = ("", ""),
    given: String = "{db: {mode: primary, password: \"${key}\"}}"
  ) -> [String: String] {
    var files = Fixture.files
    files["s/x.yaml"] = Fixture.stack
      .replacing("parameters:\n", with: "parameters:\n  key: {kind: secret, default: hunter22}\n")
      .replacing("{db: {mode: primary}}", with: given)
    files["c/db/component.yaml"] = Fixture.db
      .replacing(
        "parameters:\n", with: "parameters:\n  password: {kind: secret, default: nothing1}\n"
      )
      .replacing("user: postgres", with: "user: postgres\nenvironment: {PASSWORD: \"${password}\"}")
      .replacing(proxy.0, with: proxy.1)
    return files
  }

  private func problems(_ files: [String: String], given: [Parameter.Choice] = []) -> [String] {
    do {
      _ = try Fixture.resolve(files, given: given)
      return []
    } catch {
      return error.all.map(\.description)
    }
  }

  @Test func aSecretReachesItsServersEnvironmentAndIsKnownAsOne() throws {
    let stack = try Fixture.resolve(
      Self.files(), given: [Parameter.Choice(set: "key", "correct horse")])
    let db = try #require(stack.instance(.init(node: "db-a", component: "db")))
    #expect(db.environment.map(\.text) == ["correct horse"])
    #expect(stack.parameters.first { $0.name == "key" }?.shownText == "•••")
    #expect(stack.parameters.first { $0.name == "wan" }?.shownText == "2ms")
    #expect(stack.secrets == Secrets(["correct horse", "nothing1"]))
  }

  @Test(
    arguments: [
      ("command: [\"${binary}\", -D", "command: [\"${binary}\", \"-p${password}\", -D", "command"),
      ("run: [init, ", "run: [init, \"${password}\", ", "prepare"),
      ("command: [ask, role]", "command: [ask, \"${node.db.password}\"]", "role"),
      ("command: [ask, promote]", "command: [ask, \"${stack.key}\"]", "promote"),
      ("command: [ask, promote]", "command: [ask, \"${component:db.db.password}\"]", "promote"),
      ("command: [ask, promote]", "command: [ask, \"${nodes.db-a.db.password}\"]", "promote"),
    ])
  func aSecretOnACommandLineIsRefusedWithItsPlace(old: String, new: String, key: String) {
    let found = problems(Self.files(proxy: (old, new)))
    #expect(!found.isEmpty)
    #expect(
      found.allSatisfy {
        $0.hasPrefix("c/db/component.yaml:")
          && $0.contains("a secret must not be in '\(key)'") && $0.contains("'environment'")
      }, "\(found)")
  }

  @Test func aSecretInAParameterThatIsNoneIsRefused() {
    let found = problems(Self.files(given: "{db: {mode: \"${key}\"}}"))
    #expect(found.count == 1 && found[0].contains("write 'kind: secret' there"), "\(found)")
    #expect(!found.joined().contains("hunter22"))
  }

  @Test(arguments: ["short", "two\nlines", ""]) func anErrorAboutASecretDoesNotSayIt(text: String) {
    let found = problems(Self.files(), given: [Parameter.Choice(set: "key", text)])
    #expect(
      found == [
        "--set key: the secret 'key' must be one line of at least 6 bytes, so that it can be told from "
          + "other words where it is masked"
      ])
  }

  @Test func aValueForAnUnknownParameterIsNotRepeated() {
    let found = problems(Self.files(), given: [Parameter.Choice(set: "keyy", "hunter22")])
    #expect(found == ["--set keyy: unknown parameter 'keyy'; did you mean 'key'?"])
  }
}
