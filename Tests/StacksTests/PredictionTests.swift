import Basics
import Stacks
import Testing
import YAML

@Suite struct PredictionTests {
  private func resolved(_ predicts: String, proxy: String = "[]") throws(Problems) -> ResolvedStack
  {
    var files = Fixture.files
    files["c/db/component.yaml"] =
      Fixture.db + "\nprobe: {lag: {command: [ask]}}\npredicts: \(predicts)\n"
    files["c/proxy/component.yaml"] = Fixture.proxy + "\npredicts: \(proxy)\n"
    return try Fixture.resolve(files)
  }

  private func instance(_ text: String) -> InstanceID {
    let parts = text.split(separator: "/").map(String.init)
    return InstanceID(node: NodeID(parts[0]), component: parts[1])
  }

  @Test func aPredictionIsComputedForEveryInstance() throws {
    let stack = try resolved(
      "[{of: role, least: '2 * 100ms', most: 'max(1s, 300ms) + 5ms', source: a book}]")
    let all = stack.predictions
    #expect(all.map(\.instance) == [instance("db-a/db"), instance("db-b/db")])
    #expect(all[0].subject == .role(of: "db") && all[0].source == "a book")
    #expect(all[0].least == .milliseconds(200) && all[0].most == .milliseconds(1005))
    #expect(all[1].struckNodes == ["db-b"] && all[1].struckInstances == [instance("db-b/db")])
    #expect(all[1].leader == instance("db-b/db"))
    #expect(stack.instances(of: "db")[0].predictions == [all[0]])
  }

  /// Parameters differ from node to node, and a query gives those of all.
  @Test func parametersAndQueriesAreSubstituted() throws {
    let stack = try resolved(
      "[]",
      proxy: """
        [{of: address, after: [node], least: '${weight} * ${check}',
          most: 'max(${component:proxy.proxy.weight}) * 1s', source: x}]
        """)
    #expect(stack.predictions.map(\.least) == [.seconds(75), .seconds(50)])
    #expect(stack.predictions.map(\.most) == [.seconds(150), .seconds(150)])
    #expect(stack.predictions.allSatisfy { $0.struckInstances.isEmpty })
  }

  @Test func whomTheFaultMustHaveStruckIsSaid() throws {
    let stack = try resolved(
      "[{of: probe, probe: lag, after: 'role:balancer', least: 1s, source: x}]",
      proxy: "[{of: role, component: db, after: [self, db], least: 0s, most: 0s, source: x}]")
    let probe = try #require(stack.predictions.first { $0.subject == .probe("lag") })
    #expect(probe.struckNodes == ["lb-a", "lb-b"] && probe.most == nil)
    #expect(probe.struckInstances == [instance("lb-a/proxy"), instance("lb-b/proxy")])
    let role = try #require(stack.predictions.first { $0.subject == .role(of: "db") })
    #expect(role.struckNodes.isEmpty)
    #expect(role.struckInstances == [instance("lb-a/db"), instance("lb-a/proxy")])
  }

  @Test func aConditionLeavesAPredictionOut() throws {
    let stack = try resolved(
      "[{if: mode == primary, of: role, least: 1s, source: x}, {if: mode == standby, of: address, least: 2s, source: x}]"
    )
    #expect(stack.predictions.map(\.subject) == [.role(of: "db"), .address])
  }

  @Test func aVariantHasItsOwn() throws {
    var files = Fixture.files
    files["c/proxy/component.yaml"] =
      Fixture.proxy.replacing(
        "- {name: real, binary: /usr/sbin/proxy, packages: [proxy-server]}",
        with: "- {name: real, binary: /usr/sbin/proxy, packages: [proxy-server], "
          + "predicts: [{of: address, least: 7s, source: x}]}"
      ) + "\npredicts: [{of: address, least: 1s, source: x}]\n"
    #expect(Set(try Fixture.resolve(files).predictions.map(\.least)) == [.seconds(7)])
  }

  @Test(arguments: [
    ("{of: role, least: '1s * 1s', source: x}", "'least' is '1s * 1s': two durations cannot be"),
    ("{of: role, least: 1s, most: '1s / 0', source: x}", "'most' is '1s / 0': it divides by zero"),
    ("{of: role, least: 5 parsecs, source: x}", "'least' is '5 parsecs': 'parsecs' was not"),
    ("{of: role, least: 1s - 2s, source: x}", "it is less than nothing"),
    (
      "{of: role, least: 2s, most: 1s, source: x}",
      "'most' comes to 1s, less than 'least', which is 2s"
    ),
    ("{of: role, source: x}", "a prediction needs the key 'least'"),
    ("{of: role, least: 1s}", "a prediction needs the key 'source'"),
    ("{least: 1s, source: x}", "a prediction needs the key 'of'"),
    ("{of: mood, least: 1s, source: x}", "'of' must be"),
    ("{of: probe, least: 1s, source: x}", "a prediction of a probe needs the key 'probe'"),
    ("{of: probe, probe: lug, least: 1s, source: x}", "unknown probe 'lug'; did you mean 'lag'?"),
    ("{of: role, probe: lag, least: 1s, source: x}", "'probe' belongs to 'of: probe'"),
    ("{of: address, component: db, least: 1s, source: x}", "'component' belongs to 'of: role'"),
    (
      "{of: role, after: [prxy], least: 1s, source: x}",
      "unknown component 'prxy'; did you mean 'proxy'?"
    ),
    ("{of: role, after: ['rool:x'], least: 1s, source: x}", "unknown selection of nodes 'rool'"),
    ("{of: role, least: 1s, source: x, moost: 2s}", "unknown key 'moost'; did you mean 'most'?"),
    ("{of: role, least: '${electon}', source: x}", "unknown value 'electon'"),
  ])
  func aWrongPredictionIsRefusedWithItsPlace(prediction: String, reason: String) {
    let error = #expect(throws: Problems.self) { try resolved("[\(prediction)]") }
    let text = error?.description ?? "none"
    #expect(text.contains(reason), "\(text)")
    #expect(text.contains("c/db/component.yaml:"), "\(text)")
  }
}
