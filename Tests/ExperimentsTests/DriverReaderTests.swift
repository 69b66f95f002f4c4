import Experiments
import Stacks
import Testing
import YAML

/// What planning refuses of a driver, with the place.
@Suite struct DriverReaderTests {
  private static let driver = """
    summary: Speaks.
    command: [/usr/bin/speak, "${dir}/speak.txt"]
    packages: [speaker]
    functions: [add, read]
    schemes: [http]
    """

  private func plan(
    client: String = "{driver: {name: mine}}", _ driver: String? = driver,
    machine: Machine = .imaginary
  ) throws(Problems) -> Plan {
    var files = Fixture.changed("rate: 50/s,", "rate: 50/s, client: \(client),")
    files["fixtures/drivers/mine/driver.yaml"] = driver
    return try Fixture.plan(files, machine: machine)
  }

  @Test func aDriverIsPlannedAndItsFileKeptWithThePlan() throws {
    let plan = try plan()
    #expect(plan.workloads.map(\.client.name) == ["driver"])
    #expect(plan.origin.sources["fixtures/drivers/mine/driver.yaml"] == Self.driver)
  }

  @Test(
    arguments: [
      ("{driver: {name: mime}}", driver, "did you mean 'mine'?"),
      ("{driver: {name: ../mine}}", driver, "../mine"), ("{driver: {}}", driver, "'name'"),
      (
        "{driver: {name: mine}}", driver.replacing("[add, read]", with: "[read]"),
        "does not serve 'add'"
      ),
      (
        "{driver: {name: mine}}", driver.replacing("[http]", with: "[own]"),
        "speaks own, but the service is at http://"
      ), ("{driver: {name: mine}}", driver + "\nfoo: 1", "foo"),
      ("{driver: {name: mine}}", "summary: Speaks.", "'command'"),
    ]) func whatCannotBeIsRefused(client: String, driver: String, message: String)
  {
    let problems = #expect(throws: Problems.self) { try plan(client: client, driver) }
    #expect(problems?.all.contains { $0.message.contains(message) } == true, "\(problems as Any)")
    #expect(problems?.all.allSatisfy { $0.mark.line > 0 } == true)
    #expect(problems?.isOnlyMissing == false)
  }

  @Test func aMissingProgramIsNoMistakeInAFile() {
    let machine = Machine(binFolder: "/bin") { $0.contains("speak") ? nil : $0 }
    let problems = #expect(throws: Problems.self) { try plan(machine: machine) }
    #expect(problems?.isOnlyMissing == true && problems?.missingPackages == ["speaker"])
  }
}
