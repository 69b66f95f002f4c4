import Basics
import Experiments
import Stacks
import Testing

/// A plan that is shown or stored has no secret in it, and can be made again.
@Suite struct SecretPlanTests {
  /// - Parameter line: how the experiment gives the secret.
  private static func files(_ line: String) -> [String: String] {
    var files = Fixture.changed("with: {wan: 5ms}", line)
    files["fixtures/stacks/two.yaml"] = Fixture.stack
      .replacing("parameters:\n", with: "parameters:\n  key: {kind: secret}\n")
      .replacing("components: [db]", with: "components: [{db: {password: \"${key}\"}}]")
    files["fixtures/components/db/component.yaml"] =
      Fixture.db + "\nparameters: {password: {kind: secret}}\nenvironment: {P: \"${password}\"}\n"
    return files
  }

  @Test(
    arguments: [
      "with: {wan: 5ms, key: s3cr3t-word}", "with:\n  wan: 5ms\n  key: 's3cr3t-word'",
      "with:\n  key: \"s3cr3t-word\"  # the key",
    ])
  func aSecretOfTheFileIsInNeitherFormOfThePlan(line: String) throws {
    let plan = try Fixture.plan(Self.files(line))
    #expect(plan.stack.secrets.mask("s3cr3t-word") == "•••")
    #expect(plan.text.contains("key=•••"))
    let stored = plan.json.text(indented: true)
    for text in [plan.text, stored] { #expect(!text.contains("s3cr3t")) }
    let again = try Plan.read(
      Array(stored.utf8), file: "plan.json", vocabulary: Fixture.vocabulary)
    #expect(again.text == plan.text)
    #expect(again.json == plan.json)
  }

  @Test func aSecretThatIsSetIsInNeitherFormOfThePlan() throws {
    let plan = try Fixture.plan(
      Self.files("with: {wan: 5ms}"), set: [("key", "s3cr3t-word"), ("wan", "7ms")])
    let stored = plan.json.text()
    #expect(!stored.contains("s3cr3t") && !plan.text.contains("s3cr3t"))
    let again = try Plan.read(
      Array(stored.utf8), file: "plan.json", vocabulary: Fixture.vocabulary)
    #expect(again.json == plan.json)
    let key = again.stack.parameters.first { $0.name == "key" }
    #expect(key?.text == Secrets.mark)
  }

  /// Names that a plan needs to be made again are kept, whatever they are equal to.
  @Test func aSecretThatIsAlsoANameHidesTheTextsAndNotThePlan() throws {
    let plan = try Fixture.plan(Self.files("with: {wan: 5ms}"), set: [("key", "experiments")])
    let again = try Plan.read(
      Array(plan.json.text().utf8), file: "plan.json", vocabulary: Fixture.vocabulary)
    #expect(again.file == plan.file)
  }
}
